import assert from "node:assert/strict";
import { distinctAmong, measure } from "../../../src/core/planner/measured";
import type { MeasuredColumn, MeasuredStatistics } from "../../../src/core/planner/measured";
import type { Database } from "../../../src/core/schema/engine";
import { testEngine } from "../../support/engine";

/** Measures a database that these statements make. */
async function measured(...sql: readonly string[]): Promise<MeasuredStatistics> {
  const database = (await testEngine()).open();
  try {
    for (const one of sql) must(database, one);
    return measure(database);
  } finally {
    database.close();
  }
}

function must(database: Database, sql: string): void {
  const result = database.run(sql);
  assert.ok(result.ok, result.ok ? "" : `${result.message}: ${sql}`);
}

const numbers = (many: number): string => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${many})`;

const people = "CREATE TABLE People (id INTEGER PRIMARY KEY, email TEXT, Team INTEGER, status TEXT, left_at TEXT)";
/** Five teams; every tenth has left; status `open` in nine of ten. */
const fill = (many: number): string =>
  `${numbers(many)} INSERT INTO people SELECT i, 'p' || i || '@example.org', i % 5, CASE WHEN (i / 7) % 10 = 3 THEN 'shut' ELSE 'open' END, CASE WHEN (i / 3) % 10 = 0 THEN '2024-01-' || (i % 28) END FROM n`;

describe("measured statistics", () => {
  it("count small tables whole", async () => {
    const { tables } = await measured(people, fill(1_000));
    const table = tables.get("people")!;
    assert.equal(table.rows, 1_000);
    const column = (name: string): MeasuredColumn => table.columns.get(name)!;
    assert.deepEqual([...table.columns].map(([name, { distinct }]) => [name, distinct]), [["id", 1_000], ["email", 1_000], ["team", 5], ["status", 2], ["left_at", 28]]);
    assert.equal(column("email").once, 1_000);
    assert.equal(column("team").once, 0);
    assert.deepEqual(column("team").common.map(({ value }) => value), [0, 1, 2, 3, 4]);
    assert.ok(Math.abs(column("left_at").nulls - 0.9) < 0.01);
    assert.deepEqual(column("email").common, [], "values that are there once do not stand out");
    const [open, shut] = column("status").common;
    assert.equal(open!.value, "open");
    assert.ok(Math.abs(open!.share - 0.9) < 0.01 && Math.abs(shut!.share - 0.1) < 0.01);
  });

  it("come near the truth by a sample of large tables", async () => {
    const { tables } = await measured(people, fill(200_000));
    const { rows, columns } = tables.get("people")!;
    assert.equal(rows, 200_000);
    assert.ok(columns.get("email")!.seen <= 4_000, "not all of it was read");
    assert.equal(distinctAmong(columns.get("email")!, rows), 200_000);
    assert.equal(distinctAmong(columns.get("team")!, rows), 5);
    assert.equal(distinctAmong(columns.get("status")!, rows), 2);
    assert.ok(Math.abs(columns.get("left_at")!.nulls - 0.9) < 0.03);
    assert.ok(Math.abs(columns.get("status")!.common[0]!.share - 0.9) < 0.03);
  });

  it("estimate a column between the two extremes within a factor of two", async () => {
    const { tables } = await measured("CREATE TABLE visits (id INTEGER PRIMARY KEY, page INTEGER)", `${numbers(60_000)} INSERT INTO visits SELECT i, (i * 7919) % 3000 FROM n`);
    const { rows, columns } = tables.get("visits")!;
    const estimate = distinctAmong(columns.get("page")!, rows);
    assert.ok(estimate > 1_500 && estimate < 6_000, String(estimate));
  });

  it("are the same for the same rows, and reach across gaps and negative keys", async () => {
    const sql = [people, fill(30_000), "DELETE FROM people WHERE id BETWEEN 5000 AND 15000", "UPDATE people SET id = -id WHERE id < 100", "INSERT INTO people (id) VALUES (9000000000)"];
    const first = await measured(...sql);
    assert.deepEqual(first, await measured(...sql));
    assert.ok(first.tables.get("people")!.columns.get("team")!.seen > 0);
  });

  it("sample tables without rowid as well", async () => {
    const { tables } = await measured("CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID", `${numbers(20_000)} INSERT INTO pairs SELECT i / 20, i % 20 FROM n`);
    const { rows, columns } = tables.get("pairs")!;
    assert.equal(rows, 20_000);
    assert.deepEqual([...columns.keys()], ["a", "b"]);
    assert.ok(columns.get("a")!.seen <= 4_000);
  });

  it("leave out what cannot be read, and what belongs to SQLite, D1 and wrangler", async () => {
    const { tables } = await measured(
      "CREATE TABLE d1_migrations (id INTEGER)",
      "CREATE TABLE _cf_KV (id INTEGER)",
      "CREATE VIRTUAL TABLE words USING fts4 (text)",
      "CREATE TABLE empty (id INTEGER, note TEXT)",
    );
    assert.ok(!tables.has("d1_migrations") && !tables.has("_cf_kv") && !tables.has("words"));
    assert.deepEqual(tables.get("empty"), { rows: 0, columns: new Map(), stats: new Map() });
  });

  it("hold what ANALYZE left, with the columns that it is about", async () => {
    const { tables } = await measured(
      people,
      "CREATE INDEX people_team ON people (team, lower(email))",
      "CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID",
      fill(1_000),
      "INSERT INTO pairs VALUES (1, 2), (1, 3)",
      "ANALYZE",
    );
    assert.deepEqual(tables.get("people")!.stats.get("people_team"), { columns: ["Team", null], stat: "1000 200 1" });
    assert.deepEqual(tables.get("pairs")!.stats.get("pairs"), { columns: ["a", "b"], stat: "2 2 1" });
  });

  it("quote names that need it, and keep long texts to themselves", async () => {
    const { tables } = await measured(`CREATE TABLE "a ""b""" ("select" TEXT)`, `${numbers(10)} INSERT INTO "a ""b""" SELECT printf('%.*c', 100, 'x') FROM n`);
    assert.deepEqual(tables.get('a "b"')!.columns.get("select"), { seen: 10, nulls: 0, distinct: 1, once: 0, common: [] });
  });
});
