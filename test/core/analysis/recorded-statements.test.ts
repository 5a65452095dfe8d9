import assert from "node:assert/strict";
import { matchTraffic } from "../../../src/core/analysis/recorded-statements";
import { queryEvent } from "../../../src/core/telemetry/events";
import { Traffic } from "../../../src/core/telemetry/traffic";
import { LineIndex } from "../../../src/core/text/line-index";
import { parseFixture } from "../../support/fixture";
import { reviewed } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, status TEXT, total INTEGER);
CREATE TABLE order_items (id INTEGER PRIMARY KEY, order_id INTEGER, name TEXT);
`;

/** For each recorded text the lines of the code that send it. */
async function matched(code: string, recorded: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const traffic = new Traffic();
  for (const sql of recorded) traffic.add(queryEvent({ sql, rowsRead: 1 }));
  const figures = traffic.figures();
  return reviewed(parseFixture(`${schema}${code}`).files, ({ analysis, snapshot }) => {
    const reviews = [...analysis.files(snapshot)].flatMap(({ review }) => review ?? []);
    const { statements, unmatched } = matchTraffic(reviews, figures);
    const linesOf = (key: string): string => [...new Set((statements.get(key) ?? []).map(({ review, site }) => `${review.file.path.slice(4)}:${new LineIndex(review.file.text).place(site.site.name.start).line}`))].join(" ");
    assert.equal(unmatched.length, figures.queries.filter(({ key }) => !statements.has(key)).length);
    return Object.fromEntries(figures.queries.map(({ key, sql }) => [sql, linesOf(key)]));
  });
}

describe("recorded queries", () => {
  it("are found by every form that a text can have", async () => {
    const code = `
//- /src/a.ts
export const list = (env: Env, user?: number, sort?: string) => {
  let sql = "SELECT id FROM orders WHERE total > 5";
  if (user) sql += " AND user_id = ?";
  if (sort) sql += " ORDER BY id DESC";
  return env.DB.prepare(sql).all();
};
`;
    assert.deepEqual(await matched(code, ["SELECT id FROM orders WHERE total > ?", "select id from orders where total > 9 and user_id = 7", "SELECT id FROM orders WHERE total > 5 AND user_id = ? ORDER BY id DESC", "SELECT id FROM orders WHERE total > 5 ORDER BY id DESC LIMIT 1"]), {
      "SELECT id FROM orders WHERE total > ?": "a.ts:5",
      "select id from orders where total > 9 and user_id = 7": "a.ts:5",
      "SELECT id FROM orders WHERE total > 5 AND user_id = ? ORDER BY id DESC": "a.ts:5",
      "SELECT id FROM orders WHERE total > 5 ORDER BY id DESC LIMIT 1": "",
    });
  });

  it("are found whatever the length of a list, and whatever stands in a gap", async () => {
    const code = `
//- /src/a.ts
export const some = (env: Env, ids: number[]) => env.DB.prepare(\`SELECT id FROM orders WHERE id IN (\${ids.map(() => "?").join(", ")})\`).bind(...ids).all();
export const sorted = (env: Env, column: string) => env.DB.prepare(\`SELECT id, total FROM orders ORDER BY \${column} DESC\`).all();
export const filtered = (env: Env, where: string) => env.DB.prepare(\`SELECT status FROM orders \${where} LIMIT 10\`).all();
export const add = (env: Env, names: string[]) => env.DB.prepare(\`INSERT INTO order_items (name) VALUES \${names.map(() => "(?)").join(", ")}\`).bind(...names).run();
`;
    const found = await matched(code, ["SELECT id FROM orders WHERE id IN (?, ?, ?, ?)", "SELECT id, total FROM orders ORDER BY status DESC", "SELECT status FROM orders WHERE user_id = ? LIMIT ?", "SELECT status FROM orders LIMIT 10", "INSERT INTO order_items (name) VALUES (?), (?), (?)", "SELECT status FROM orders WHERE user_id = ?"]);
    assert.deepEqual(found, {
      "SELECT id FROM orders WHERE id IN (?, ?, ?, ?)": "a.ts:1",
      "SELECT id, total FROM orders ORDER BY status DESC": "a.ts:2",
      "SELECT status FROM orders WHERE user_id = ? LIMIT ?": "a.ts:3",
      "SELECT status FROM orders LIMIT 10": "a.ts:3",
      "INSERT INTO order_items (name) VALUES (?), (?), (?)": "a.ts:4",
      "SELECT status FROM orders WHERE user_id = ?": "",
    });
  });

  it("belong to the text that is the same, before one that could be", async () => {
    const code = `
//- /src/a.ts
export const any = (env: Env, where: string) => env.DB.prepare(\`SELECT status FROM orders WHERE \${where}\`).all();
export const own = (env: Env) => env.DB.prepare("SELECT status FROM orders WHERE user_id = ?").all();
//- /src/b.ts
export const again = (env: Env) => env.DB.prepare("select status from orders where user_id = 3").all();
//- /test/c.test.ts
export const inTest = (env: Env) => env.DB.prepare("SELECT status FROM orders WHERE user_id = ?").all();
`;
    assert.deepEqual(await matched(code, ["SELECT status FROM orders WHERE user_id = ?", "SELECT status FROM orders WHERE total = ?"]), {
      "SELECT status FROM orders WHERE user_id = ?": "a.ts:2 b.ts:1",
      "SELECT status FROM orders WHERE total = ?": "a.ts:1",
    });
  });

  it("are not guessed where next to nothing of a text is known", async () => {
    const code = `
//- /src/a.ts
export const any = (env: Env, table: string) => env.DB.prepare(\`SELECT * FROM \${table}\`).all();
`;
    assert.deepEqual(await matched(code, ["SELECT * FROM orders"]), { "SELECT * FROM orders": "" });
  });
});
