// Rows counted on rows that are there. All figures are those of D1's own counter, as `meta.rows_read` of the local
// runtime gave them for the same statements. `test/conformance` compares many more.

import assert from "node:assert/strict";
import { countedRows } from "../../../src/core/planner/counted-rows";
import type { CountedRows } from "../../../src/core/planner/counted-rows";
import { planTree } from "../../../src/core/planner/plan";
import type { Database, SqlValue } from "../../../src/core/schema/engine";
import { Origins } from "../../../src/core/schema/origins";
import { readSchema } from "../../../src/core/schema/read-schema";
import type { Schema } from "../../../src/core/schema/schema";
import { splitStatements } from "../../../src/core/sql/split";
import { testEngine } from "../../support/engine";
import { statement } from "../../support/planning";

const setup = `
  CREATE TABLE u (id INTEGER PRIMARY KEY, email TEXT UNIQUE, n INTEGER, plain TEXT);
  CREATE INDEX u_n ON u (n);
  CREATE TABLE o (id INTEGER PRIMARY KEY, u_id INTEGER, note TEXT);
  CREATE TABLE kids (id INTEGER PRIMARY KEY, u_id INTEGER NOT NULL REFERENCES u (id) ON DELETE CASCADE, at TEXT, done INTEGER);
  CREATE INDEX kids_u_at ON kids (u_id, at);
  CREATE INDEX kids_open ON kids (at) WHERE done = 0;
  CREATE VIEW busy AS SELECT u.id, u.email, (SELECT count(*) FROM kids k WHERE k.u_id = u.id) AS many FROM u WHERE u.n = 3;
  WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 1000) INSERT INTO u SELECT x, 'e' || x, x % 10, 'p' || (x % 50) FROM i;
  WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 500) INSERT INTO o SELECT x, x, 'p' || (x % 50) FROM i;
  WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 2000) INSERT INTO kids SELECT x, 1 + x % 400, printf('%04d', x), x % 20 <> 0 FROM i;
`;

