import assert from "node:assert/strict";
import fc from "fast-check";
import type { Database, Engine } from "../../../src/core/schema/engine";
import { testEngine } from "../../support/engine";
import { reviewFolder } from "../../support/project";
import { assertSound, dump, fill, seeded, valuesOf } from "../../support/seeding";
import type { SeededDatabase } from "../../support/seeding";

describe("seeded rows", () => {
  let engine: Engine;
  const open: Database[] = [];
  before(async () => {
    engine = await testEngine();
  });
  afterEach(() => {
    for (const db of open.splice(0)) db.close();
  });

  function seed(ddl: string, ...rest: Parameters<typeof seeded> extends [unknown, unknown, ...infer R] ? R : never): SeededDatabase {
    const made = seeded(engine, ddl, ...rest);
    open.push(made.db);
    return made;
  }

  /** Filled, with as many rows as were asked for. */
  function full(ddl: string, rows = 200): SeededDatabase {
    const made = seed(ddl, rows);
    assert.deepEqual(made.tables.filter((table) => table.rows !== rows || table.because !== undefined), []);
    assertSound(made.db);
    return made;
  }

  it("fill every table of the sample, and keep every constraint", async () => {
    const { analysis, snapshot } = await reviewFolder(engine, "test/workspaces/finance");
    const [{ model, schema }] = analysis.databases(snapshot) as [ReturnType<typeof analysis.databases>[0]];
    const [one, other] = [model.open(engine), model.open(engine)];
    open.push(one, other);
    const { tables } = fill(one, schema, 60);
    assert.deepEqual(tables.filter(({ rows }) => rows < 60), []);
    assertSound(one);
    fill(other, schema, 60);
    assert.equal(dump(one, schema), dump(other, schema));
    analysis.close();
  });

  it("take the words that a CHECK allows", () => {
    const { values } = full("CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT NOT NULL CHECK (s IN ('draft', 'sent', 'paid')), n INTEGER CHECK (n BETWEEN 3 AND 5), k TEXT CHECK (k = 'a' OR k = 'b'))");
    assert.deepEqual(values("SELECT DISTINCT s FROM t ORDER BY s"), ["draft", "paid", "sent"]);
    assert.deepEqual(values("SELECT DISTINCT n FROM t WHERE n IS NOT NULL ORDER BY n"), [3, 4, 5]);
  });

  it("keep lengths, patterns, JSON and the order of columns", () => {
    full(`CREATE TABLE t (
      code TEXT NOT NULL CHECK (length(code) = 3) UNIQUE,
      short TEXT CHECK (length(short) <= 8 AND short <> ''),
      link TEXT NOT NULL CHECK (link LIKE 'https://%'),
      zip TEXT NOT NULL CHECK (zip GLOB '[0-9][0-9][0-9][0-9][0-9]'),
      detail TEXT NOT NULL CHECK (json_valid(detail)),
      starts_on TEXT NOT NULL, ends_on TEXT, low REAL NOT NULL, high REAL NOT NULL,
      CHECK (ends_on IS NULL OR starts_on <= ends_on), CHECK (low < high))`);
  });

  it("try values where a CHECK cannot be read", () => {
    const { values } = full(`CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, email TEXT, phone TEXT,
      CHECK ((email IS NULL) <> (phone IS NULL)), CHECK (upper(kind) IN ('CARD', 'CASH')))`);
    assert.deepEqual(values("SELECT DISTINCT kind FROM t ORDER BY 1"), ["CARD", "CASH"]);
  });

  it("say why a table stays empty, and what hangs on it", () => {
    const { tables, db } = seed("CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER NOT NULL CHECK (x > 9 AND x + 0 < 5)) STRICT; CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a (id)); CREATE TABLE c (id INTEGER PRIMARY KEY)", 50);
    assert.deepEqual(
      tables.map(({ table, rows, because }) => [table, rows, because]),
      [
        ["a", 0, "SQLite refuses the rows that were tried: CHECK constraint failed: x > 9 AND x + 0 < 5"],
        ["b", 0, "its parent `a` has no rows"],
        ["c", 50, undefined],
      ],
    );
    assertSound(db);
  });

  it("take keys from real parents, a few of them far more often", () => {
    const { values } = full("CREATE TABLE users (id TEXT PRIMARY KEY); CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), owner_id TEXT)", 1_000);
    const [most] = values("SELECT count(*) FROM orders GROUP BY user_id ORDER BY 1 DESC LIMIT 1") as [number];
    assert.ok(most >= 15 && most < 100, `the commonest user has ${most} orders`);
    assert.deepEqual(values("SELECT count(*) FROM orders WHERE owner_id NOT IN (SELECT id FROM users)"), [0], "a column named like a key refers to its table");
  });

  it("give a row the owner of what it belongs to", () => {
    const { values } = full("CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE accounts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id)); CREATE TABLE moves (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, account_id INTEGER NOT NULL REFERENCES accounts (id))");
    assert.deepEqual(values("SELECT count(*) FROM moves m JOIN accounts a ON a.id = m.account_id WHERE a.user_id <> m.user_id"), [0]);
  });

  it("go round circles and back to the own table", () => {
    const { values } = full(`CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id)); CREATE TABLE b (id TEXT PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a (id));
      CREATE TABLE c (id INTEGER PRIMARY KEY, d_id INTEGER NOT NULL REFERENCES d (id)); CREATE TABLE d (id INTEGER PRIMARY KEY, c_id INTEGER NOT NULL REFERENCES c (id));
      CREATE TABLE tree (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES tree (id)); CREATE TABLE ring (id INTEGER PRIMARY KEY, next INTEGER NOT NULL REFERENCES ring (id))`);
    const [nested] = values("SELECT count(*) FROM tree WHERE parent_id IS NOT NULL") as [number];
    assert.ok(nested > 60 && nested < 180, `${nested} of 200 have a parent`);
    assert.notDeepEqual(values("SELECT count(*) FROM a WHERE b_id IS NOT NULL"), [0]);
  });

  it("keep what must be unique apart, also of several columns, of some rows, and without case", () => {
    const { values } = full(`CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL COLLATE NOCASE UNIQUE, handle TEXT);
      CREATE UNIQUE INDEX u_handle ON users (lower(handle));
      CREATE TABLE tags (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), name TEXT NOT NULL, UNIQUE (user_id, name));
      CREATE TABLE links (user_id INTEGER NOT NULL REFERENCES users (id), tag_id INTEGER NOT NULL REFERENCES tags (id), PRIMARY KEY (user_id, tag_id)) WITHOUT ROWID;
      CREATE TABLE addresses (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), is_default INTEGER NOT NULL DEFAULT 1);
      CREATE UNIQUE INDEX u_default ON addresses (user_id) WHERE is_default = 1;
      CREATE TABLE profiles (user_id INTEGER PRIMARY KEY REFERENCES users (id), bio TEXT);
      CREATE TABLE years (user_id INTEGER NOT NULL REFERENCES users (id), year INTEGER NOT NULL, month INTEGER NOT NULL, UNIQUE (user_id, year, month))`);
    const [most] = values("SELECT max(n) FROM (SELECT count(*) AS n FROM addresses GROUP BY user_id)") as [number];
    assert.ok(most > 1, "one user has several addresses, of which one is the default");
  });

  it("end where the values do, and say so", () => {
    const { tables } = seed("CREATE TABLE one (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT); CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE settings (user_id INTEGER NOT NULL REFERENCES users (id), theme TEXT NOT NULL CHECK (theme IN ('dark', 'light')), UNIQUE (user_id, theme))", { one: 50, users: 20, settings: 100 });
    assert.deepEqual(
      tables.map(({ table, rows, because }) => [table, rows, because]),
      [
        ["one", 1, "`id` has no more different values"],
        ["users", 20, undefined],
        ["settings", 40, "`user_id` and `theme` have no more different values"],
      ],
    );
  });

  it("fit types, STRICT tables, generated columns and blobs", () => {
    const { values } = full(`CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL, b REAL NOT NULL, c TEXT NOT NULL, d BLOB NOT NULL, e ANY, created_at TEXT NOT NULL, expires_at INTEGER NOT NULL, month TEXT GENERATED ALWAYS AS (substr(created_at, 1, 7)) VIRTUAL) STRICT;
      CREATE TABLE loose (a, b BLOB, phone TEXT, stamp TEXT DEFAULT (unixepoch()))`);
    assert.deepEqual(values("SELECT DISTINCT typeof(d) FROM t"), ["blob"]);
    assert.deepEqual(values("SELECT count(*) FROM t WHERE month < '2023-06' OR month > '2026-06'"), [0]);
  });

  it("write dates as the column keeps them", () => {
    const { values } = full(`CREATE TABLE t (id INTEGER PRIMARY KEY, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, day TEXT NOT NULL, seen_at TEXT NOT NULL, at INTEGER NOT NULL DEFAULT (unixepoch()), updated_at INTEGER NOT NULL, posted DATETIME NOT NULL)`);
    const shapes = { created_at: "____-__-__ __:__:__", day: "____-__-__", seen_at: "____-__-__T__:__:__.___Z", posted: "____-__-__ __:__:__", at: "17________", updated_at: "17________" };
    for (const [column, shape] of Object.entries(shapes)) assert.deepEqual(values(`SELECT DISTINCT ${column} FROM t WHERE ${column} NOT LIKE '${shape}' AND ${column} NOT LIKE '${shape.replace("17", "16")}'`), [], column);
    assert.deepEqual(values("SELECT count(*) FROM t WHERE created_at > '2026-06-15'"), [0]);
  });

  it("use the words that the code compares with, and mostly the default of a switch", () => {
    const { values } = seed("CREATE TABLE t (id INTEGER PRIMARY KEY, status TEXT NOT NULL DEFAULT 'new', active INTEGER NOT NULL DEFAULT 1, deleted_at TEXT)", 300, {
      literals: (_, column) => (column === "status" ? ["won", "lost"] : []),
    });
    assert.deepEqual(values("SELECT DISTINCT status FROM t ORDER BY 1"), ["lost", "new", "won"]);
    assert.ok((values("SELECT count(*) FROM t WHERE active = 1")[0] as number) > 250);
    assert.ok((values("SELECT count(*) FROM t WHERE deleted_at IS NULL")[0] as number) > 250);
  });

  it("run no triggers, and leave them and all indexes as they were", () => {
    const ddl = `CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL); CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);
      CREATE INDEX i_name ON t (name); CREATE TRIGGER on_t AFTER INSERT ON t BEGIN INSERT INTO log (what) VALUES (new.name); END`;
    const { db, values } = seed(ddl, { t: 100, log: 0 });
    assert.deepEqual(values("SELECT count(*) FROM log"), [0]);
    assert.deepEqual(values("SELECT name FROM sqlite_schema WHERE type IN ('index', 'trigger') ORDER BY name"), ["i_name", "on_t"]);
    db.run("INSERT INTO t (name) VALUES ('after')");
    assert.deepEqual(values("SELECT what FROM log"), ["after"]);
  });

  it("fill a search index with the texts of its table", () => {
    const { values } = seed("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL); CREATE VIRTUAL TABLE notes_fts USING fts4(body)", { notes: 100, notes_fts: 10 });
    assert.deepEqual(values("SELECT count(*) FROM notes_fts"), [100]);
    assert.notDeepEqual(values("SELECT count(*) FROM notes_fts WHERE notes_fts MATCH 'garden'"), [0]);
  });

  it("are fewer where they do not fit, small tables excepted", () => {
    const { tables, scale, db } = seed("CREATE TABLE big (id INTEGER PRIMARY KEY, body TEXT NOT NULL); CREATE TABLE small (id INTEGER PRIMARY KEY)", { big: 20_000, small: 300 }, { maxBytes: 1_000_000 });
    assert.ok(scale < 0.6, `scale ${scale}`);
    const [big, small] = tables;
    assert.ok(big!.rows < 12_000 && big!.because === "more do not fit into memory", JSON.stringify(big));
    assert.equal(small!.rows, 300);
    assertSound(db);
  });

  it("are fewer first where nobody said how many", () => {
    const ddl = "CREATE TABLE given (id INTEGER PRIMARY KEY, body TEXT NOT NULL); CREATE TABLE assumed (id INTEGER PRIMARY KEY, body TEXT NOT NULL)";
    const rowsWithin = (maxBytes: number): readonly number[] => seed(ddl, 20_000, { maxBytes, isGiven: (table) => table === "given" }).tables.map(({ rows }) => rows);
    const [given, assumed] = rowsWithin(3_000_000);
    assert.equal(given, 20_000);
    assert.ok(assumed! > 2_000 && assumed! < 12_000, `${assumed} rows`);
    const [fewGiven, fewAssumed] = rowsWithin(1_000_000);
    assert.ok(fewGiven! < 12_000 && fewAssumed! < fewGiven!, `${fewGiven} and ${fewAssumed} rows`);
  });

  it("add to rows that are there", () => {
    const ddl = "CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE); INSERT INTO t VALUES (7, 'ben.adler@example.com')";
    const { values } = seed(ddl, 50);
    assert.deepEqual(values("SELECT count(*) FROM t"), [50]);
    assert.deepEqual(values("SELECT email FROM t WHERE id = 7"), ["ben.adler@example.com"]);
  });

  it("offer one more row that the table takes", () => {
    const { fresh, db } = full("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE); CREATE TABLE tags (user_id INTEGER NOT NULL REFERENCES users (id), name TEXT NOT NULL, PRIMARY KEY (user_id, name)) WITHOUT ROWID");
    for (const table of ["users", "tags"]) {
      const row = [...fresh(table)!];
      const inserted = db.run(`INSERT INTO ${table} (${row.map(([name]) => name).join()}) VALUES (${row.map(() => "?").join()})`, row.map(([, value]) => value));
      assert.ok(inserted.ok, inserted.ok ? "" : inserted.message);
    }
  });

  it("keep the constraints of whatever schema", () => {
    const column = fc.record({
      name: fc.constantFrom("name", "email", "status", "created_at", "amount", "position", "is_active", "code", "note", "year"),
      type: fc.constantFrom("INTEGER", "TEXT", "REAL", "NUMERIC", "DATETIME", "BLOB", ""),
      notNull: fc.boolean(),
      check: fc.constantFrom("", "CHECK (@ IN (1, 2, 3))", "CHECK (@ IN ('a', 'b'))", "CHECK (@ >= 0)", "CHECK (length(@) <= 12)", "CHECK (@ IS NULL OR @ > 5)", "CHECK (typeof(@) <> 'blob')", "CHECK (@ LIKE 'x%')"),
      unique: fc.constantFrom("", "", "UNIQUE"),
    });
    const table = fc.record({
      columns: fc.uniqueArray(column, { selector: ({ name }) => name, maxLength: 6 }),
      key: fc.constantFrom("INTEGER PRIMARY KEY", "TEXT PRIMARY KEY", "TEXT NOT NULL PRIMARY KEY"),
      parents: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
      optional: fc.boolean(),
      pair: fc.boolean(),
      withoutRowid: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(table, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 80 }), (made, rows) => {
        const ddl = made.map(({ columns, key, parents, optional, pair, withoutRowid }, at) => {
          const own = columns.map(({ name, type, notNull, check, unique }) => `${name} ${type} ${notNull ? "NOT NULL" : ""} ${unique} ${check.replaceAll("@", name)}`);
          const keys = parents.filter((parent) => parent < made.length).map((parent) => `t${parent}_id ${made[parent]!.key.split(" ")[0]} ${optional ? "" : "NOT NULL"} REFERENCES t${parent} (id)`);
          const both = pair && keys.length > 0 && columns.length > 0 ? [`UNIQUE (${keys[0]!.split(" ")[0]}, ${columns[0]!.name})`] : [];
          return `CREATE TABLE t${at} (id ${key}, ${[...keys, ...own, ...both].join(", ")})${withoutRowid ? " WITHOUT ROWID" : ""}`.replace(/, \)/, ")");
        });
        const { db, tables } = seed(ddl.join("; "), rows);
        assertSound(db);
        for (const { table: name, rows: filled, because } of tables) {
          assert.deepEqual(valuesOf(db, `SELECT count(*) FROM ${name}`), [filled]);
          assert.ok(filled === rows || because !== undefined, `${name} holds ${filled} of ${rows} rows without a reason`);
        }
        for (const opened of open.splice(0)) opened.close();
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
