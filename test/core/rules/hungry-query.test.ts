import { check } from "../../support/review";
import { recorded, schema } from "./recorded";

describe("hungry-query", () => {
  it("marks what reads much for little, also where it finds nothing", () =>
    check(`${schema}${recorded([...calls("select id from orders where total % ? = ?", 40_000, 0), ...calls("select user_id from orders where total + ? > user_id", 30_000, 3)])}
//- /src/a.ts
export const a = (env: Env) => env.DB.prepare("SELECT id FROM orders WHERE total % ? = 0");
                                      ^^^^^^^ hungry-query Reads 40,000 rows for each that it gives
export const b = (env: Env) => env.DB.prepare("SELECT user_id FROM orders WHERE total + ? > user_id");
                                      ^^^^^^^ hungry-query Reads 10,000 rows for each that it gives: 30,000 rows a call, in 9 recorded calls
`));

  it("is a hint where all rows must be read", () =>
    check(`${schema}${recorded(calls("select sum ( total ) from orders", 40_000, 1))}
//- /src/a.ts
export const a = (env: Env) => env.DB.prepare("SELECT sum(total) FROM orders");
                                      ^^^^^^^ hungry-query Reads 40,000 rows
`));

  it("keeps silent where it gives what it reads, reads little, or nobody knows what it gives", () =>
    check(`${schema}${recorded([...calls("select id from orders where user_id = ?", 5_000, 4_000), ...calls("select id from orders where user_id > ?", 900, 0), ...calls("select total from orders where user_id = ?", 90_000, undefined), ...calls("update orders set total = ? where user_id = ?", 5_000, 0, 5_000)])}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM orders WHERE user_id = ?"),
  env.DB.prepare("SELECT id FROM orders WHERE user_id > ?"),
  env.DB.prepare("SELECT total FROM orders WHERE user_id = ?"),
  env.DB.prepare("UPDATE orders SET total = ? WHERE user_id = ?"),
];
`));
});

function calls(query: string, rowsRead: number, rows: number | undefined, rowsWritten = 0): readonly object[] {
  return Array.from({ length: 9 }, (_, at) => ({ query, request: `r${at}`, rowsRead, rows, rowsWritten }));
}
