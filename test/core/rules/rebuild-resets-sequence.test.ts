import assert from "node:assert/strict";
import { check, checkFix } from "../../support/review";
import { testEngine } from "../../support/engine";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT);
`;

describe("rebuild-resets-sequence", () => {
  it("carries the number over where the old table is renamed first", () =>
    checkFix(
      `${schema}
//- /migrations/0002_rebuild.sql
ALTER TABLE orders RENAME TO "old's";
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT COLLATE NOCASE);
INSERT INTO orders (id, note) SELECT id, note FROM "old's";
DROP TABLE "old's";
`,
      "Carry the highest id",
      `ALTER TABLE orders RENAME TO "old's";
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT COLLATE NOCASE);
INSERT INTO orders (id, note) SELECT id, note FROM "old's";
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'old''s') WHERE name = 'orders';
DROP TABLE "old's";
`,
    ));

  it("keeps the number by its fix, also where no row is left", async () => {
    const db = (await testEngine()).open();
    for (const sql of [
      "CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT)",
      "INSERT INTO orders VALUES (7)",
      "DELETE FROM orders",
      "CREATE TABLE new_orders (id INTEGER PRIMARY KEY AUTOINCREMENT)",
      "INSERT INTO new_orders SELECT id FROM orders",
      "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'orders') WHERE name = 'new_orders'",
      "DROP TABLE orders",
      "ALTER TABLE new_orders RENAME TO orders",
      "INSERT INTO orders DEFAULT VALUES",
    ]) assert.ok(db.run(sql).ok, sql);
    const ids = db.run("SELECT id FROM orders");
    db.close();
    assert.deepEqual(ids.ok && ids.rows, [[8]]);
  });

  it("is content where no statement of the code deletes rows", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE new_orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT COLLATE NOCASE);
INSERT INTO new_orders (id, note) SELECT id, note FROM orders;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
//- /src/orders.ts
export const note = (env: Env) => env.DB.prepare("SELECT note FROM orders WHERE id = 1").first();
`));

  it("is content where the file takes care of it, or the table begins anew", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE new_orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT COLLATE NOCASE);
INSERT INTO new_orders (id, note) SELECT id, note FROM orders;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
INSERT OR REPLACE INTO sqlite_sequence (name, seq) VALUES ('orders', 1000);
`));
});
