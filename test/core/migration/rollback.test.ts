import assert from "node:assert/strict";
import type { Engine } from "../../../src/core/schema/engine";
import { testEngine } from "../../support/engine";
import { migrations, rollbackOf, rowsAfter, rowsOfCompanion, sqlOf, tryRollback } from "../../support/rollbacks";

const shop = `
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'paid')), note TEXT);
CREATE TABLE lines (order_id INTEGER NOT NULL REFERENCES orders(id) ON DELETE CASCADE, at INTEGER NOT NULL, PRIMARY KEY (order_id, at)) WITHOUT ROWID;
CREATE INDEX orders_user ON orders (user_id);
CREATE VIEW open_orders AS SELECT id, user_id FROM orders WHERE status = 'open';
CREATE TRIGGER orders_note AFTER UPDATE OF status ON orders BEGIN UPDATE orders SET note = 'changed' WHERE id = new.id; END;
`;
const record = "PRAGMA defer_foreign_keys = ON";

describe("rollback", () => {
  let engine: Engine;
  before(async () => (engine = await testEngine()));

  const exact = (before: string, migration: string): readonly string[] => {
    const rollback = rollbackOf(engine, migrations(before, migration));
    assert.deepEqual([rollback.grade, rollback.verified, rollback.companion], ["exact", true, undefined], rollback.reasons.join("\n"));
    return sqlOf(rollback);
  };
  const structure = (before: string, migration: string): readonly string[] => {
    const rollback = rollbackOf(engine, migrations(before, migration));
    assert.deepEqual([rollback.grade, rollback.verified], ["structure", true], rollback.reasons.join("\n"));
    return rollback.reasons;
  };

  describe("of the schema", () => {
    it("drops what was made, children first", () => {
      const made = "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE order_tags (order_id INTEGER REFERENCES orders(id), tag_id INTEGER REFERENCES tags(id) ON DELETE RESTRICT); CREATE INDEX tags_name ON tags (name); CREATE INDEX orders_status ON orders (status);";
      assert.deepEqual(exact(shop, made), [record, "DROP INDEX orders_status", "DROP TABLE order_tags", "DROP TABLE tags"]);
    });

    it("drops views and triggers that were made", () => {
      const made = "CREATE VIEW paid AS SELECT * FROM orders WHERE status = 'paid'; CREATE VIEW paid_ids AS SELECT id FROM paid; CREATE TRIGGER users_away AFTER DELETE ON users BEGIN DELETE FROM orders WHERE user_id = old.id; END;";
      assert.deepEqual(exact(shop, made), ["DROP TRIGGER users_away", "DROP VIEW paid", "DROP VIEW paid_ids"]);
    });

    it("needs nothing for what did nothing", () => {
      assert.deepEqual(exact(shop, "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, other TEXT); CREATE INDEX IF NOT EXISTS orders_user ON orders (id); DROP TABLE IF EXISTS not_there; DROP VIEW IF EXISTS not_there;"), []);
    });

    it("makes dropped indexes, views and triggers with the text that they had", () => {
      const sql = exact(shop, "DROP INDEX orders_user; DROP TRIGGER orders_note; DROP VIEW open_orders;");
      assert.deepEqual(sql.map((one) => one.slice(0, 24)), ["CREATE INDEX orders_user", "CREATE VIEW open_orders ", "CREATE TRIGGER orders_no"]);
    });

    it("makes again what was dropped and made in another form", () => {
      const sql = exact(shop, "DROP INDEX orders_user; CREATE UNIQUE INDEX orders_user ON orders (user_id, id); DROP VIEW open_orders; CREATE VIEW open_orders AS SELECT id FROM orders;");
      assert.deepEqual(sql, ["DROP INDEX orders_user", "CREATE INDEX orders_user ON orders (user_id)", "DROP VIEW open_orders", "CREATE VIEW open_orders AS SELECT id, user_id FROM orders WHERE status = 'open'"]);
    });

    it("drops added columns in place, with what uses them", () => {
      const sql = exact(shop, "ALTER TABLE users ADD COLUMN age INTEGER; ALTER TABLE users ADD COLUMN city TEXT DEFAULT 'here'; UPDATE users SET age = 30; CREATE INDEX users_age ON users (age);");
      assert.deepEqual(sql, ["DROP INDEX users_age", "ALTER TABLE users DROP COLUMN city", "ALTER TABLE users DROP COLUMN age"]);
    });

    it("drops an added reference before the table that it names", () => {
      const sql = exact(shop, "CREATE TABLE teams (id INTEGER PRIMARY KEY); ALTER TABLE users ADD COLUMN team_id INTEGER REFERENCES teams(id);");
      assert.deepEqual(sql, [record, "ALTER TABLE users DROP COLUMN team_id", "DROP TABLE teams"]);
    });

    it("gives columns and tables their names back, and what follows them", () => {
      assert.deepEqual(exact(shop, "ALTER TABLE users RENAME COLUMN email TO mail;"), ["ALTER TABLE users RENAME COLUMN mail TO email"]);
      assert.deepEqual(exact(shop, "ALTER TABLE orders RENAME TO sales; ALTER TABLE sales RENAME COLUMN note TO remark;"), ["ALTER TABLE sales RENAME TO orders", "ALTER TABLE orders RENAME COLUMN remark TO note"]);
    });

    it("puts a dropped column back at the end, where it stood there", () => {
      const { reasons, lines } = rollbackOf(engine, migrations(shop, "ALTER TABLE users DROP COLUMN name;"));
      assert.deepEqual(reasons, ["The values of `users.name` cannot come back"]);
      assert.deepEqual(lines.map(({ sql }) => sql), ["ALTER TABLE users ADD COLUMN name TEXT"]);
    });

    it("rebuilds the table where a dropped column stood in the middle", () => {
      const reasons = structure("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE DEFAULT 'x', b TEXT, CHECK (b <> 'never'));", "ALTER TABLE t DROP COLUMN a;");
      assert.deepEqual(reasons, ["The values of `t.a` cannot come back"]);
    });

    it("takes a value that says nothing for a required column that was dropped", () => {
      const { grade, lines } = rollbackOf(engine, migrations("CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('a', 'b')), n INTEGER NOT NULL, label TEXT NOT NULL);", "ALTER TABLE t DROP COLUMN kind; ALTER TABLE t DROP COLUMN n; ALTER TABLE t DROP COLUMN label;"));
      assert.equal(grade, "structure");
      assert.ok(lines.some(({ sql }) => sql === "INSERT INTO t (id, kind, n, label) SELECT id, 'a', 0, '' FROM _undo_t"), lines.map(({ sql }) => sql).join("\n"));
    });

    it("steps around a view that does not compile", () => {
      const broken = `${shop}CREATE VIEW broken AS SELECT missing FROM users;`;
      const sql = exact(broken, "ALTER TABLE orders ADD COLUMN due TEXT;");
      assert.deepEqual(sql, ["DROP VIEW broken", "ALTER TABLE orders DROP COLUMN due", "CREATE VIEW broken AS SELECT missing FROM users"]);
    });

    it("brings virtual tables back, filled from the table that they are an index of", () => {
      const search = "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT); CREATE VIRTUAL TABLE notes_search USING fts5(body, content='notes', content_rowid='id');";
      assert.deepEqual(exact(search, "DROP TABLE notes_search;"), ["CREATE VIRTUAL TABLE notes_search USING fts5(body, content='notes', content_rowid='id')", "INSERT INTO notes_search (notes_search) VALUES ('rebuild')"]);
      assert.deepEqual(structure("CREATE VIRTUAL TABLE own USING fts5(body);", "DROP TABLE own;"), ["The rows of `own` cannot come back: the table is dropped"]);
    });

    it("drops a virtual table that was made", () => {
      assert.ok(exact(shop, "CREATE VIRTUAL TABLE names USING fts5(name); INSERT INTO names SELECT name FROM users;").includes("DROP TABLE names"));
    });

    it("treats generated columns as what they are", () => {
      assert.deepEqual(exact(shop, "ALTER TABLE users ADD COLUMN initial TEXT AS (substr(name, 1, 1));"), ["ALTER TABLE users DROP COLUMN initial"]);
      assert.deepEqual(exact("CREATE TABLE t (a INTEGER, b INTEGER AS (a + 1) VIRTUAL);", "ALTER TABLE t DROP COLUMN b;"), ["ALTER TABLE t ADD COLUMN b INTEGER AS (a + 1) VIRTUAL"]);
    });
  });

  describe("of a rebuilt table", () => {
    const rebuilt = `
      PRAGMA defer_foreign_keys = ON;
      CREATE TABLE kept_lines AS SELECT * FROM lines;
      CREATE TABLE new_orders (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'paid', 'sent')), note TEXT);
      INSERT INTO new_orders (id, user_id, status, note) SELECT id, user_id, status, note FROM orders;
      DROP VIEW open_orders;
      DROP TABLE orders;
      ALTER TABLE new_orders RENAME TO orders;
      INSERT INTO lines SELECT * FROM kept_lines;
      DROP TABLE kept_lines;
      CREATE VIEW open_orders AS SELECT id, user_id FROM orders WHERE status = 'open';`;
    const life = {
      rows: ["INSERT INTO users VALUES (1, 'a@b', 'A')", "INSERT INTO orders VALUES (1, 1, 'open', NULL), (2, 1, 'paid', 'x')", "INSERT INTO lines VALUES (1, 1), (2, 1), (2, 2)"],
      since: ["INSERT INTO orders VALUES (3, 1, 'paid', 'new')", "INSERT INTO lines VALUES (3, 1)"],
    };

    it("keeps its rows, those of its children, and what was written since", () => {
      assert.deepEqual(rowsAfter(engine, migrations(shop, rebuilt), life, "SELECT o.id, status, note, count(l.at) FROM orders o LEFT JOIN lines l ON l.order_id = o.id GROUP BY o.id"), [[1, "open", null, 1], [2, "paid", "x", 2], [3, "paid", "new", 1]]);
    });

    it("has the text that it had, to the letter, with its children and the AUTOINCREMENT counter", () => {
      const texts = rowsAfter(engine, migrations(shop, rebuilt), life, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name IN ('orders', 'lines')").flat();
      for (const text of texts) assert.ok(shop.includes(String(text)), String(text));
      assert.deepEqual(rowsAfter(engine, migrations(shop, rebuilt), { ...life, since: [...life.since, "DELETE FROM orders WHERE id = 3"] }, "SELECT seq FROM sqlite_sequence WHERE name = 'orders'"), [[3]]);
    });

    it("says when it would fail later", () => {
      const { grade, reasons } = rollbackOf(engine, migrations(shop, rebuilt));
      assert.deepEqual([grade, reasons], ["exact", ["It fails once a row has a value in `orders.status` that its CHECK did not allow before"]]);
    });

    it("is exact where it refers to itself", () => {
      const tree = "CREATE TABLE nodes (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES nodes(id) ON DELETE CASCADE, name TEXT NOT NULL);";
      exact(tree, "CREATE TABLE nodes_new (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES nodes_new(id) ON DELETE CASCADE, name TEXT); INSERT INTO nodes_new SELECT * FROM nodes; DROP TABLE nodes; ALTER TABLE nodes_new RENAME TO nodes;");
    });

    it("is found where it was renamed first", () => {
      exact("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT);", "ALTER TABLE t RENAME TO t_old; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t SELECT id, a, b FROM t_old; DROP TABLE t_old;");
    });

    it("follows a column that was copied under another name", () => {
      const rows = ["INSERT INTO t VALUES (1, 'x', 7)"];
      const change = "CREATE TABLE t2 (id INTEGER PRIMARY KEY, title TEXT, n INTEGER, extra TEXT); INSERT INTO t2 (id, title, n) SELECT id, name, n FROM t; DROP TABLE t; ALTER TABLE t2 RENAME TO t;";
      assert.deepEqual(rowsAfter(engine, migrations("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n INTEGER);", change), { rows }, "SELECT id, name, n FROM t"), [[1, "x", 7]]);
      exact("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n INTEGER);", "ALTER TABLE t ADD COLUMN amount INTEGER; UPDATE t SET amount = n; ALTER TABLE t DROP COLUMN n;");
    });

    it("names what the copy loses", () => {
      const before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT);";
      const copied = (columns: string, select: string): string => `CREATE TABLE t2 (${columns}); INSERT INTO t2 ${select}; DROP TABLE t; ALTER TABLE t2 RENAME TO t;`;
      assert.deepEqual(structure(before, copied("id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT, c TEXT", "SELECT id, coalesce(a, ''), b, c FROM t")).slice(0, 1), ["The values of `t.a` cannot come back: the copy writes `coalesce(a, '')`"]);
      assert.deepEqual(structure(before, copied("id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, d TEXT", "SELECT id, a, b, c, NULL FROM t WHERE a IS NOT NULL")), ["The rows of `t` cannot come back: the copy leaves some out"]);
      assert.deepEqual(structure(before, copied("id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c TEXT", "SELECT id, a, b, c FROM t")), ["The values of `t.a` may come back in another form: its type `TEXT` becomes `INTEGER`"]);
    });

    it("is exact where `coalesce` met a column that was never NULL", () => {
      exact("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL);", "CREATE TABLE t2 (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT ''); INSERT INTO t2 SELECT id, coalesce(a, '') FROM t; DROP TABLE t; ALTER TABLE t2 RENAME TO t;");
    });

    it("names the children that the migration itself loses", () => {
      const lossy = "CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT, name TEXT); INSERT INTO users_new SELECT * FROM users; DROP VIEW open_orders; DROP TABLE users; ALTER TABLE users_new RENAME TO users; CREATE VIEW open_orders AS SELECT id, user_id FROM orders WHERE status = 'open';";
      const { grade, reasons, companion } = rollbackOf(engine, migrations(shop, lossy));
      assert.equal(grade, "structure");
      for (const table of ["orders", "lines"]) assert.ok(reasons.includes(`Rows of \`${table}\` cannot come back`), reasons.join("\n"));
      assert.deepEqual(companion?.backups, ["_rollback_0002_orders", "_rollback_0002_lines"]);
    });

    it("keeps the rowids that a search table goes by", () => {
      const search = "CREATE TABLE notes (id TEXT PRIMARY KEY, body TEXT NOT NULL); CREATE VIRTUAL TABLE found USING fts5(body); CREATE TRIGGER notes_add AFTER INSERT ON notes BEGIN INSERT INTO found (rowid, body) VALUES (new.rowid, new.body); END;";
      const change = "ALTER TABLE notes ADD COLUMN lang TEXT; ALTER TABLE notes DROP COLUMN body; ALTER TABLE notes ADD COLUMN body TEXT; ";
      const sql = sqlOf(rollbackOf(engine, migrations(search, `DROP TRIGGER notes_add; ${change}`)));
      assert.ok(sql.some((one) => /^INSERT INTO notes \(rowid, id, body\) SELECT rowid, id, /.test(one)), sql.join("\n"));
    });
  });

  describe("of rows", () => {
    it("deletes inserted rows by their keys", () => {
      assert.deepEqual(exact(shop, "INSERT INTO users (id, email) VALUES (1001, 'one@x'), (1002, 'two@x');"), ["DELETE FROM users WHERE id IN (1001, 1002)"]);
      assert.deepEqual(exact(shop, "INSERT INTO users (email, name) VALUES ('one@x', 'One');"), ["DELETE FROM users WHERE email = 'one@x'"]);
      assert.deepEqual(exact("CREATE TABLE rates (day TEXT, currency TEXT, rate REAL, PRIMARY KEY (day, currency));", "INSERT INTO rates VALUES ('2026-01-01', 'EUR', 1), ('2026-01-01', 'USD', 1.1);"), [
        "DELETE FROM rates WHERE (day, currency) IN (VALUES ('2026-01-01', 'EUR'), ('2026-01-01', 'USD'))",
      ]);
    });

    it("deletes children before their parents", () => {
      const sql = exact(shop, "INSERT INTO users (id, email) VALUES (1001, 'one@x'); INSERT INTO orders (id, user_id) VALUES (5001, 1001);");
      assert.deepEqual(sql, ["DELETE FROM orders WHERE id = 5001", "DELETE FROM users WHERE id = 1001"]);
    });

    it("needs nothing for rows of tables that go", () => {
      assert.deepEqual(exact(shop, "CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO roles (name) VALUES ('a'), ('b'); UPDATE roles SET name = 'c';"), [record, "DROP TABLE roles"]);
    });

    it("leaves rows that nothing tells from others", () => {
      assert.deepEqual(structure(shop, "INSERT INTO orders (user_id) SELECT id FROM users;").slice(0, 1), ["The rows that are inserted into `orders` stay: nothing certain tells them from others"]);
    });

    it("deletes what INSERT OR IGNORE adds only where it is as it was inserted", () => {
      const settings = "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);";
      const change = migrations(settings, "INSERT OR IGNORE INTO settings VALUES ('theme', 'dark'), ('size', '12');");
      assert.deepEqual(sqlOf(rollbackOf(engine, change)), ["DELETE FROM settings WHERE (key, value) IN (VALUES ('theme', 'dark'), ('size', '12'))"]);
      assert.deepEqual(rowsAfter(engine, change, { rows: ["INSERT INTO settings VALUES ('theme', 'light')"] }, "SELECT * FROM settings"), [["theme", "light"]]);
    });

    it("leaves what an earlier migration inserts too", () => {
      const before = "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT); INSERT INTO settings VALUES ('theme', 'dark');";
      const { lines, reasons } = rollbackOf(engine, migrations(before, "INSERT OR IGNORE INTO settings VALUES ('theme', 'dark'); INSERT OR IGNORE INTO settings VALUES ('size', '12');"));
      assert.deepEqual(lines.map(({ sql }) => sql), ["DELETE FROM settings WHERE key = 'size' AND value = '12'"]);
      assert.ok(reasons.includes("Rows of `settings` that earlier migrations insert too stay"));
    });

    it("puts a constant back where no row can have had it before", () => {
      const before = "CREATE TABLE t (id INTEGER PRIMARY KEY, state TEXT CHECK (state IN ('new', 'old')));";
      const widened = "CREATE TABLE t2 (id INTEGER PRIMARY KEY, state TEXT CHECK (state IN ('new', 'old', 'done'))); INSERT INTO t2 SELECT * FROM t; DROP TABLE t; ALTER TABLE t2 RENAME TO t; UPDATE t SET state = 'done' WHERE state = 'old';";
      assert.ok(exact(before, widened).includes("UPDATE t SET state = 'old' WHERE state = 'done'"));
    });

    it("names values and rows that cannot come back", () => {
      assert.deepEqual(structure(shop, "UPDATE users SET name = 'nobody' WHERE name IS NULL;"), ["The values that `users.name` had before the UPDATE cannot come back"]);
      assert.deepEqual(structure(shop, "DELETE FROM users WHERE name = 'gone';"), ["The rows of `users` cannot come back: the DELETE takes them"]);
      assert.deepEqual(structure(shop, "INSERT OR REPLACE INTO users (id, email) VALUES (1, 'x');").slice(0, 1), ["The rows of `users` cannot come back: the INSERT replaces those with the same key"]);
      assert.deepEqual(structure(shop, "DROP TABLE lines;"), ["The rows of `lines` cannot come back: the table is dropped"]);
    });
  });

  describe("with a backup", () => {
    const life = { rows: ["INSERT INTO users VALUES (1, 'a@b', 'A'), (2, 'c@d', NULL)", "INSERT INTO orders VALUES (1, 1, 'open', NULL), (2, 2, 'paid', 'x')", "INSERT INTO lines VALUES (1, 1), (2, 1)"], since: ["INSERT INTO users VALUES (3, 'e@f', 'new')"] };
    const kept = (migration: string): string => {
      const { companion } = rollbackOf(engine, migrations(shop, migration));
      assert.ok(companion);
      return companion.migration;
    };

    it("brings dropped tables, deleted rows and old values back, and keeps what was written since", () => {
      const cases: readonly (readonly [string, string, readonly (readonly unknown[])[]])[] = [
        ["DROP TABLE lines;", "SELECT * FROM lines", [[1, 1], [2, 1]]],
        ["DELETE FROM users WHERE id = 1;", "SELECT u.id, o.id FROM users u LEFT JOIN orders o ON o.user_id = u.id", [[1, 1], [2, 2], [3, null]]],
        ["UPDATE users SET name = 'x';", "SELECT name FROM users", [["A"], [null], ["new"]]],
        ["ALTER TABLE users DROP COLUMN name;", "SELECT name FROM users WHERE id < 3", [["A"], [null]]],
      ];
      for (const [migration, query, rows] of cases) {
        const since = migration.includes("DROP COLUMN") ? ["INSERT INTO users VALUES (3, 'e@f')"] : life.since;
        const fixture = migrations(shop, migration);
        const { companion } = rollbackOf(engine, fixture);
        assert.ok(companion, migration);
        assert.deepEqual(rowsOfCompanion(engine, fixture, companion, { rows: life.rows, since }, query), rows, migration);
      }
    });

    it("says in the migration what is kept, and until when", () => {
      assert.equal(
        kept("DROP TABLE lines;").trimEnd(),
        "-- Kept so that this migration can be taken back. Drop _rollback_0002_lines in a later one, once nobody wants to go back.\nCREATE TABLE _rollback_0002_lines AS SELECT * FROM lines;\n\nDROP TABLE lines;",
      );
    });

    it("makes a required reference come back that nothing else could", () => {
      const migration = "DROP VIEW open_orders; DROP INDEX orders_user; ALTER TABLE orders DROP COLUMN user_id;";
      const { grade, reasons, companion } = rollbackOf(engine, migrations(shop, migration));
      assert.equal(grade, "irreversible");
      assert.equal(reasons[0], "`orders.user_id` must name a row of another table, and which one is not known any more");
      assert.deepEqual(companion?.backups, ["_rollback_0002_orders"]);
    });
  });

  describe("is not made", () => {
    it("of a migration that fails", () => {
      const result = tryRollback(engine, migrations(shop, "ALTER TABLE users ADD COLUMN name TEXT;"));
      assert.ok(!result.ok);
      assert.equal(result.failed.message, "duplicate column name: name");
    });

    it("of nonsense, and does not throw", () => {
      for (const text of ["", "-- nothing", "SELEC", "CREATE TABLE (", "INSERT INTO users VALUES (", "\u0000"]) tryRollback(engine, migrations(shop, text));
    });
  });
});
