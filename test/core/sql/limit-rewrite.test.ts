import assert from "node:assert/strict";
import type { Database } from "../../../src/core/schema/engine";
import { rewriteLimit } from "../../../src/core/sql/limit-rewrite";
import { testEngine } from "../../support/engine";

describe("rewriteLimit", () => {
  let db: Database;
  beforeEach(async () => {
    db = (await testEngine()).open();
    db.run("CREATE TABLE jobs (id INTEGER PRIMARY KEY, rank INTEGER, state TEXT)");
    db.run("CREATE INDEX jobs_rank ON jobs (rank)");
    db.run("INSERT INTO jobs VALUES (1, 30, 'new'), (2, 20, 'new'), (3, 10, 'old'), (4, 5, 'new')");
  });
  afterEach(() => db.close());

  const cases: readonly (readonly [sql: string, stateAfter: string, returned?: unknown[]])[] = [
    ["DELETE FROM jobs ORDER BY rank LIMIT 2", "1:new 2:new"],
    ["DELETE FROM jobs WHERE state = 'new' ORDER BY rank DESC LIMIT 1 OFFSET 1;", "1:new 3:old 4:new"],
    ["DELETE FROM jobs AS j WHERE j.state = 'new' RETURNING id ORDER BY j.rank LIMIT 1", "1:new 2:new 3:old", [[4]]],
    ["WITH few AS (SELECT id FROM jobs ORDER BY id LIMIT 3) DELETE FROM jobs WHERE id IN (SELECT id FROM few) ORDER BY id LIMIT 2", "3:old 4:new"],
    ["UPDATE jobs SET state = 'done' WHERE state = 'new' ORDER BY rank LIMIT 1", "1:new 2:new 3:old 4:done"],
    ["UPDATE OR IGNORE jobs AS j INDEXED BY jobs_rank SET state = (SELECT 'x' LIMIT 1) WHERE j.rank > 0 LIMIT 1 -- note", "1:new 2:new 3:old 4:x"],
    ["update jobs set state = case when rank > 10 then 'big' else 'small' end order by id limit 2", "1:big 2:big 3:old 4:new"],
  ];
  for (const [sql, expected, returned] of cases) {
    it(sql, () => {
      const rewritten = rewriteLimit(sql);
      assert.ok(rewritten, "not rewritten");
      const result = db.run(rewritten.sql);
      assert.ok(result.ok, `${rewritten.sql}: ${result.ok ? "" : result.message}`);
      if (returned) assert.deepEqual(result.rows, returned);
      const rows = db.run("SELECT group_concat(id || ':' || state, ' ') FROM jobs");
      assert.ok(rows.ok);
      assert.equal(rows.rows[0]?.[0], expected);
    });
  }

  for (const sql of [
    "SELECT * FROM jobs LIMIT 1",
    "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs LIMIT 1)",
    "INSERT INTO jobs SELECT * FROM jobs LIMIT 1",
    "UPDATE jobs SET state = 'x' FROM other LIMIT 1",
    "DELETE FROM jobs WHERE state = ? RETURNING ? LIMIT ?",
    "CREATE TRIGGER t AFTER INSERT ON jobs BEGIN DELETE FROM jobs LIMIT 1; END",
    "DELETE FROM LIMIT",
    "DELETE LIMIT 1",
    "LIMIT",
    "",
  ]) {
    it(`leaves alone: ${sql || "the empty text"}`, () => assert.equal(rewriteLimit(sql), undefined));
  }

  it("maps every copied offset back", () => {
    const sql = "DELETE FROM jobs WHERE stat = 'new' RETURNING ident ORDER BY rang LIMIT 5";
    const rewritten = rewriteLimit(sql);
    assert.ok(rewritten);
    for (const word of ["DELETE", "stat", "'new'", "ident", "rang", "5"]) {
      const at = rewritten.sql.lastIndexOf(word);
      assert.equal(sql.slice(rewritten.map(at), rewritten.map(at) + word.length), word);
    }
    assert.equal(rewritten.map(rewritten.sql.indexOf("rowid IN")), sql.indexOf("LIMIT"));
  });
});
