import assert from "node:assert/strict";
import type { Engine } from "../../../src/core/schema/engine";
import { loadEngine } from "../../../src/sqlite/engine";
import { hashName } from "../../../src/protocol/worker";
import { hashText } from "../../../src/sqlite/hash";
import { engineBytes, testEngine } from "../../support/engine";
import { columnNames, replayFiles, replayText, status, tableNames } from "../../support/replay";

describe("replay", () => {
  let engine: Engine;
  before(async () => {
    engine = await testEngine();
  });

  it("adds up the files in order", () => {
    const model = replayText(engine, `
      //- migrations/0001_people.sql
      CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
      //- migrations/0002_mail.sql
      ALTER TABLE people ADD COLUMN mail TEXT;
      CREATE UNIQUE INDEX people_mail ON people (mail);
    `);
    assert.equal(status(model), "applied applied");
    assert.equal(columnNames(model, "people"), "id name mail");
    assert.equal(model.base, undefined);
  });

  it("reports a file once, at the first statement that fails", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (x);
      CREATE INDEX bad ON a (missing);
      ALTER TABLE nowhere ADD COLUMN y;
      CREATE TABLE b (y);
    `);
    assert.deepEqual(model.failed, ["1.sql: CREATE INDEX bad ON a (missing): no such column: missing"]);
    assert.equal(status(model), "partly");
    assert.equal(tableNames(model), "a b");
  });

  it("does not let data decide the schema", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE plans (id INTEGER PRIMARY KEY, kind TEXT CHECK (kind IN ('free', 'paid')));
      INSERT INTO plans VALUES (1, 'golden');
      CREATE TABLE orders (id INTEGER PRIMARY KEY);
      //- migrations/2.sql
      INSERT INTO plans VALUES (2, 'free');
    `);
    assert.equal(tableNames(model), "plans orders");
    assert.deepEqual(model.failed, [
      "1.sql: INSERT INTO plans VALUES (1, 'golden'): CHECK constraint failed: kind IN ('free', 'paid')",
      "2.sql: INSERT INTO plans VALUES (2, 'free'): no such table: plans",
    ]);
    assert.deepEqual(model.migrations.flatMap((one) => one.failures.map((failure) => failure.follows)), [false, true]);
  });

  it("rolls a failed file back, as later files see on D1", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (x UNIQUE);
      //- migrations/2.sql
      INSERT INTO a VALUES (1);
      SELECT broken;
      //- migrations/3.sql
      INSERT INTO a VALUES (1);
    `);
    assert.equal(status(model), "applied failed applied");
  });

  it("sees what the rows of earlier files make impossible", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (x);
      INSERT INTO a VALUES (1), (1);
      //- migrations/2.sql
      CREATE UNIQUE INDEX a_x ON a (x);
    `);
    assert.deepEqual(model.failed, ["2.sql: CREATE UNIQUE INDEX a_x ON a (x): UNIQUE constraint failed: a.x"]);
  });

  it("enforces foreign keys, also those that wait for the end", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE c (p INTEGER REFERENCES p (id));
      PRAGMA foreign_keys = OFF;
      //- migrations/2.sql
      PRAGMA foreign_keys = OFF;
      INSERT INTO c VALUES (7);
      //- migrations/3.sql
      PRAGMA defer_foreign_keys = ON;
      INSERT INTO c VALUES (8);
    `);
    assert.equal(status(model), "applied failed failed");
    assert.match(model.failed[1]!, /INSERT INTO c VALUES \(8\): FOREIGN KEY constraint failed/);
  });

  it("keeps the table where a rebuild fails, and not its leftovers", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE bills (id INTEGER PRIMARY KEY, total REAL);
      //- migrations/2_rebuild.sql
      CREATE TABLE bills_new (id INTEGER PRIMARY KEY, cents INTEGER);
      CREATE TABLE scratch (x);
      CREATE INDEX scratch_x ON scratch (x);
      INSERT INTO bills_new SELECT id, amount FROM bills;
      DROP TABLE bills;
      ALTER TABLE bills_new RENAME TO bills;
      DROP TABLE scratch;
      CREATE INDEX bills_total ON bills (total);
    `);
    assert.deepEqual(model.failed, ["2_rebuild.sql: INSERT INTO bills_new SELECT id, amount FROM bills: no such column: amount"]);
    assert.equal(tableNames(model), "bills");
    assert.equal(columnNames(model, "bills"), "id total");
    assert.deepEqual(model.schema.indexes.map((index) => index.name), ["bills_total"]);
  });

  it("takes the rebuilt table of a failed file where nothing else has the name", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE bills_new (id INTEGER PRIMARY KEY, cents INTEGER);
      INSERT INTO bills_new SELECT * FROM bills;
      ALTER TABLE bills_new RENAME TO bills;
    `);
    assert.equal(tableNames(model), "bills");
  });

  it("prefers what ran to what was salvaged under the same name", () => {
    const model = replayText(engine, `
      //- migrations/4_tasks.sql
      CREATE TABLE tasks (id INTEGER PRIMARY KEY, wrong TEXT);
      INSERT INTO missing VALUES (1);
      //- migrations/4_tasks_fixed.sql
      CREATE TABLE tasks (id INTEGER PRIMARY KEY, fixed TEXT);
    `);
    assert.equal(status(model), "partly applied");
    assert.equal(columnNames(model, "tasks"), "id fixed");
  });

  it("leaves out a salvaged view that names what does not exist, so that later renames work", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (x);
      //- migrations/2.sql
      CREATE VIEW v AS SELECT y FROM gone;
      SELECT broken;
      //- migrations/3.sql
      ALTER TABLE a RENAME TO b;
    `);
    assert.equal(status(model), "applied failed applied");
    assert.equal(tableNames(model), "b");
    assert.deepEqual(model.schema.views, []);
  });

  const transactions: readonly (readonly [what: string, file: string, expected: string])[] = [
    ["wrangler strips one pair", "BEGIN TRANSACTION;\nCREATE TABLE a (x);\nCOMMIT;", "applied"],
    ["a plain BEGIN fails", "BEGIN;\nCREATE TABLE a (x);\nCOMMIT;", "partly"],
    ["two pairs are refused", "BEGIN TRANSACTION;\nCREATE TABLE a (x);\nCOMMIT;\nBEGIN TRANSACTION;\nCOMMIT;", "partly"],
  ];
  for (const [what, file, expected] of transactions) {
    it(`transactions in a file: ${what}`, () => {
      const model = replayText(engine, `//- migrations/1.sql\n${file}`);
      assert.equal(status(model), expected);
      assert.equal(tableNames(model), "a");
      assert.equal(model.failed.length, expected === "applied" ? 0 : 1);
    });
  }

  it("knows what D1 denies", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (x);
      CREATE TEMP TABLE t (y);
      //- migrations/2.sql
      PRAGMA user_version = 4;
      //- migrations/3.sql
      ATTACH 'x.db' AS other;
      //- migrations/4.sql
      PRAGMA defer_foreign_keys = ON;
    `);
    assert.deepEqual(model.failed.map((one) => one.slice(7)), [
      "CREATE TEMP TABLE t (y): not authorized",
      "PRAGMA user_version = 4: not authorized",
      "ATTACH 'x.db' AS other: not authorized",
    ]);
    assert.equal(tableNames(model), "a");
  });

  it("fails a file without a final semicolon, as wrangler's note runs into it, and keeps its table", () => {
    const model = replayText(engine, "//- migrations/1.sql\nCREATE TABLE a (x)");
    assert.deepEqual(model.failed, ['1.sql: CREATE TABLE a (x): near "INSERT": syntax error']);
    assert.equal(tableNames(model), "a");
  });

  it("runs UPDATE and DELETE with LIMIT, which D1 has", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (x UNIQUE);
      INSERT INTO a VALUES (1), (2), (3);
      DELETE FROM a ORDER BY x LIMIT 2;
      INSERT INTO a VALUES (1), (2);
    `);
    assert.equal(status(model), "applied");
  });

  it("copes with empty files, notes, BOM and CRLF, CREATE TABLE AS and missing files", () => {
    const model = replayText(engine, [
      "//- migrations/1_empty.sql",
      "//- migrations/2_note.sql\n-- nothing here",
      "//- migrations/3_crlf.sql\n\ufeffCREATE TABLE a (x TEXT);\r\n-- more\r\nCREATE TABLE b AS SELECT x AS y, 1 AS z FROM a;\r\n",
      "//- migrations/4_open.sql\nCREATE TABLE c (x);\n/* never closed",
    ].join("\n"));
    assert.equal(status(model), "applied applied applied applied");
    assert.equal(columnNames(model, "b"), "y z");
    assert.equal(tableNames(model), "a b c");
  });

  it("skips the data of a file that is mostly data", () => {
    const rows = "INSERT INTO words VALUES ('a word or two');\n".repeat(60_000);
    const text = `CREATE TABLE words (w TEXT);\n${rows}CREATE UNIQUE INDEX words_w ON words (w);\n`;
    const model = replayFiles(engine, new Map([["migrations/1.sql", { path: "migrations/1.sql", text, version: 0 }]]));
    assert.equal(status(model), "applied");
    assert.equal(model.schema.indexes.length, 1);
  });

  it("goes on behind a statement that is set aside", async () => {
    const endless = "INSERT INTO a WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    const careful = await loadEngine({ wasm: await engineBytes(), quarantine: new Set([hashName(...hashText(endless))]) });
    const model = replayText(careful, `
      //- migrations/1.sql
      CREATE TABLE a (x);
      ${endless};
      CREATE TABLE b (y);
    `);
    assert.equal(tableNames(model), "a b");
    assert.match(model.failed[0]!, /did not end in time/);
  });

  it("opens the same schema again and again, without rows", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT COLLATE NOCASE);
      CREATE INDEX a_x ON a (x) WHERE x IS NOT NULL;
      CREATE VIEW v AS SELECT x FROM a;
      CREATE TABLE log (at TEXT);
      CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO log VALUES (CASE WHEN 1 THEN 'now' END); END;
      INSERT INTO a (x) VALUES ('row');
    `);
    for (let i = 0; i < 2; i++) {
      const db = model.open(engine);
      const rows = db.run("SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM sqlite_schema WHERE name IN ('a', 'a_x', 'v', 'log', 't'))");
      assert.ok(rows.ok);
      assert.deepEqual(rows.rows, [[0, 5]]);
      assert.ok(db.run("INSERT INTO a (x) VALUES ('own')").ok);
      db.close();
    }
  });
});
