import assert from "node:assert/strict";
import type { Database, Engine } from "../../../src/core/schema/engine";
import { findTable } from "../../../src/core/schema/schema";
import { forEngine } from "../../../src/core/schema/stand-ins";
import { testEngine } from "../../support/engine";
import { columnNames, replayText, status, tableNames } from "../../support/replay";
import type { Replayed } from "../../support/replay";

const search = `
  //- migrations/1.sql
  CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
  CREATE VIRTUAL TABLE IF NOT EXISTS notes_fts USING fts5(
    title, "body", tag UNINDEXED, content='notes', content_rowid='id', tokenize = "porter unicode61");
  CREATE TRIGGER notes_added AFTER INSERT ON notes BEGIN
    INSERT INTO notes_fts(rowid, title, body) VALUES (new.id, new.title, new.body);
  END;
  CREATE TRIGGER notes_gone AFTER DELETE ON notes BEGIN
    INSERT INTO notes_fts(notes_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
  END;
  CREATE TRIGGER notes_changed AFTER UPDATE ON notes BEGIN
    INSERT INTO notes_fts(notes_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO notes_fts(rowid, title, body) VALUES (new.id, new.title, new.body);
  END;
  INSERT INTO notes VALUES (1, 'Rain', 'wet all day'), (2, 'Sun', 'dry and warm');
  INSERT INTO notes_fts(notes_fts) VALUES ('optimize');
  INSERT INTO notes_fts(notes_fts, rank) VALUES ('merge', 16);
  CREATE VIRTUAL TABLE words USING fts5vocab(notes_fts, row);
`;