describe("counted rows", () => {
  let database: Database;
  let schema: Schema;
  before(async () => {
    database = (await testEngine()).open();
    for (const { text } of splitStatements(setup)) {
      const made = database.run(text);
      assert.ok(made.ok, made.ok ? "" : `${made.message}: ${text}`);
    }
    schema = readSchema(database, new Origins());
  });
  after(() => database.close());

  function count(sql: string, ...values: readonly SqlValue[]): CountedRows {
    const explained = database.explain(sql);
    assert.ok(explained.ok, explained.ok ? "" : explained.message);
    return countedRows({ statement: statement(sql), plan: planTree(explained.rows), values, database, schema, estimate: -1 });
  }

  const exact: readonly (readonly [what: string, rows: number, sql: string, ...values: readonly SqlValue[]])[] = [
    ["a scan", 1_000, "SELECT * FROM u WHERE plain = 'p3'"],
    ["a count", 1_000, "SELECT count(*) FROM u"],
    ["a key, there or not", 1, "SELECT * FROM u WHERE id = ?", 99_999],
    ["a unique value", 1, "SELECT * FROM u WHERE email = ?", "e77"],
    ["a unique value that is not there", 0, "SELECT * FROM u WHERE email = ?", "nobody"],
    ["an index: its rows and one step more", 101, "SELECT * FROM u WHERE n = ?1", 3],
    ["an index that finds nothing", 0, "SELECT * FROM u WHERE n = 77"],
    ["a LIMIT and an OFFSET", 510, "SELECT * FROM u LIMIT ? OFFSET ?", 10, 500],
    ["a LIMIT behind a filter: up to the last row that counts", 53, "SELECT * FROM u WHERE plain = 'p3' LIMIT 2"],
    ["a sort, whatever the LIMIT", 2_000, "SELECT * FROM u ORDER BY plain LIMIT 5"],
    ["a sort in small groups", 2_000, "SELECT * FROM u ORDER BY n, plain"],
    ["a GROUP BY", 2_000, "SELECT plain, count(*) FROM u GROUP BY plain"],
    ["a sort after a GROUP BY: the groups once more", 2_050, "SELECT plain, count(*) AS c FROM u GROUP BY plain ORDER BY c DESC LIMIT 3"],
    ["groups in the order of an index, up to a LIMIT", 201, "SELECT n, count(*) FROM u GROUP BY n ORDER BY n LIMIT 2"],
    ["a DISTINCT", 1_000, "SELECT DISTINCT plain FROM u"],
    ["a list of keys: each value and its row", 10, "SELECT * FROM u WHERE id IN (1, 2, 3, 4, 5)"],
    ["a list in an index", 2 + 2 * 101, "SELECT * FROM u WHERE n IN (3, 4)"],
    ["a list from a query", 1 + 1 + 1, "SELECT * FROM u WHERE id IN (SELECT u_id FROM o WHERE id = 7)"],
    ["an OR of two indexes", 101 + 1, "SELECT * FROM u WHERE n = 3 OR email = 'e5'"],
    ["a join by key, and nothing for a key that is NULL", 1_000, "SELECT * FROM o LEFT JOIN u ON u.id = o.u_id"],
    ["a join by index", 101 + 40 * 6, "SELECT u.id, k.at FROM u JOIN kids k ON k.u_id = u.id WHERE u.n = 3 AND u.id <= 1000"],
    ["a LEFT JOIN that scans, from one row", 501, "SELECT * FROM u LEFT JOIN o ON o.note = u.plain WHERE u.id = 1"],
    ["an EXISTS: up to the first row", 101 + 40, "SELECT id FROM u WHERE n = 3 AND EXISTS (SELECT 1 FROM kids k WHERE k.u_id = u.id)"],
    ["a correlated subquery", 101 + 40 * 6, "SELECT id, (SELECT count(*) FROM kids k WHERE k.u_id = u.id) FROM u WHERE n = 3"],
    ["the newest of each", 101 + 40, "SELECT id, (SELECT at FROM kids k WHERE k.u_id = u.id ORDER BY at DESC LIMIT 1) FROM u WHERE n = 3"],
    ["a view with a subquery", 101 + 40 * 6, "SELECT * FROM busy"],
    ["a maximum behind an equality", 1, "SELECT max(at) FROM kids WHERE u_id = 7"],
    ["a maximum of a column that stands behind another", 2_000, "SELECT max(u_id) FROM kids NOT INDEXED"],
    ["a partial index: what it holds", 100, "SELECT count(*) FROM kids WHERE done = 0"],
    ["a subquery in FROM, handed over", 1_000, "SELECT * FROM (SELECT n, count(*) AS c FROM u GROUP BY n) WHERE c > 1"],
    ["a UNION ALL", 101 + 500, "SELECT id FROM u WHERE n = 3 UNION ALL SELECT id FROM o"],
    ["a window: the sort, and its own table twice", 101 + 3 * 100 + 1, "SELECT id, row_number() OVER (ORDER BY plain) FROM u WHERE n = 3"],
    ["an INSERT with a parent", 1, "INSERT INTO kids (u_id, at) VALUES (3, 'x')"],
    ["an UPDATE", 101, "UPDATE u SET plain = 'x' WHERE n = 3"],
    ["an UPDATE of the index that it searches: its notes, and each row again", 301, "UPDATE u SET n = 4 WHERE n = 3"],
  ];
  for (const [what, rows, sql, ...values] of exact) {
    it(`${what}: ${rows.toLocaleString("en-US")}`, () => assert.deepEqual(count(sql, ...values), { rows, counted: true, notes: [] }));
  }

  // Behind the last key of an index there is no step to the next one, which ours takes.
  const oneMore: readonly (readonly [what: string, counted: number, sql: string])[] = [
    ["a WITH that is read twice", 1_039, "WITH s AS MATERIALIZED (SELECT n, count(*) AS c FROM u GROUP BY n) SELECT count(*) FROM s x JOIN s y ON y.n = x.n"],
    ["a DELETE that cascades", 23, "DELETE FROM u WHERE id = 7"],
  ];
  for (const [what, rows, sql] of oneMore) {
    it(`${what}: ${rows.toLocaleString("en-US")} and one`, () => assert.deepEqual(count(sql), { rows: rows + 1, counted: true, notes: [] }));
  }

  it("change nothing", () => {
    const before = database.run("SELECT total_changes()");
    count("DELETE FROM u");
    assert.deepEqual(before.ok && before.rows, ((after) => after.ok && after.rows)(database.run("SELECT total_changes()")));
  });

  it("are the estimate, with the reason, where something is not counted", () => {
    const { rows, counted, notes } = count("SELECT * FROM u NATURAL JOIN o");
    assert.deepEqual([rows, counted], [-1, false]);
    assert.match(notes[0]!, /NATURAL/);
  });

  it("say so where a part is counted too high", () => {
    const { rows, counted, notes } = count("SELECT id FROM u WHERE n = 3 AND EXISTS (SELECT 1 FROM kids k JOIN o ON o.u_id = k.id WHERE k.u_id = u.id)");
    assert.ok(rows > 101 && !counted);
    assert.match(notes[0]!, /ends at its first row/);
  });

  it("keep names apart that stand for other tables further in", () => {
    assert.equal(count("SELECT id FROM u WHERE n = 3 AND id IN (SELECT u_id FROM kids u WHERE u.u_id < 5)").counted, true);
    assert.equal(count("SELECT u.id, (SELECT max(id) FROM kids WHERE u_id = u.id) AS id FROM u WHERE u.id = ?", 4).rows, 1 + 6);
  });
});
