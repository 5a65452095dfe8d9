import assert from "node:assert/strict";
import type { Engine } from "../../../src/core/schema/engine";
import { affinityOf } from "../../../src/core/schema/read-schema";
import { findColumn, findTable, indexesOf } from "../../../src/core/schema/schema";
import { testEngine } from "../../support/engine";
import { replayText, tableNames } from "../../support/replay";

describe("the schema value", () => {
  let engine: Engine;
  before(async () => {
    engine = await testEngine();
  });

  it("knows columns", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (id INTEGER PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'x' COLLATE nocase,
        twice INT GENERATED ALWAYS AS (id * 2) VIRTUAL, filter TEXT COLLATE RTRIM);
      CREATE TABLE b (k TEXT, v ANY, PRIMARY KEY (v, k)) STRICT, WITHOUT ROWID;
      CREATE TABLE c (id INTEGER PRIMARY KEY DESC);
    `);
    const a = findTable(model.schema, "A")!;
    assert.deepEqual(a.columns.map((one) => [one.name, one.type, one.affinity, one.notNull, one.defaultValue, one.primaryKey, one.generated, one.collation, one.rowidAlias]), [
      ["id", "INTEGER", "INTEGER", false, undefined, 1, false, "BINARY", true],
      ["name", "varchar(20)", "TEXT", true, "'x'", 0, false, "NOCASE", false],
      ["twice", "INT", "INTEGER", false, undefined, 0, true, "BINARY", false],
      ["filter", "TEXT", "TEXT", false, undefined, 0, false, "RTRIM", false],
    ]);
    const b = findTable(model.schema, "b")!;
    assert.ok(b.strict && b.withoutRowid && b.kind === "table");
    assert.deepEqual(b.columns.map((one) => one.primaryKey), [2, 1]);
    assert.equal(findColumn(findTable(model.schema, "c")!, "id")?.rowidAlias, false);
  });

  it("knows indexes with expressions and conditions, and those of constraints", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT UNIQUE, y TEXT);
      CREATE UNIQUE INDEX a_lower ON a (lower(x) COLLATE NOCASE DESC, y) WHERE y IS NOT NULL AND x > 'a';
    `);
    const [written, automatic] = [...indexesOf(model.schema, "A")].sort((p, q) => p.made.localeCompare(q.made));
    assert.deepEqual(written?.parts, [
      { column: undefined, expression: "lower(x)", descending: true, collation: "NOCASE" },
      { column: "y", expression: undefined, descending: false, collation: "BINARY" },
    ]);
    assert.equal(written?.where, "y IS NOT NULL AND x > 'a'");
    assert.ok(written?.unique && written.made === "c");
    assert.deepEqual([automatic?.made, automatic?.sql, automatic?.parts[0]?.column], ["u", undefined, "x"]);
  });

  it("knows foreign keys in their order, with the parent's key where none is named", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE p (a, b, PRIMARY KEY (b, a));
      CREATE TABLE c (x, y, z, FOREIGN KEY (x, y) REFERENCES P ON DELETE CASCADE, FOREIGN KEY (z) REFERENCES gone);
    `);
    assert.deepEqual(findTable(model.schema, "c")?.foreignKeys, [
      { columns: ["x", "y"], parent: "P", parentColumns: ["b", "a"], onDelete: "CASCADE", onUpdate: "NO ACTION" },
      { columns: ["z"], parent: "gone", parentColumns: [], onDelete: "NO ACTION", onUpdate: "NO ACTION" },
    ]);
  });

  it("knows views, broken ones too, and triggers whatever the case of their table", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE Notes (id INTEGER PRIMARY KEY, body TEXT);
      CREATE VIEW good (first, second) AS SELECT id, body FROM Notes;
      CREATE VIEW bad AS SELECT missing FROM nowhere;
      CREATE TRIGGER t AFTER INSERT ON notes BEGIN SELECT 1; END;
      CREATE TRIGGER u INSTEAD OF INSERT ON GOOD BEGIN SELECT 1; END;
    `);
    assert.deepEqual(model.schema.views.map((view) => [view.name, view.columns.join(" ")]), [["good", "first second"], ["bad", ""]]);
    assert.deepEqual(model.schema.triggers.map((trigger) => trigger.name), ["t", "u"]);
  });

  it("hides what SQLite, D1 and wrangler keep for themselves", () => {
    const model = replayText(engine, "//- migrations/1.sql\nCREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);\nINSERT INTO a DEFAULT VALUES;\nANALYZE;");
    assert.equal(tableNames(model), "a");
  });

  it("has SQLite's rules of affinity", () => {
    const types = ["", "INT", "FLOATING POINT", "CHARINT", "STRING", "DATETIME", "clob", "BLOB", "DOUBLE PRECISION", "DECIMAL(10,5)"];
    assert.deepEqual(types.map(affinityOf), ["BLOB", "INTEGER", "INTEGER", "INTEGER", "NUMERIC", "NUMERIC", "TEXT", "BLOB", "REAL", "NUMERIC"]);
  });
});
