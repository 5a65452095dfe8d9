import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const tables = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT COLLATE NOCASE);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), placed_on TEXT, state TEXT, total INTEGER);
CREATE INDEX orders_user ON orders (user_id);
CREATE TABLE log (id INTEGER PRIMARY KEY, kind TEXT, at TEXT);
`;
const code = (...sql: readonly string[]): string => `//- /src/a.ts\nexport const all = (env: Env) => [\n${sql.map((one) => `  env.DB.prepare("${one}"),\n`).join("")}];\n`;

describe("unused-index", () => {
  it("marks what no plan uses", () =>
    check(
      `${tables}CREATE INDEX orders_placed ON orders (placed_on, state);
             ^^^^^^^^^^^^^ unused-index No query of the code uses \`orders_placed\`
${code("SELECT state FROM orders WHERE id = ?")}`,
      "unused-index",
    ));

  const silent = (what: string, index: string, ...sql: readonly string[]): void => {
    it(`keeps silent about ${what}`, async () => {
      const found = await review(`${tables}${index};\n${code(...sql)}`, "unused-index");
      assert.deepEqual(found.filter(({ rule }) => rule === "unused-index").map(({ message }) => message), []);
    });
  };
  const byId = "SELECT state FROM orders WHERE id = ?";
  silent("what a plan uses", "CREATE INDEX orders_placed ON orders (placed_on)", "SELECT id FROM orders WHERE placed_on = ?");
  silent("what an ORDER BY uses", "CREATE INDEX orders_placed ON orders (placed_on)", "SELECT id FROM orders WHERE total <> ? ORDER BY placed_on LIMIT 5");
  silent("a foreign key's index", "", byId);
  silent("a unique index", "CREATE UNIQUE INDEX orders_total ON orders (total)", byId);
  silent("a LIKE that is bound", "CREATE INDEX users_name ON users (name)", "SELECT email FROM users WHERE name LIKE ?");
  silent("a partial index whose value is bound", "CREATE INDEX orders_open ON orders (total) WHERE state = 'open'", "SELECT id FROM orders WHERE state = ? AND total = 3");
  silent("a trigger's index", "CREATE INDEX log_kind ON log (kind);\nCREATE TRIGGER tr AFTER DELETE ON orders BEGIN DELETE FROM log WHERE kind = old.state; END", "SELECT at FROM log WHERE id = ?");
  silent("a table that only other programs read", "CREATE INDEX log_kind ON log (kind)", byId, "INSERT INTO log (kind) VALUES (?)");
  silent("a column with few values that is compared all the same", "CREATE INDEX orders_state ON orders (state)", "SELECT id FROM orders WHERE state <> 'x' AND state > ?");
  silent("the twin of an index that is used in its place, since that one is to go", "CREATE INDEX orders_placed ON orders (placed_on);\nCREATE INDEX orders_placed_too ON orders (placed_on)", "SELECT id FROM orders WHERE placed_on = ?");
  silent("a beginning of another index, which is reported as that", "CREATE INDEX orders_total ON orders (total)", "SELECT id FROM orders WHERE total = ?");

  it("keeps silent about small tables", () =>
    check(`${tables}CREATE INDEX orders_placed ON orders (placed_on);
//- /plumbline.json
{ "rows": { "orders": 400 } }
${code(byId)}`, "unused-index"));

  it("keeps silent where a query of the table is known in part", () =>
    check(`${tables}CREATE INDEX orders_placed ON orders (placed_on);
//- /src/a.ts
import { filter } from "elsewhere";
export const one = (env: Env) => env.DB.prepare("SELECT state FROM orders WHERE id = ?").bind(1).all();
export const some = (env: Env) => env.DB.prepare(\`SELECT id FROM orders WHERE \${filter()}\`).all();
`, "unused-index"));

  it("keeps silent where many calls are not known at all", () =>
    check(`${tables}CREATE INDEX orders_placed ON orders (placed_on);
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT state FROM orders WHERE id = ?").bind(1).all();
export const any = (env: Env, request: Request) => env.DB.prepare(request.url).all();
`, "unused-index"));

  it("leaves tests out of account", () =>
    check(`${tables}CREATE INDEX orders_placed ON orders (placed_on);
             ^^^^^^^^^^^^^ unused-index
//- /test/a.test.ts
export const one = (env: Env) => env.DB.prepare("SELECT state FROM orders WHERE placed_on = ?").bind(1).all();
${code(byId)}`, "unused-index"));
});