describe("stand-ins", () => {
  let engine: Engine;
  let model: Replayed;
  let db: Database;
  before(async () => {
    engine = await testEngine();
    model = replayText(engine, search);
    db = model.open(engine);
  });
  after(() => db.close());

  it("show the virtual table as written, and no helper tables", () => {
    assert.equal(status(model), "applied", model.failed.join());
    assert.equal(tableNames(model), "notes notes_fts words");
    const table = findTable(model.schema, "notes_fts")!;
    assert.equal(table.kind, "virtual");
    assert.match(table.sql, /^CREATE VIRTUAL TABLE IF NOT EXISTS notes_fts USING fts5\(/);
    assert.equal(columnNames(model, "notes_fts"), "title body tag");
    assert.equal(model.textOf(table.columns[1]?.origin), '"body"');
    assert.match(model.schema.triggers[1]!.sql, /VALUES \('delete', old.id, old.title, old.body\)/);
    assert.ok(model.schema.indexes.every((index) => index.table === "notes"));
  });

  for (const query of [
    "SELECT rowid, title FROM notes_fts WHERE notes_fts MATCH ? ORDER BY rank LIMIT 10",
    "SELECT n.* FROM notes_fts f JOIN notes n ON n.id = f.rowid WHERE f.notes_fts MATCH ? ORDER BY bm25(notes_fts, 10.0, 5.0)",
    "SELECT n.* FROM notes_fts JOIN notes n ON n.id = notes_fts.rowid WHERE notes_fts MATCH ?",
    "SELECT * FROM notes_fts WHERE notes_fts = ?",
    "SELECT * FROM notes_fts(?)",
    "SELECT title FROM notes_fts WHERE title MATCH ? AND rank MATCH 'bm25(10.0, 5.0)'",
    "SELECT highlight(notes_fts, 0, '<b>', '</b>'), snippet(notes_fts, 1, '<b>', '</b>', '…', 20) FROM notes_fts WHERE notes_fts MATCH ?",
    "SELECT bm25(notes_fts) AS score FROM notes_fts WHERE notes_fts MATCH ? ORDER BY score",
    "SELECT id FROM notes WHERE id IN (SELECT rowid FROM notes_fts WHERE notes_fts MATCH ?)",
    "DELETE FROM notes_fts WHERE rowid = ?",
    "UPDATE notes_fts SET title = ? WHERE rowid = ?",
    "INSERT INTO notes_fts(notes_fts) VALUES('rebuild')",
    "INSERT INTO notes_fts(notes_fts, rowid, title) VALUES('delete', ?, ?)",
    "INSERT INTO notes_fts(notes_fts, rank) VALUES('rank', 'bm25(10.0)')",
    "SELECT term, doc, cnt FROM words WHERE term = ?",
  ]) {
    it(`compile: ${query}`, () => {
      const plan = db.explain(query);
      assert.ok(plan.ok, plan.ok ? "" : plan.message);
    });
  }

  it("plan a MATCH as a look-up by the index, and the join behind it by the key", () => {
    const plan = db.explain("SELECT n.title FROM notes_fts JOIN notes n ON n.id = notes_fts.rowid WHERE notes_fts MATCH ?");
    assert.ok(plan.ok);
    assert.match(plan.rows[0]!.detail, /^SCAN notes_fts VIRTUAL TABLE INDEX/);
    assert.match(plan.rows[1]!.detail, /^SEARCH n USING INTEGER PRIMARY KEY/);
  });

  it("keep the index through triggers: insert, update, delete, rebuild", () => {
    const fresh = model.open(engine);
    const found = (word: string): unknown => {
      const rows = fresh.run("SELECT group_concat(rowid) FROM notes_fts WHERE notes_fts MATCH ?", [word]);
      assert.ok(rows.ok, rows.ok ? "" : rows.message);
      return rows.rows[0]?.[0];
    };
    const run = (sql: string): void => {
      const result = fresh.run(forEngine(sql, model.schema));
      assert.ok(result.ok, result.ok ? "" : `${sql}: ${result.message}`);
    };
    run("INSERT INTO notes VALUES (1, 'Rain', 'wet'), (2, 'Sun', 'dry')");
    assert.equal(found("wet"), "1");
    run("UPDATE notes SET body = 'dry too' WHERE id = 1");
    assert.deepEqual([found("wet"), found("dry")], [null, "1,2"]);
    run("DELETE FROM notes WHERE id = 2");
    assert.equal(found("dry"), "1");
    run("INSERT INTO notes_fts(notes_fts, rowid, title) SELECT 'delete', id, title FROM notes WHERE id = 1");
    assert.equal(found("dry"), null);
    run("INSERT INTO notes_fts(notes_fts) VALUES ('rebuild')");
    assert.equal(found("dry"), "1");
    run("INSERT INTO notes_fts(notes_fts) VALUES ('delete-all')");
    assert.equal(found("dry"), null);
    fresh.close();
  });

  it("follow a rename and a drop of a virtual table", () => {
    const renamed = replayText(engine, `
      //- migrations/1.sql
      CREATE VIRTUAL TABLE a USING fts5(x);
      CREATE VIRTUAL TABLE b USING fts5(y);
      //- migrations/2.sql
      ALTER TABLE a RENAME TO "new one";
      DROP TABLE b;
    `);
    assert.equal(status(renamed), "applied applied");
    assert.deepEqual(renamed.schema.tables.map((table) => [table.kind, table.sql]), [["virtual", 'CREATE VIRTUAL TABLE "new one" USING fts5(x)']]);
  });

  it("let a content table have the name of a helper table", () => {
    const content = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE docs_content (id INTEGER PRIMARY KEY, body TEXT);
      CREATE VIRTUAL TABLE docs USING fts5(body, content=docs_content, content_rowid=id);
    `);
    assert.equal(status(content), "applied", content.failed.join());
    assert.equal(tableNames(content), "docs_content docs");
  });

  it("stand for R*Tree with its columns", () => {
    const places = replayText(engine, `
      //- migrations/1.sql
      CREATE VIRTUAL TABLE area USING rtree(id, minX, maxX, +label TEXT, + [other one]);
      CREATE VIRTUAL TABLE cells USING rtree_i32(id, "from", "to");
      INSERT INTO area VALUES (NULL, 1.5, 2.5, 'here', 'x');
    `);
    assert.equal(status(places), "applied", places.failed.join());
    assert.deepEqual(places.schema.tables.map((table) => table.kind), ["virtual", "virtual"]);
    assert.equal(columnNames(places, "area"), "id minX maxX label other one");
    const open = places.open(engine);
    assert.ok(open.explain("SELECT label FROM area WHERE minX <= ? AND maxX >= ?").ok);
    assert.ok(open.explain("SELECT id FROM cells WHERE \"from\" > 3").ok);
    open.close();
    assert.deepEqual(places.schema.indexes, []);
  });

  for (const sql of [
    "CREATE TABLE plain (x)",
    "INSERT INTO notes (title) VALUES ('a notes_fts note')",
    "INSERT INTO notes_fts(rowid, title) VALUES (1, 'delete')",
    "CREATE VIRTUAL TABLE broken USING",
    "CREATE VIRTUAL TABLE other USING spellfix1",
    "INSERT INTO notes_fts(notes_fts",
    "REPLACE INTO",
    "",
  ]) {
    it(`leave alone: ${sql || "the empty text"}`, () => assert.equal(forEngine(sql, model.schema), sql));
  }
});
