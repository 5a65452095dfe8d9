import { check } from "../../support/review";
import { recorded, schema } from "./recorded";

describe("slow-query", () => {
  it("marks the call whose query takes long in one of 20 calls", () =>
    check(`${schema}${recorded([...calls("select id from orders where user_id = ?", 94, 40), ...calls("select id from orders where user_id = ?", 6, 800)])}
//- /src/a.ts
export const above = (env: Env, user: number) => env.DB.prepare("SELECT id FROM orders WHERE user_id = ?").bind(user).all();
                                                        ^^^^^^^ slow-query One of 20 recorded calls takes
`));

  it("finds the query by any of its forms, and by the known parts of one that is put together", () =>
    check(`${schema}${recorded([...calls("select id from orders where user_id = ? and total > ?", 9, 300), ...calls("select id from orders order by total desc", 9, 300)])}
//- /src/a.ts
export const some = (env: Env, user: number, total?: number) => {
  const more = total === undefined ? "" : " AND total > ?";
  return env.DB.prepare("SELECT id FROM orders WHERE user_id = ?" + more);
                ^^^^^^^ slow-query
};
export const sorted = (env: Env, column: string) => env.DB.prepare(\`SELECT id FROM orders ORDER BY \${column} DESC\`);
                                                           ^^^^^^^ slow-query
`, "slow-query"));

  it("keeps silent below the limit, for few calls, in scripts and tests", () =>
    check(`${schema}${recorded([...calls("select id from orders where user_id = ?", 20, 90), ...calls("select total from orders where id = ?", 4, 900), ...calls("select max(total) from orders", 9, 900)])}
//- /src/a.ts
export const all = (env: Env) => [env.DB.prepare("SELECT id FROM orders WHERE user_id = ?"), env.DB.prepare("SELECT total FROM orders WHERE id = ?")];
//- /scripts/max.ts
export const most = (env: Env) => env.DB.prepare("SELECT max(total) FROM orders");
//- /test/max.test.ts
export const most = (env: Env) => env.DB.prepare("SELECT max(total) FROM orders");
`));

  it("takes the limit from the settings", () =>
    check(`${schema}${recorded(calls("select id from orders where user_id = ?", 20, 90))}
//- /plumbline.json
{ "slowMs": 50 }
//- /src/a.ts
export const all = (env: Env) => env.DB.prepare("SELECT id FROM orders WHERE user_id = ?");
                                        ^^^^^^^ slow-query over 50 ms
`));
});

function calls(query: string, count: number, ms: number): readonly object[] {
  return Array.from({ length: count }, (_, at) => ({ query, request: `${ms}-${at}`, sqlMs: ms, rowsRead: 10, rows: 5 }));
}
