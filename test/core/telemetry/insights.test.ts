import assert from "node:assert/strict";
import fc from "fast-check";
import { readInsights, tableRows } from "../../../src/core/telemetry/insights";
import type { RecordedQuery } from "../../../src/core/telemetry/insights";
import { queryKey } from "../../../src/core/telemetry/query-key";
import { closePlannings, planning, statement } from "../../support/planning";

describe("the key of a query", () => {
  it("is the same whatever its layout, its comments, its case and its values are", () => {
    const one = queryKey("SELECT id, name FROM people WHERE team = ? AND age > 30 LIMIT 10");
    for (const same of [
      "select id,name\n  from people -- of one team\n where team='b' and age>-7.5e3 limit ?2;",
      'SELECT "id", [name] FROM `people` WHERE team = :team /* bound */ AND age > 0x1F LIMIT @many ; ',
      "SELECT id, name FROM people WHERE team = X'00ff' AND age > .5 LIMIT $n",
    ]) {
      assert.equal(queryKey(same), one);
    }
  });

  it("does not count the values of a list, nor rows of them", () => {
    assert.equal(queryKey("INSERT INTO t VALUES (1, 'a'), (2, 'b')"), queryKey("INSERT INTO t VALUES (?, ?)"));
    assert.equal(queryKey("SELECT * FROM t WHERE id IN (?, ?, ?)"), queryKey("SELECT * FROM t WHERE id IN (1)"));
    assert.notEqual(queryKey("SELECT * FROM t WHERE id IN (?)"), queryKey("SELECT * FROM t WHERE id = ?"));
  });

  it("tells queries apart by names and operators", () => {
    const keys = ["SELECT a FROM t", "SELECT b FROM t", "SELECT a FROM t WHERE a = 1", "SELECT a FROM t WHERE a <> 1", "SELECT a FROM t WHERE a - 1", "SELECT a FROM t WHERE a, 1"].map(queryKey);
    assert.equal(new Set(keys).size, keys.length);
  });

  it("is a key again", () => {
    fc.assert(fc.property(fc.string(), (text) => assert.equal(typeof queryKey(text), "string")));
    const key = queryKey("SELECT 'it''s', \"a b\", ? FROM t WHERE x = 'never closed");
    assert.equal(key, "select ? , a b , ? from t where x = ?");
  });
});

describe("recorded calls", () => {
  after(closePlannings);

  it("are read with totals, or from averages, and unknown fields are left out", () => {
    const text = `[
      { "query": "SELECT * FROM people WHERE team = 1", "avgRowsRead": 500, "totalRowsRead": 2000, "numberOfTimesRun": 4, "avgDurationMs": 2.5, "totalDurationMs": 10, "queryEfficiency": 0.1, "databaseId": "x" },
      { "query": "SELECT 1", "avgRowsRead": 3, "avgDurationMs": 2, "numberOfTimesRun": 5, "new": {} }
    ]`;
    assert.deepEqual(readInsights(text), {
      ok: true,
      queries: [
        { sql: "SELECT * FROM people WHERE team = 1", key: "select * from people where team = ?", calls: 4, rowsRead: 2_000, durationMs: 10, rowsReturned: 200 },
        { sql: "SELECT 1", key: "select ?", calls: 5, rowsRead: 15, durationMs: 10 },
      ],
    });
  });

  it("of texts that differ in literals only are one query's", () => {
    const read = readInsights(JSON.stringify([1, 2].map((team) => ({ query: `SELECT * FROM people WHERE team = ${team}`, totalRowsRead: 100 * team, numberOfTimesRun: team, totalDurationMs: 1 }))));
    assert.ok(read.ok);
    assert.deepEqual(read.queries.map(({ calls, rowsRead, durationMs }) => [calls, rowsRead, durationMs]), [[3, 300, 2]]);
  });

  it("may stand behind a banner, and may be none", () => {
    assert.ok(readInsights('⛅️ wrangler 3.1 [beta]\n-----\n[{ "query": "SELECT 1", "numberOfTimesRun": 1 }]\n').ok);
    assert.deepEqual(readInsights("[]"), { ok: true, queries: [] });
  });

  it("are an error where the text is something else", () => {
    for (const text of ["", "no JSON", "{}", "[", '[{"name": 1}]', "[1, null]"]) {
      const read = readInsights(text);
      assert.ok(!read.ok && read.message.length > 20, text);
    }
    const mixed = readInsights('[{"query": "SELECT 1", "numberOfTimesRun": 1, "avgRowsRead": "many"}, {"query": 7, "numberOfTimesRun": 1}, {"query": "SELECT 2", "numberOfTimesRun": -1}]');
    assert.deepEqual(mixed.ok && mixed.queries.map(({ sql, rowsRead }) => [sql, rowsRead]), [["SELECT 1", 0]]);
  });

  it("tell the size of a table where they scan all of it", async () => {
    const { planner } = await planning(`
      CREATE TABLE people (id INTEGER PRIMARY KEY, team INTEGER, name TEXT);
      CREATE INDEX people_team ON people (team);
      CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
    `);
    const planOf = (sql: string) => {
      const parsed = statement(sql);
      const judged = planner.judge(parsed);
      return "plan" in judged ? { plan: judged.plan, uses: planner.uses(parsed) } : undefined;
    };
    const recorded = (sql: string, calls: number, rowsRead: number): RecordedQuery => ({ sql, key: queryKey(sql), calls, rowsRead, durationMs: 1 });
    const rows = tableRows(
      [
        recorded("SELECT * FROM people WHERE name = ?", 10, 50_000),
        recorded("SELECT count(*) FROM People", 2, 10_400),
        recorded("SELECT * FROM people WHERE team = ?", 1, 900_000),
        recorded("SELECT * FROM people ORDER BY name", 1, 800_000),
        recorded("SELECT * FROM teams LIMIT 5", 1, 5),
        recorded("SELECT * FROM teams t JOIN people p ON p.team = t.id", 1, 700_000),
        recorded("SELECT * FROM gone", 1, 600_000),
        recorded("SELECT * FROM teams WHERE name = ?", 0, 0),
      ],
      planOf,
    );
    assert.deepEqual([...rows], [["people", 5_200]]);
  });
});
