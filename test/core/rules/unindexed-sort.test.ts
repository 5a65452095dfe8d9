import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, placed_on TEXT NOT NULL, state TEXT, total INTEGER, note TEXT);
CREATE INDEX orders_user ON orders (user_id, placed_on);
CREATE TABLE items (id INTEGER PRIMARY KEY, qty INTEGER);
`;

describe("unindexed-sort", () => {
  it("marks what the rows are sorted for", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM orders ORDER BY placed_on DESC LIMIT 10"),
                                                 ^^^^^^^^^^^^^^ unindexed-sort \`orders\` is sorted in memory for ORDER BY, where an index on \`placed_on\` gives the order: about 20,000 rows read a call, 10 with an index
  env.DB.prepare("SELECT id, placed_on AS p FROM orders ORDER BY p LIMIT 5"),
                                                                 ^ unindexed-sort
  env.DB.prepare("SELECT id, placed_on FROM orders ORDER BY 2 LIMIT 5"),
                                                            ^ unindexed-sort
  env.DB.prepare("SELECT id FROM orders ORDER BY placed_on LIMIT 20 OFFSET 40"),
                                                 ^^^^^^^^^ unindexed-sort 60 with an index
  env.DB.prepare("SELECT state, count(*) FROM orders GROUP BY state"),
                                                              ^^^^^ unindexed-sort for GROUP BY
  env.DB.prepare("SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id ORDER BY o.placed_on LIMIT 20"),
                                                                                      ^^^^^^^^^^^ unindexed-sort
  env.DB.prepare("SELECT id FROM orders ORDER BY lower(note) LIMIT 10"),
                                                 ^^^^^^^^^^^ unindexed-sort an index on \`lower(note)\` gives the order
  env.DB.prepare("SELECT id FROM orders ORDER BY note COLLATE NOCASE LIMIT 5"),
                                                 ^^^^^^^^^^^^^^^^^^^ unindexed-sort an index on \`note COLLATE NOCASE\` gives the order
  env.DB.prepare("SELECT id " + "FROM orders " + "ORDER BY placed_on LIMIT 3"),
                                                           ^^^^^^^^^ unindexed-sort
];
`));

  it("keeps silent where an index gives the order, or none could", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM orders ORDER BY id DESC LIMIT 5"),
  env.DB.prepare("SELECT id FROM orders ORDER BY user_id, placed_on LIMIT 5"),
  env.DB.prepare("SELECT id FROM orders ORDER BY user_id DESC, placed_on DESC LIMIT 5"),
  env.DB.prepare("SELECT id FROM orders WHERE user_id = ? ORDER BY placed_on DESC LIMIT 10"),
  env.DB.prepare("SELECT id FROM orders ORDER BY RANDOM() LIMIT 10"),
                                                 ^^^^^^^^ random-order
  env.DB.prepare("SELECT user_id, sum(total) FROM orders GROUP BY user_id ORDER BY 2 DESC LIMIT 3"),
  env.DB.prepare("SELECT id FROM orders UNION SELECT id FROM items ORDER BY 1 LIMIT 5"),
  env.DB.prepare("SELECT qty FROM items WHERE id IN (SELECT value FROM json_each(?)) ORDER BY qty"),
];
`));

  it("keeps silent about small tables", () =>
    check(`${schema}
//- /plumbline.json
{ "rows": { "orders": 200 } }
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT id FROM orders ORDER BY placed_on LIMIT 10").all();
`));

  it("is a hint where it saves little", async () => {
    const findings = await review(`${schema}
//- /plumbline.json
{ "rows": { "orders": 450 } }
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT id FROM orders ORDER BY placed_on LIMIT 5").all();
`);
    assert.deepEqual(findings.map((finding) => `${finding.rule} ${finding.severity}`), ["unindexed-sort hint"]);
  });

  const file = (sql: string): string => `//- /src/a.ts\nexport const list = (env: Env) => env.DB.prepare(${sql}).all();\n`;
  const migration = (before: string, after: string, sql: string): string => `\n-- Index for this query:\n--   src/a.ts:1\n-- Rows read a call, by estimate: ${before} before, ${after} after.\n${sql}\n\n-- So that SQLite knows what the tables and their indexes hold:\nPRAGMA optimize;\n`;

  it("fix", () =>
    checkFix(schema + file('"SELECT id FROM orders ORDER BY placed_on DESC LIMIT 10"'), "Create index", migration("20,000", "10", "CREATE INDEX idx_orders_placed_on ON orders (placed_on);")));
  it("fix of GROUP BY", () =>
    checkFix(schema + file('"SELECT state, count(*) FROM orders GROUP BY state"'), "Create index", migration("20,000", "10,000", "CREATE INDEX idx_orders_state ON orders (state);")));
  it("fix that keeps mixed directions", () =>
    checkFix(
      schema + file('"SELECT id FROM orders ORDER BY state DESC, total ASC LIMIT 10"'),
      "Create index",
      migration("20,000", "10", "CREATE INDEX idx_orders_state_desc_total ON orders (state DESC, total);"),
    ));
});
