import assert from "node:assert/strict";
import type { Engine, Surface } from "../../src/core/schema/engine";
import { hashName, watchSlots } from "../../src/protocol/worker";
import { loadEngine } from "../../src/sqlite/engine";
import { hashText, statementName } from "../../src/sqlite/hash";
import { engineBytes, testEngine } from "../support/engine";

describe("the engine", () => {
  let engine: Engine;
  before(async () => {
    engine = await testEngine();
  });

  function value(sql: string): unknown {
    const db = engine.open();
    try {
      const result = db.run(sql);
      return result.ok ? result.rows[0]?.[0] : `error: ${result.message}`;
    } finally {
      db.close();
    }
  }

  it("has SQLite 3.5x, foreign keys on, triggers not recursive", () => {
    assert.match(engine.version, /^3\.5\d\.\d+$/);
    assert.equal(value("PRAGMA foreign_keys"), 1);
    assert.equal(value("PRAGMA recursive_triggers"), 0);
  });

  it("has SQLite's own functions and not those that sql.js once added", () => {
    assert.equal(value("SELECT reverse('abc')"), "error: no such function: reverse");
    assert.equal(value("SELECT trim('  x ')"), "x");
    assert.equal(value("SELECT round(ceil(1.2))"), 2);
  });

  it("gives rows, columns and changes", () => {
    const db = engine.open();
    assert.ok(db.run("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, data BLOB)").ok);
    const inserted = db.run("INSERT INTO t (name, data) VALUES (?, ?), (?, NULL)", ["a", new Uint8Array([1, 2]), null]);
    assert.ok(inserted.ok && inserted.changes === 2);
    const read = db.run("SELECT * FROM t WHERE id >= ?", [1]);
    assert.ok(read.ok);
    assert.deepEqual(read.columns, ["id", "name", "data"]);
    assert.deepEqual(read.rows, [[1, "a", new Uint8Array([1, 2])], [2, null, null]]);
    assert.equal(read.changes, 0);
    assert.ok(read.ms >= 0);
    const none = db.run("WITH x AS (SELECT 1) SELECT * FROM x WHERE 0");
    assert.ok(none.ok && none.changes === 0 && none.rows.length === 0);
    const returned = db.run("WITH x AS (SELECT 1 AS id) DELETE FROM t WHERE id IN (SELECT id FROM x) RETURNING name");
    assert.ok(returned.ok && returned.changes === 1);
    db.close();
  });

  it("answers errors as values", () => {
    assert.equal(value("SELEC 1"), 'error: near "SELEC": syntax error');
    assert.equal(value("SELECT x FROM nowhere"), "error: no such table: nowhere");
    assert.equal(value("-- only a comment"), "error: the text holds no statement");
    assert.equal(value("SELECT 1; SELECT 2"), "error: the text holds more than one statement");
    assert.equal(value("SELECT ';' -- ;\n; -- done"), ";");
    const db = engine.open();
    const tooMany = db.run("SELECT ?", [1, 2]);
    assert.equal(tooMany.ok, false);
    db.close();
  });

  it("holds nothing open after an error", () => {
    const db = engine.open();
    db.run("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    db.run("INSERT INTO t VALUES (1)");
    assert.equal(db.run("INSERT INTO t VALUES (2), (1)").ok, false);
    assert.ok(db.run("DROP TABLE t").ok);
    db.close();
  });

  it("explains without running, parameters unbound", () => {
    const db = engine.open();
    db.run("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
    db.run("CREATE INDEX t_name ON t (name)");
    const plan = db.explain("SELECT id FROM t WHERE name = ?");
    assert.ok(plan.ok);
    assert.deepEqual(plan.rows.map((row) => row.detail), ["SEARCH t USING COVERING INDEX t_name (name=?)"]);
    assert.ok(plan.rows[0]!.cost > 0);
    assert.ok(db.explain("DELETE FROM t").ok);
    assert.deepEqual(db.explain("SELECT x FROM t"), { ok: false, message: "no such column: x" });
    db.close();
  });

  it("copies a database through its bytes, and refuses bytes that are none", () => {
    const db = engine.open();
    db.run("CREATE TABLE t (x)");
    const bytes = db.bytes();
    const copy = engine.open(bytes);
    assert.ok(copy.run("INSERT INTO t VALUES (1)").ok);
    const original = db.run("SELECT count(*) FROM t");
    assert.ok(original.ok && original.rows[0]?.[0] === 0);
    const again = engine.open(bytes).run("SELECT count(*) FROM t");
    assert.ok(again.ok && again.rows[0]?.[0] === 0);
    assert.throws(() => engine.open(new TextEncoder().encode("not a database at all".repeat(10))), /not a database/);
    db.close();
    copy.close();
  });

  it("bounds the size of a database", async () => {
    const small = await loadEngine({ wasm: await engineBytes(), maxPages: 20 });
    const db = small.open();
    db.run("CREATE TABLE t (x)");
    const result = db.run("INSERT INTO t VALUES (zeroblob(200000))");
    assert.deepEqual(result, { ok: false, message: "database or disk is full" });
    db.close();
  });

  it("shows a watcher which statement runs, and does not run one set aside", async () => {
    const watch = new Int32Array(new SharedArrayBuffer(watchSlots * 4));
    const [high, low] = hashText("SELECT 'endless'");
    const name = hashName(high, low);
    const watched = await loadEngine({ wasm: await engineBytes(), watch, quarantine: new Set([name]) });
    const db = watched.open();
    assert.ok(db.run("SELECT 1").ok);
    assert.equal(Atomics.load(watch, 0), 2);
    assert.deepEqual([Atomics.load(watch, 1), Atomics.load(watch, 2)], [...hashText("SELECT 1")]);
    const aside = db.run("SELECT 'endless'");
    assert.ok(!aside.ok && aside.setAside);
    assert.ok(db.run("SELECT 'endless '").ok);
    assert.equal(db.run("SELECT broken").ok, false);
    assert.equal(Atomics.load(watch, 0) % 2, 0);
    db.close();
  });
});

describe("a database held to a surface", () => {
  const limits = { columns: 6, depth: 20, compoundTerms: 2, functionArguments: 4, patternBytes: 5, parameters: 2, triggerDepth: 2 };

  async function said(surface: Surface | undefined, ...statements: readonly string[]): Promise<readonly string[]> {
    const db = (await testEngine()).open();
    db.restrict({ limits, functions: new Set(["lower", "like"]) });
    db.restrict(surface);
    const answers = statements.map((sql) => db.run(sql)).map((result) => (result.ok ? "ok" : result.message));
    db.close();
    return answers;
  }

  it("has that surface's limits, and SQLite's own again without one", async () => {
    const statements = ["CREATE TABLE t (a, b, c, d, e, f, g)", "SELECT 1 UNION SELECT 2 UNION SELECT 3", "SELECT 'x' LIKE 'xxxxxx'", "SELECT ?3", `SELECT ${"1+".repeat(20)}1`, "SELECT max(1, 2, 3, 4, 5)"];
    assert.deepEqual(await said({ limits, functions: undefined }, ...statements), [
      "too many columns on t",
      "too many terms in compound SELECT",
      "LIKE or GLOB pattern too complex",
      "variable number must be between ?1 and ?2",
      "Expression tree is too large (maximum depth 20)",
      "too many arguments on function max",
    ]);
    assert.deepEqual(await said(undefined, ...statements), statements.map(() => "ok"));
  });

  it("fires triggers no deeper", async () => {
    const chain = ["CREATE TABLE a (x)", "CREATE TRIGGER t AFTER INSERT ON a WHEN new.x > 0 BEGIN INSERT INTO a VALUES (new.x - 1); END", "PRAGMA recursive_triggers = ON"];
    assert.deepEqual((await said({ limits, functions: undefined }, ...chain, "INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (2)")).slice(3), ["ok", "triggers nested too deep"]);
  });

  it("has its functions only, in views and triggers too, and all of them again without one", async () => {
    const statements = ["SELECT lower('A')", "SELECT upper('a')", "CREATE TABLE t (a)", "CREATE VIEW v AS SELECT power(2, 3)", "SELECT * FROM v"];
    assert.deepEqual(await said({ limits, functions: new Set(["lower", "like"]) }, ...statements), ["ok", "wrong number of arguments to function upper()", "ok", "ok", "wrong number of arguments to function power()"]);
    assert.deepEqual(await said(undefined, ...statements), statements.map(() => "ok"));
  });
});

describe("hashText", () => {
  it("tells texts apart in both halves", () => {
    const highs = new Set<number>();
    const lows = new Set<number>();
    for (let i = 0; i < 5000; i++) {
      const [high, low] = hashText(`SELECT ${i}`);
      highs.add(high);
      lows.add(low);
    }
    assert.equal(highs.size, 5000);
    assert.equal(lows.size, 5000);
  });

  it("is named as the protocol names it", () => {
    for (const [high, low] of [[0, 0], [-1, 1], hashText("SELECT 1")] as const) assert.equal(statementName(high, low), hashName(high, low));
  });
});
