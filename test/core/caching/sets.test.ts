// What statements read and write, held against what SQLite does: a table that is not named as changed has the same rows
// afterwards, and a result stays the same whatever is changed of what is not named as read.

import assert from "node:assert/strict";
import fc from "fast-check";
import { readSet } from "../../../src/core/caching/read-set";
import { changesOf } from "../../../src/core/caching/write-set";
import { Origins } from "../../../src/core/schema/origins";
import { readSchema } from "../../../src/core/schema/read-schema";
import type { Database } from "../../../src/core/schema/engine";
import type { Schema } from "../../../src/core/schema/schema";
import { splitStatements } from "../../../src/core/sql/split";
import { testEngine } from "../../support/engine";
import { statement } from "../../support/planning";
import { seeded } from "../../support/seeding";

const ddl = `
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, score INTEGER NOT NULL DEFAULT 0);
CREATE TABLE accounts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE, label TEXT NOT NULL, cents INTEGER NOT NULL, euros REAL AS (cents / 100.0));
CREATE TABLE entries (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts (id) ON DELETE SET NULL, amount INTEGER NOT NULL);
CREATE TABLE audit (id INTEGER PRIMARY KEY, what TEXT);
CREATE TABLE totals (account_id INTEGER PRIMARY KEY, amount INTEGER NOT NULL) ;
CREATE TABLE codes (code TEXT PRIMARY KEY ON CONFLICT REPLACE, meaning TEXT);
CREATE VIEW rich AS SELECT a.id, a.label, u.name FROM accounts a JOIN users u ON u.id = a.user_id WHERE a.cents > 10;
CREATE TRIGGER entry_added AFTER INSERT ON entries BEGIN
  INSERT INTO totals (account_id, amount) VALUES (NEW.account_id, NEW.amount) ON CONFLICT (account_id) DO UPDATE SET amount = amount + excluded.amount;
END;
CREATE TRIGGER total_changed AFTER UPDATE OF amount ON totals BEGIN INSERT INTO audit (what) VALUES ('total'); END;
CREATE TRIGGER account_gone AFTER DELETE ON accounts BEGIN INSERT INTO audit (what) VALUES (OLD.label); END;
CREATE TRIGGER rich_renamed INSTEAD OF UPDATE ON rich BEGIN UPDATE accounts SET label = NEW.label WHERE id = NEW.id; END;
`;

/** `table event columns`, in order. */
function changed(sql: string, schema: Schema): readonly string[] {
  return changesOf(statement(sql), schema).map(({ table, event, columns }) => [table, event, ...[...(columns ?? [])].sort()].join(" ")).sort();
}

async function schemaOf(text: string): Promise<Schema> {
  const database = (await testEngine()).open();
  for (const { text: sql } of splitStatements(text)) assert.ok(database.run(sql).ok, sql);
  const schema = readSchema(database, new Origins());
  database.close();
  return schema;
}

describe("write set", () => {
  it("follows triggers, cascades and conflicts", async () => {
    const schema = await schemaOf(ddl);
    assert.deepEqual(changed("INSERT INTO entries (amount) VALUES (1)", schema), ["audit insert", "entries insert", "totals insert", "totals update amount"]);
    assert.deepEqual(changed("DELETE FROM users WHERE id = 1", schema), ["accounts delete", "audit insert", "entries update account_id", "users delete"]);
    assert.deepEqual(changed("UPDATE users SET name = 'x'", schema), ["users update name"]);
    assert.deepEqual(changed("UPDATE users SET id = 7 WHERE id = 1", schema), ["accounts update euros user_id", "users update id"]);
    assert.deepEqual(changed("UPDATE accounts SET cents = 1", schema), ["accounts update cents euros"]);
    assert.deepEqual(changed("INSERT OR REPLACE INTO accounts (id, label, cents) VALUES (1, 'a', 1)", schema), ["accounts delete", "accounts insert", "entries update account_id"]);
    assert.deepEqual(changed("INSERT INTO codes VALUES ('a', 'b')", schema), ["codes delete", "codes insert"]);
    assert.deepEqual(changed("UPDATE rich SET label = 'x'", schema), ["accounts update euros label"]);
    assert.deepEqual(changed("SELECT * FROM rich", schema), []);
    assert.deepEqual(changed("DELETE FROM nowhere", schema), ["nowhere delete"]);
  });

  it("ends where triggers fire each other", async () => {
    const schema = await schemaOf(`CREATE TABLE a (x); CREATE TABLE b (x);
      CREATE TRIGGER ab AFTER INSERT ON a BEGIN INSERT INTO b VALUES (1); END;
      CREATE TRIGGER ba AFTER INSERT ON b BEGIN INSERT INTO a VALUES (1); END;`);
    assert.deepEqual(changed("INSERT INTO a VALUES (1)", schema), ["a insert", "b insert"]);
  });

  it("names every table whose rows SQLite changes", async () => {
    const engine = await testEngine();
    const id = fc.integer({ min: 1, max: 8 });
    const writes = fc.oneof(
      id.map((n) => `DELETE FROM users WHERE id = ${n}`),
      id.map((n) => `DELETE FROM accounts WHERE id <= ${n}`),
      fc.tuple(id, id).map(([a, b]) => `UPDATE OR REPLACE users SET id = ${a + 20} WHERE id = ${b}`),
      fc.tuple(id, id).map(([a, b]) => `INSERT INTO entries (account_id, amount) VALUES (${a}, ${b})`),
      id.map((n) => `INSERT OR REPLACE INTO accounts (id, user_id, label, cents) VALUES (${n}, NULL, 'new', 5)`),
      id.map((n) => `REPLACE INTO users (id, name) VALUES (${n}, 'new')`),
      id.map((n) => `UPDATE rich SET label = 'other' WHERE id = ${n}`),
      id.map((n) => `UPDATE totals SET amount = amount + ${n}`),
      id.map((n) => `UPDATE accounts SET cents = cents + 1 WHERE user_id = ${n}`),
    );
    fc.assert(
      fc.property(writes, (sql) => {
        const made = seeded(engine, ddl, 8);
        const before = rowsOf(made.db, made.schema);
        const ran = made.db.run(sql);
        const after = rowsOf(made.db, made.schema);
        made.db.close();
        if (!ran.ok) return;
        const named = new Set(changesOf(statement(sql), made.schema).map(({ table }) => table));
        for (const [table, rows] of after) assert.ok(rows === before.get(table) || named.has(table), `${sql} changes ${table}`);
      }),
      { numRuns: 60 },
    );
  });
});

