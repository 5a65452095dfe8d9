import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT, team_id INTEGER);
CREATE TABLE teams (id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, note TEXT);
CREATE INDEX orders_user ON orders (user_id);
CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER, sku TEXT);
`;

describe("unindexed-join", () => {
  it("marks the condition that scans for each outer row", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT i.sku FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = ?"),
                                                             ^^^^^^^^^^^^^^^^^ unindexed-join The join reads \`items\` without an index on \`order_id\`: about 10,000 rows read a call, 102 with an index
  env.DB.prepare("SELECT i.sku FROM orders o LEFT JOIN items i ON i.order_id = o.id WHERE o.id = ?"),
                                                                  ^^^^^^^^^^^^^^^^^ unindexed-join
  env.DB.prepare("SELECT i.sku FROM orders o, items i WHERE o.id = i.order_id AND o.id = 5"),
                                                            ^^^^^^^^^^^^^^^^^ unindexed-join
  env.DB.prepare("SELECT t.title FROM teams t JOIN users u ON t.id = u.team_id WHERE t.id = ?"),
                                                              ^^^^^^^^^^^^^^^^ unindexed-join \`users\` without an index on \`team_id\`
  env.DB.prepare("SELECT a.id FROM orders a JOIN orders b ON b.note = a.note WHERE a.id = ?"),
                                                             ^^^^^^^^^^^^^^^ unindexed-join \`orders\` without an index on \`note\`
  env.DB.prepare("SELECT u.name, (SELECT count(*) FROM items i WHERE i.order_id = u.id) AS n FROM users u WHERE u.id = ?"),
                                                                     ^^^^^^^^^^^^^^^^^ unindexed-join
];
`));

  it("keeps silent where the inner table has a key or an index for it", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT o.id FROM items i JOIN orders o ON o.id = i.order_id WHERE i.id = ?"),
  env.DB.prepare("SELECT o.id FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE u.email = ?"),
  env.DB.prepare("SELECT u.id FROM users u JOIN orders o USING (id) WHERE u.email = ?"),
  env.DB.prepare("SELECT u.id FROM users u CROSS JOIN json_each(?) j WHERE u.id = j.value"),
];
`));

  it("keeps silent about a small inner table", () =>
    check(`${schema}
//- /plumbline.json
{ "rows": { "items": 100 } }
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT i.sku FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = ?").bind(1).all();
`));

  it("fix", () =>
    checkFix(
      `${schema}
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT i.sku FROM orders o LEFT JOIN items i ON i.order_id = o.id WHERE o.id = ?").bind(1).all();
`,
      "`idx_items_order_id`",
      `
-- Index for this query:
--   src/a.ts:1
-- Rows read a call, by estimate: 10,000 before, 102 after.
CREATE INDEX idx_items_order_id ON items (order_id);

-- So that SQLite knows what the tables and their indexes hold:
PRAGMA optimize;
`,
    ));

  it("fix of a correlated subquery", () =>
    checkFix(
      `${schema}
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare(\`SELECT name, (SELECT count(*) FROM items WHERE order_id = users.id) AS n FROM users WHERE id = ?\`).bind(1).all();
`,
      "`idx_items_order_id`",
      `
-- Index for this query:
--   src/a.ts:1
-- Rows read a call, by estimate: 10,000 before, 102 after.
CREATE INDEX idx_items_order_id ON items (order_id);

-- So that SQLite knows what the tables and their indexes hold:
PRAGMA optimize;
`,
    ));
});
