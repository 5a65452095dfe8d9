import assert from "node:assert/strict";
import { testEngine } from "../../support/engine";
import { check } from "../../support/review";

describe("rename-breaks", () => {
  it("names a view that was broken before", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE a (id INTEGER PRIMARY KEY);
CREATE TABLE b (id INTEGER PRIMARY KEY);
CREATE VIEW all_b AS SELECT id FROM b;
//- /migrations/0002_drop.sql
-- plumbline-allow drops-data: empty
DROP TABLE b;
ALTER TABLE a RENAME TO c;
^^^^^^^^^^^^^^^^^^^^^^^^^ rename-breaks This rename fails, since view \`all_b\` is broken at that moment: no such table: main.b
`));

  it("names a trigger that would be broken", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE a (id INTEGER PRIMARY KEY, old TEXT);
CREATE TABLE b (id INTEGER PRIMARY KEY);
CREATE TRIGGER a_added AFTER INSERT ON a BEGIN DELETE FROM gone; END;
               ^^^^^^^ invalid-object
//- /migrations/0002_rename.sql
ALTER TABLE a RENAME COLUMN old TO new;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rename-breaks since trigger \`a_added\` is broken at that moment
`));

  it("leaves names that do not exist, or do already, to failed-migration", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE a (id INTEGER PRIMARY KEY, old TEXT);
//- /migrations/0002_rename.sql
ALTER TABLE a RENAME COLUMN older TO new;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-migration no such column
`));

  it("need not speak of texts in double quotes: SQLite tells them from the name, and quotes them anew", async () => {
    const database = (await testEngine()).open();
    for (const sql of [
      'CREATE TABLE a (id, old, k CHECK (k <> "new"), g AS (k || "new"))',
      'CREATE VIEW v AS SELECT "old" FROM a WHERE k = "new"',
      'CREATE INDEX i ON a (id) WHERE k = "new"',
      'CREATE TRIGGER t AFTER UPDATE ON a BEGIN DELETE FROM a WHERE "old" = "new"; END',
      "ALTER TABLE a RENAME old TO new",
    ]) assert(database.run(sql).ok, sql);
    const made = database.run("SELECT sql FROM sqlite_schema ORDER BY name");
    database.close();
    assert.deepEqual(made.ok && made.rows.flat(), [
      "CREATE TABLE a (id, new, k CHECK (k <> 'new'), g AS (k || 'new'))",
      "CREATE INDEX i ON a (id) WHERE k = 'new'",
      "CREATE TRIGGER t AFTER UPDATE ON a BEGIN DELETE FROM a WHERE \"new\" = 'new'; END",
      "CREATE VIEW v AS SELECT \"new\" FROM a WHERE k = 'new'",
    ]);
  });
});
