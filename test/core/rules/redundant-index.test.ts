import { check, checkFix } from "../../support/review";

const tables = `
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, placed_on TEXT, state TEXT, total INTEGER);
CREATE TABLE members (team INTEGER, user INTEGER, UNIQUE (team, user));
`;
const indexes = `${tables}//- /migrations/0002_indexes.sql
CREATE INDEX orders_user ON orders (user_id);
CREATE INDEX orders_user_placed ON orders (user_id, placed_on);
`;

describe("redundant-index", () => {
  it("marks the beginning of a longer index, or of a key", () =>
    check(`${tables}//- /migrations/0002_indexes.sql
CREATE INDEX orders_user ON orders (user_id);
             ^^^^^^^^^^^ redundant-index \`orders_user\` on \`user_id\` is the beginning of \`orders_user_placed\` on \`user_id\` and \`placed_on\`, which does the same
CREATE INDEX orders_user_placed ON orders (user_id, placed_on);
CREATE INDEX members_team ON members (team);
             ^^^^^^^^^^^^ redundant-index is the beginning of the UNIQUE constraint on \`team\` and \`user\`
`));

  it("keeps silent where the longer one holds fewer rows, or lies in another order", () =>
    check(`${tables}//- /migrations/0002_indexes.sql
CREATE INDEX orders_state ON orders (state);
CREATE INDEX orders_state_total ON orders (state, total) WHERE total > 0;
CREATE INDEX orders_placed ON orders (placed_on);
CREATE INDEX orders_placed_down ON orders (placed_on DESC, total);
-- plumbline-allow unique-on-duplicates: no two are the same
CREATE UNIQUE INDEX orders_total ON orders (total);
CREATE INDEX orders_total_user ON orders (total, user_id);
CREATE INDEX orders_user_state ON orders (user_id, state);
CREATE INDEX orders_user_any ON orders (user_id COLLATE NOCASE);
`));

  const using = (sql: string): string => `${indexes}//- /src/a.ts\nexport const list = (env: Env) => env.DB.prepare("${sql}").bind(1).all();\n`;
  const marked = (source: string): string => source.replace("ON orders (user_id);\n", "ON orders (user_id);\n             ^^^^^^^^^^^ redundant-index\n");

  for (const sql of [
    "SELECT state FROM orders WHERE user_id = ?",
    "SELECT state FROM orders o WHERE o.user_id = ?",
    "SELECT count(*) FROM orders WHERE user_id IN (?, 2)",
    "DELETE FROM orders WHERE user_id = ?",
    "UPDATE orders SET state = 'x' WHERE user_id = ?",
  ]) {
    it(`is sure of: ${sql}`, () => check(marked(using(sql))));
  }

  it("keeps silent where a query wants the rows by their ids", () => check(using("SELECT state FROM orders WHERE user_id = ? ORDER BY id DESC LIMIT 10")));
  it("keeps silent where a query names the index", () => check(using("SELECT state FROM orders INDEXED BY orders_user WHERE user_id = ?")));

  it("fix", () =>
    checkFix(using("SELECT state FROM orders WHERE user_id = ?"), "Drop index", `
-- orders_user_placed begins with the same columns.
DROP INDEX orders_user;
`));
});
