import assert from "node:assert/strict";
import type { Engine } from "../../../src/core/schema/engine";
import { findColumn, findTable } from "../../../src/core/schema/schema";
import { testEngine } from "../../support/engine";
import { replayText } from "../../support/replay";
import type { Replayed } from "../../support/replay";

describe("origins", () => {
  let engine: Engine;
  before(async () => {
    engine = await testEngine();
  });

  function column(model: Replayed, table: string, name: string): string | undefined {
    const found = findTable(model.schema, table);
    return found && model.textOf(findColumn(found, name)?.origin);
  }

  it("points at definitions, and at the statements that added, renamed or indexed", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      -- people
      CREATE TABLE IF NOT EXISTS "people" (
        id INTEGER PRIMARY KEY, -- the key
        "full name" TEXT NOT NULL DEFAULT 'x, y',
        window INTEGER
      );
      //- migrations/2.sql
      ALTER TABLE people ADD COLUMN mail TEXT;
      ALTER TABLE People RENAME COLUMN window TO frame;
      CREATE INDEX people_mail ON people (mail);
      CREATE VIEW mails AS SELECT mail FROM people;
      CREATE TRIGGER keep BEFORE DELETE ON people BEGIN SELECT 1; END;
      CREATE TABLE IF NOT EXISTS people (other);
    `);
    assert.equal(column(model, "people", "id"), "id INTEGER PRIMARY KEY");
    assert.equal(column(model, "people", "full name"), "\"full name\" TEXT NOT NULL DEFAULT 'x, y'");
    assert.equal(column(model, "people", "mail"), "ALTER TABLE people ADD COLUMN mail TEXT");
    assert.equal(column(model, "people", "frame"), "ALTER TABLE People RENAME COLUMN window TO frame");
    assert.match(model.textOf(findTable(model.schema, "people")?.origin) ?? "", /^CREATE TABLE IF NOT EXISTS "people" \([^]*\)$/);
    assert.equal(model.textOf(model.schema.indexes[0]?.origin), "CREATE INDEX people_mail ON people (mail)");
    assert.equal(model.textOf(model.schema.views[0]?.origin), "CREATE VIEW mails AS SELECT mail FROM people");
    assert.match(model.textOf(model.schema.triggers[0]?.origin) ?? "", /^CREATE TRIGGER keep [^]*END$/);
  });

  it("follows a rebuild to the new definition, with its indexes made again", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (id INTEGER PRIMARY KEY, x REAL);
      CREATE INDEX a_x ON a (x);
      //- migrations/2.sql
      CREATE TABLE a_new (id INTEGER PRIMARY KEY, x INTEGER);
      INSERT INTO a_new SELECT * FROM a;
      DROP TABLE a;
      ALTER TABLE a_new RENAME TO a;
      CREATE INDEX a_x ON a (x);
    `);
    assert.equal(column(model, "a", "x"), "x INTEGER");
    assert.equal(findTable(model.schema, "a")?.origin?.file, "migrations/2.sql");
    assert.equal(model.schema.indexes[0]?.origin?.file, "migrations/2.sql");
  });

  it("forgets what a failed file did", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE a (x);
      //- migrations/2.sql
      ALTER TABLE a RENAME TO b;
      SELECT broken;
      //- migrations/3.sql
      ALTER TABLE a ADD COLUMN y;
    `);
    assert.equal(column(model, "a", "y"), "ALTER TABLE a ADD COLUMN y");
  });

  it("falls back to the table where a column has no definition of its own", () => {
    const model = replayText(engine, "//- migrations/1.sql\nCREATE TABLE a AS SELECT 1 AS x;");
    assert.equal(column(model, "a", "x"), "CREATE TABLE a AS SELECT 1 AS x");
  });
});
