import { check } from "../../support/review";
import { recorded, schema } from "./recorded";

const query = "select total from orders where id = ?";

describe("runtime-n-plus-one", () => {
  it("marks the query that a request repeats, wherever the loop is", () =>
    check(`${schema}${recorded([...inRequest("a", 30), ...inRequest("b", 1)])}
//- /src/a.ts
export const load = (env: Env, id: number) => env.DB.prepare("SELECT total FROM orders WHERE id = ?").bind(id).first();
                                                     ^^^^^^^ runtime-n-plus-one Ran 30 times in one request; 1 of 2 recorded requests send it 5 times or more
`));

  it("keeps silent for a batch, a few calls, one request of many, and loops over chunks", () => {
    const rare = [...inRequest("rare", 9), ...Array.from({ length: 200 }, (_, at) => inRequest(`once-${at}`, 1)).flat()];
    const all = [
      ...inRequest("a", 30, { query: "select user_id from orders where id = ?", batch: 30 }),
      ...inRequest("b", 4, { query: "select id from orders where user_id = ?" }),
      ...rare,
      ...inRequest("c", 30, { query: "delete from orders where id in ( ? )" }),
    ];
    return check(`${schema}${recorded(all)}
//- /src/a.ts
export const all = (env: Env) => [env.DB.prepare("SELECT user_id FROM orders WHERE id = ?"), env.DB.prepare("SELECT id FROM orders WHERE user_id = ?"), env.DB.prepare("SELECT total FROM orders WHERE id = ?")];
export async function remove(env: Env, ids: number[]) {
  for (let at = 0; at < ids.length; at += 90) {
    const chunk = ids.slice(at, at + 90);
    await env.DB.prepare(\`DELETE FROM orders WHERE id IN (\${chunk.map(() => "?").join(", ")})\`).bind(...chunk).run();
  }
}
`);
  });
});

function inRequest(request: string, count: number, more: object = {}): readonly object[] {
  return Array.from({ length: count }, () => ({ query, request, rowsRead: 1, rows: 1, ...more }));
}
