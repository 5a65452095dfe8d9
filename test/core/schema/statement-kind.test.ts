import assert from "node:assert/strict";
import { mainVerb, statementKind } from "../../../src/core/schema/statement-kind";

describe("statementKind", () => {
  const cases: Record<string, readonly string[]> = {
    additive: ["CREATE TABLE a (x)", "/* c */ create unique index i on a (x)", "ALTER TABLE a ADD COLUMN y", "alter table main.a add y", "CREATE VIRTUAL TABLE f USING fts5(x)"],
    destructive: ["DROP TABLE a", "ALTER TABLE a DROP COLUMN x", "ALTER TABLE a RENAME TO b", "ALTER TABLE a ADD CONSTRAINT c CHECK (x > 0)"],
    data: ["INSERT INTO a VALUES (1)", "WITH x AS (SELECT 1) SELECT * FROM x", "PRAGMA foreign_keys = OFF", "PRAGMA main.table_info(a)", "ANALYZE", "nonsense", ""],
    transaction: ["BEGIN", "COMMIT", "END TRANSACTION", "SAVEPOINT s", "ROLLBACK TO s", "RELEASE s"],
    denied: ["CREATE TEMP TABLE a (x)", "create temporary view v as select 1", "ATTACH 'a' AS b", "DETACH b", "PRAGMA journal_mode = WAL", "PRAGMA max_page_count = 9"],
  };
  for (const [kind, statements] of Object.entries(cases)) {
    for (const sql of statements) it(`${kind}: ${sql}`, () => assert.equal(statementKind(sql), kind));
  }
});

describe("mainVerb", () => {
  it("skips WITH and comments", () => {
    assert.equal(mainVerb("-- x\nwith a as (select 1), b as (delete) update t set x = 1"), "UPDATE");
    assert.equal(mainVerb("SELECT replace(a, 'insert', '')"), "SELECT");
    assert.equal(mainVerb(""), "");
  });
});