describe("read set", () => {
  it("goes through views, subqueries and WITH", async () => {
    const schema = await schemaOf(ddl);
    const read = (sql: string): readonly string[] => [...readSet(statement(sql), schema).values()].map(({ table, columns }) => `${table} ${columns === undefined ? "*" : [...columns].sort().join(" ")}`).sort();
    assert.deepEqual(read("SELECT name FROM rich"), ["accounts cents id label user_id", "users id name"]);
    assert.deepEqual(read("WITH w AS (SELECT account_id FROM entries) SELECT * FROM accounts WHERE id IN (SELECT account_id FROM w)"), ["accounts *", "entries account_id"]);
    assert.deepEqual(read("SELECT count(*) FROM users WHERE EXISTS (SELECT 1 FROM audit WHERE what = users.name)"), ["audit what", "users name"]);
    assert.deepEqual(read("SELECT 1 FROM nowhere"), []);
  });

  it("names all that a result depends on", async () => {
    const engine = await testEngine();
    const selects = fc.constantFrom(
      "SELECT name FROM rich ORDER BY id",
      "SELECT label FROM accounts WHERE cents > 3 ORDER BY id",
      "SELECT count(*), sum(amount) FROM entries WHERE account_id IN (SELECT id FROM accounts WHERE label > 'a')",
      "WITH w AS (SELECT user_id, sum(cents) AS c FROM accounts GROUP BY user_id) SELECT u.name, w.c FROM users u LEFT JOIN w ON w.user_id = u.id ORDER BY u.id",
      "SELECT (SELECT max(amount) FROM totals t WHERE t.account_id = a.id) FROM accounts a ORDER BY a.id",
      "SELECT name FROM users UNION SELECT label FROM accounts ORDER BY 1",
      "SELECT euros FROM accounts ORDER BY id",
      "SELECT u.name FROM users u JOIN accounts a ON a.user_id = u.id GROUP BY u.id HAVING sum(a.cents) > 4 ORDER BY u.id",
    );
    const spoils = fc.constantFrom("users.name", "users.score", "accounts.label", "accounts.cents", "entries.amount", "entries.account_id", "audit.what", "totals.amount", "codes.meaning");
    fc.assert(
      fc.property(selects, spoils, (sql, spoilt) => {
        const made = seeded(engine, ddl, 8);
        const [table = "", column = ""] = spoilt.split(".");
        const reads = readSet(statement(sql), made.schema).get(table);
        const before = resultOf(made.db, sql);
        // No trigger has a part in this.
        for (const { name } of made.schema.triggers) made.db.run(`DROP TRIGGER "${name}"`);
        const isText = /name|label|what|meaning/.test(column);
        assert.ok(made.db.run(`UPDATE ${table} SET ${column} = ${column === "account_id" ? "NULL" : isText ? "'changed'" : "77777"}`).ok);
        const after = resultOf(made.db, sql);
        made.db.close();
        const isRead = reads !== undefined && (reads.columns === undefined || reads.columns.has(column) || (column === "cents" && reads.columns.has("euros")));
        assert.ok(isRead || before === after, `${sql} depends on ${spoilt}`);
      }),
      { numRuns: 80 },
    );
  });
});

function rowsOf(db: Database, schema: Schema): ReadonlyMap<string, string> {
  return new Map(schema.tables.map(({ name }) => [name, resultOf(db, `SELECT * FROM "${name}"`)]));
}

function resultOf(db: Database, sql: string): string {
  const result = db.run(sql);
  assert.ok(result.ok, sql);
  return JSON.stringify(result.rows);
}
