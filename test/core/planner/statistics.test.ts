import assert from "node:assert/strict";
import { findTable } from "../../../src/core/schema/schema";
import { Statistics } from "../../../src/core/planner/statistics";
import { closePlannings, planning } from "../../support/planning";

const schema = `
  CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);
  CREATE TABLE people (
    id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams (id), email TEXT UNIQUE, is_admin INTEGER, status TEXT,
    deleted_at TEXT, created_at TEXT, note TEXT
  );
  CREATE INDEX people_team_status ON people (team_id, status);
  CREATE INDEX people_open ON people (note) WHERE deleted_at IS NULL;
  CREATE TABLE seats (hall TEXT, seat INTEGER, PRIMARY KEY (hall, seat)) WITHOUT ROWID;
`;

describe("statistics", () => {
  after(closePlannings);

  async function statistics(rows: { readonly default?: number; readonly tables?: Readonly<Record<string, number>> } = {}) {
    const { schema: model } = await planning(schema);
    const read = new Statistics(model, { default: rows.default, tables: rows.tables ?? {} });
    return { read, table: (name: string) => findTable(model, name)! };
  }

  it("takes sizes from the configuration, without regard to case, then from its default, then 10,000", async () => {
    const { read } = await statistics({ tables: { People: 700 } });
    assert.deepEqual(read.size("PEOPLE"), { rows: 700, source: "configured" });
    assert.deepEqual(read.size("teams"), { rows: 10_000, source: "assumed" });
    assert.deepEqual((await statistics({ default: 5 })).read.size("teams"), { rows: 5, source: "configured" });
  });

  it("takes tables by the names of small things to be small, unless the configuration says else", async () => {
    assert.equal((await statistics()).read.size("settings").rows, 100);
    assert.equal((await statistics({ tables: { settings: 9_000 } })).read.size("settings").rows, 9_000);
  });

  it("never takes a table to be empty, for a plan of nothing says nothing", async () => {
    assert.equal((await statistics({ tables: { teams: 0 } })).read.size("teams").rows, 1);
    assert.equal((await statistics({ default: 0 })).read.size("teams").rows, 1);
  });

  it("says in words where a count comes from", async () => {
    const { read } = await statistics({ tables: { people: 250_000 } });
    assert.equal(read.describe("people"), "`people` has 250,000 rows by `plumbline.json`");
    assert.equal(read.describe("teams"), "`teams` is taken to have 10,000 rows, since `plumbline.json` does not say");
  });

  it("guesses the spread of a column from its key, its type and its name", async () => {
    const { read, table } = await statistics({ tables: { people: 10_000, teams: 20 } });
    const distinct = (column: string): number => read.distinct(table("people"), column);
    assert.deepEqual(
      ["id", "email", "team_id", "is_admin", "status", "deleted_at", "created_at", "note"].map((column) => [column, distinct(column)]),
      [["id", 10_000], ["email", 10_000], ["team_id", 20], ["is_admin", 2], ["status", 6], ["deleted_at", 1], ["created_at", 10_000], ["note", 1_000]],
    );
  });

  it("takes several columns to narrow independently, never below one row", async () => {
    const { read, table } = await statistics({ tables: { people: 12_000, teams: 20 } });
    assert.equal(read.rowsPerKey(table("people"), ["team_id", "status"]), 100);
    assert.equal(read.rowsPerKey(table("people"), ["team_id", "status", "created_at"]), 1);
    assert.equal(read.rowsPerKey(table("people"), ["EMAIL", "status"]), 1);
    assert.equal(read.rowsPerKey(table("seats"), ["hall", "seat"]), 1);
  });

  it("writes what SQLite reads: rows, rows a prefix, and no skip-scan, which D1 does not do without ANALYZE", async () => {
    const { read } = await statistics({ tables: { people: 12_000, teams: 20 } });
    const written = new Map(read.stat1().map(([table, index, stat]) => [index ?? table, stat]));
    assert.equal(written.get("people_team_status"), "12000 600 100 noskipscan");
    assert.equal(written.get("people_open"), "10800 9 noskipscan");
    assert.equal(written.get("sqlite_autoindex_people_1"), "12000 1 noskipscan");
    assert.equal(written.get("teams"), "20");
    assert.equal(written.get("seats")?.split(" ").at(-2), "1");
  });

  it("is believed by SQLite: the smaller table becomes the outer loop", async () => {
    const sql = "SELECT * FROM people p, teams t WHERE p.note = t.name";
    const few = await planning(schema, { people: 100_000, teams: 5 });
    const many = await planning(schema, { people: 5, teams: 100_000 });
    assert.match(few.details(sql)[0]!, /^SCAN t/);
    assert.match(many.details(sql)[0]!, /^SCAN p/);
  });
});
