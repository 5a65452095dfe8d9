import assert from "node:assert/strict";
import { comparedLiterals, parameterPlaces } from "../../../src/core/planner/parameter-places";
import { SampleRows } from "../../../src/core/planner/sample-rows";
import { sampleValues } from "../../../src/core/planner/sample-values";
import { literalOf } from "../../../src/core/planner/literal";
import type { SqlValue } from "../../../src/core/schema/engine";
import { testEngine } from "../../support/engine";
import { statement } from "../../support/planning";
import { seeded } from "../../support/seeding";
import type { SeededDatabase } from "../../support/seeding";

const ddl = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
  CREATE TABLE accounts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), name TEXT NOT NULL);
  CREATE TABLE moves (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, account_id INTEGER NOT NULL REFERENCES accounts (id), day TEXT NOT NULL,
    amount INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('in', 'out')), note TEXT NOT NULL);
  CREATE TABLE tags (user_id INTEGER NOT NULL REFERENCES users (id), name TEXT NOT NULL, PRIMARY KEY (user_id, name)) WITHOUT ROWID;
  CREATE VIEW spent AS SELECT m.user_id AS owner, m.day, m.amount FROM moves m WHERE m.kind = 'out';`;

describe("values to bind", () => {
  let filled: SeededDatabase;
  let rows: SampleRows;
  before(async () => {
    filled = seeded(await testEngine(), ddl, { users: 100, accounts: 200, moves: 4_000, tags: 300 });
    rows = new SampleRows(filled.db, filled.schema);
  });
  after(() => filled.db.close());

  const values = (sql: string, known?: ReadonlyMap<number, SqlValue>): readonly SqlValue[] => sampleValues(statement(sql), { schema: filled.schema, rows, fresh: filled.fresh }, known);

  function found(sql: string): number {
    const result = filled.db.measure(sql, values(sql));
    assert.ok(result.ok, result.ok ? "" : `${result.message}: ${sql}`);
    return result.returned + result.changes;
  }

  for (const sql of [
    "SELECT * FROM moves WHERE user_id = ?",
    "SELECT * FROM moves WHERE user_id = ?1 AND account_id = ?2 AND kind = ?3",
    "SELECT * FROM moves WHERE account_id IN (SELECT id FROM accounts WHERE user_id = ?)",
    "SELECT * FROM moves m JOIN accounts a ON a.id = m.account_id WHERE a.user_id = ? AND m.account_id = ?",
    "SELECT * FROM moves WHERE user_id = ? AND day BETWEEN ? AND ?",
    "SELECT * FROM moves WHERE user_id = ?1 AND day >= ?2 AND day < ?3 ORDER BY day LIMIT ?4 OFFSET ?5",
    "SELECT * FROM moves WHERE ? = user_id AND ? < day",
    "SELECT * FROM moves WHERE (day, id) > (?, ?) ORDER BY day, id LIMIT 5",
    "SELECT * FROM moves WHERE substr(day, 1, 7) = ? AND user_id = ?",
    "SELECT * FROM users WHERE lower(email) = lower(?)",
    "SELECT * FROM moves WHERE id IN (?, ?, ?)",
    "SELECT * FROM moves WHERE id IN (SELECT value FROM json_each(?))",
    "SELECT * FROM json_each(?) j JOIN moves m ON m.id = j.value",
    "SELECT * FROM moves WHERE note LIKE ?",
    "SELECT * FROM moves WHERE note LIKE '%' || ? || '%'",
    "SELECT * FROM moves WHERE note GLOB ?",
    "SELECT * FROM spent WHERE owner = ? AND day >= ?",
    "WITH mine AS (SELECT * FROM moves WHERE user_id = ?) SELECT * FROM mine WHERE kind = ?",
    "SELECT * FROM moves WHERE (?1 IS NULL OR user_id = ?1) AND day > date(?2, '-30 days')",
    "SELECT * FROM moves WHERE amount > ? AND amount < ?",
    "SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM moves m WHERE m.user_id = u.id AND m.kind = :kind)",
    "UPDATE moves SET amount = amount + ?, note = coalesce(?, note) WHERE id = ? AND user_id = ?",
    "INSERT INTO users (email, name) VALUES (?, ?), (lower(?), ?) RETURNING id",
    "INSERT INTO tags VALUES (?, ?)",
    "INSERT INTO accounts (user_id, name) SELECT id, ? FROM users WHERE id = ?",
    "INSERT INTO accounts (user_id, name) SELECT json_extract(value, '$.user_id'), json_extract(value, '$.name') FROM json_each(?)",
    "INSERT INTO tags (user_id, name) SELECT value, key FROM json_each(?)",
    "INSERT INTO users (email, name) VALUES (?, ?) ON CONFLICT (email) DO UPDATE SET name = ?",
    "DELETE FROM moves WHERE id = ? AND user_id = ?",
    "UPDATE moves SET kind = ? WHERE user_id = ? ORDER BY day LIMIT ?",
  ]) {
    it(`find something by ${sql}`, () => {
      filled.db.run("SAVEPOINT one");
      assert.ok(found(statement(sql).engineText) > 0, `${JSON.stringify(values(sql))} find nothing`);
      filled.db.run("ROLLBACK TO one");
      filled.db.run("RELEASE one");
    });
  }

  it("are the heavy user's, and the same each time", () => {
    const [user] = values("SELECT * FROM moves WHERE user_id = ?");
    const [counted] = filled.values(`SELECT count(*) FROM moves WHERE user_id = ${String(user)}`) as [number];
    const [average] = filled.values("SELECT count(*) / count(DISTINCT user_id) FROM moves") as [number];
    assert.ok(counted > average, `${counted} rows, ${average} on average`);
    assert.deepEqual(values("SELECT * FROM moves WHERE user_id = ?"), [user]);
    assert.deepEqual(values("SELECT * FROM accounts WHERE user_id = ?"), [user], "in every table");
  });

  it("take about a month of three years", () => {
    const sql = "SELECT * FROM moves WHERE day >= ? AND day < ?";
    const share = found(sql) / 4_000;
    assert.ok(share > 0.01 && share < 0.08, `${share} of the rows`);
    assert.ok(found("SELECT * FROM moves WHERE day >= ?") < 400, "the newest where there is no end");
  });

  it("are those that the code binds, where it tells", () => {
    assert.deepEqual(values("SELECT * FROM moves WHERE kind = ? LIMIT ?", new Map<number, SqlValue>([[1, "out"]])), ["out", 20]);
  });

  it("move dates by days", () => {
    assert.deepEqual(values("SELECT * FROM moves WHERE day > date('now', ?)"), ["-30 days"]);
  });

  it("choose a row that nothing needs, where one is to be deleted", async () => {
    const own = seeded(await testEngine(), "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a (id))", { a: 50, b: 40 });
    const sql = "DELETE FROM a WHERE id = ?";
    const facts = { schema: own.schema, rows: new SampleRows(own.db, own.schema), fresh: own.fresh };
    assert.equal(own.db.run(sql, sampleValues(statement(sql), facts)).ok, false);
    assert.ok(facts.rows.free(own.schema.tables[0]!));
    assert.equal(own.db.run(sql, sampleValues(statement(sql), facts)).ok, true);
    own.db.close();
  });
});

describe("places of parameters", () => {
  it("are told through aliases, functions and nested selects", async () => {
    const { db, schema } = seeded(await testEngine(), ddl, 1);
    const shown = (sql: string) => parameterPlaces(statement(sql), schema).map(({ number, role }) => `${number} ${role.kind} ${"against" in role && role.against !== undefined ? `${role.against.table.name}.${role.against.column}` : "place" in role ? `${role.place.table.name}.${role.place.column}` : ""}`.trim());
    assert.deepEqual(shown("SELECT * FROM moves m WHERE m.user_id = ?2 AND ?1 >= m.day LIMIT ?3"), ["2 equal moves.user_id", "1 high moves.day", "3 limit"]);
    assert.deepEqual(shown("SELECT (SELECT count(*) FROM accounts WHERE user_id = u.id AND name = ?) FROM users u WHERE trim(u.name) LIKE ? ESCAPE '!'"), ["1 equal accounts.name", "2 like users.name"]);
    assert.deepEqual(shown("UPDATE moves SET note = ? WHERE id = ?"), ["1 set moves.note", "2 equal moves.id"]);
    assert.deepEqual(shown("SELECT ?, CASE WHEN ? THEN 1 END"), ["1 unknown", "2 unknown"]);
    db.close();
  });

  it("of literals give the words that a column has", async () => {
    const { db, schema } = seeded(await testEngine(), ddl, 1);
    const literals = (sql: string) => comparedLiterals(statement(sql), schema).map(({ place, literal }) => [place.column, literalOf(literal)]);
    assert.deepEqual(literals("SELECT 'x' FROM moves WHERE kind IN ('in', 'out') AND note <> 'none' AND amount > 5"), [["kind", "in"], ["kind", "out"], ["note", "none"]]);
    assert.deepEqual(literals("UPDATE moves SET kind = 'out'"), [["kind", "out"]]);
    db.close();
  });
});
