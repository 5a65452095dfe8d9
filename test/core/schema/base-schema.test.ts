import assert from "node:assert/strict";
import { isForeignDialect } from "../../../src/core/schema/base-schema";
import type { Engine } from "../../../src/core/schema/engine";
import { testEngine } from "../../support/engine";
import { columnNames, replayText, status, tableNames } from "../../support/replay";

describe("the base schema", () => {
  let engine: Engine;
  before(async () => {
    engine = await testEngine();
  });

  it("stands first where the migrations need its tables, and explains what they repeat", () => {
    const model = replayText(engine, `
      //- schema.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, role TEXT);
      CREATE INDEX users_role ON users (role);
      INSERT INTO nothing VALUES (1);
      //- migrations/1.sql
      ALTER TABLE users ADD COLUMN mail TEXT;
      //- migrations/2.sql
      ALTER TABLE users ADD COLUMN role TEXT;
      CREATE INDEX users_role ON users (role);
      CREATE TABLE roles (id INTEGER PRIMARY KEY);
      //- migrations/3.sql
      ALTER TABLE users ADD COLUMN mail TEXT;
    `);
    assert.equal(model.base, "schema.sql");
    assert.equal(status(model), "applied applied applied failed");
    assert.deepEqual(model.failed, ["3.sql: ALTER TABLE users ADD COLUMN mail TEXT: duplicate column name: mail"]);
    assert.deepEqual(model.migrations[2]!.satisfied.map((one) => one.message), [
      "duplicate column name: role",
      "index users_role already exists",
    ]);
    assert.equal(columnNames(model, "users"), "id name role mail");
    assert.equal(tableNames(model), "users roles");
  });

  it("is completed by the tables that other files make, whatever their order", () => {
    const model = replayText(engine, `
      //- migrations/1.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE old (id INTEGER PRIMARY KEY);
      //- migrations/2.sql
      DROP TABLE old;
      //- others/add-views.sql
      ALTER TABLE views ADD COLUMN bot INTEGER;
      ALTER TABLE users ADD COLUMN mail TEXT;
      CREATE INDEX views_bot ON views (bot);
      CREATE INDEX users_name ON users (name);
      //- others/views.sql
      CREATE TABLE views (page TEXT);
      CREATE TABLE old (id INTEGER PRIMARY KEY, name TEXT);
      INSERT INTO views VALUES ('home');
    `);
    assert.equal(tableNames(model), "users views");
    assert.equal(columnNames(model, "views"), "page bot");
    assert.equal(columnNames(model, "users"), "id name");
    assert.deepEqual(model.schema.indexes.map(({ name }) => name), ["views_bot"]);
    assert.deepEqual(model.failed, []);
  });

  it("has the columns that other files add, where there are no migrations", () => {
    const model = replayText(engine, `
      //- schema.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
      //- others/add-mail.sql
      ALTER TABLE users ADD COLUMN mail TEXT;
      ALTER TABLE users ADD COLUMN name TEXT;
      CREATE INDEX users_mail ON users (mail);
    `);
    assert.equal(columnNames(model, "users"), "id name mail");
    assert.deepEqual(model.schema.indexes.map(({ name }) => name), ["users_mail"]);
  });

  it("reports the mistake of a file whose first failure the base explains", () => {
    const model = replayText(engine, `
      //- schema.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT);
      //- migrations/1.sql
      ALTER TABLE users ADD COLUMN role TEXT;
      CREATE INDEX users_age ON users (age);
      //- migrations/2.sql
      CREATE INDEX users_id ON users (id);
    `);
    assert.deepEqual(model.failed, ["1.sql: CREATE INDEX users_age ON users (age): no such column: age"]);
  });

  it("is left out where the migrations run by themselves", () => {
    const model = replayText(engine, `
      //- schema.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY, stale TEXT);
      CREATE INDEX users_stale ON users (stale);
      //- migrations/1.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY);
    `);
    assert.equal(model.base, undefined);
    assert.equal(columnNames(model, "users"), "id");
    assert.deepEqual(model.schema.indexes, []);
  });

  it("adds the tables that no migration makes, but none that a migration dropped", () => {
    const model = replayText(engine, `
      //- schema.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY, stale TEXT);
      CREATE TABLE sessions (id TEXT PRIMARY KEY, user_id INTEGER);
      CREATE INDEX sessions_user ON sessions (user_id);
      CREATE TABLE old (x);
      //- migrations/1.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY);
      CREATE TABLE old (x);
      DROP TABLE old;
    `);
    assert.equal(model.base, "schema.sql");
    assert.equal(tableNames(model), "users sessions");
    assert.equal(columnNames(model, "users"), "id");
    assert.deepEqual(model.schema.indexes.filter((index) => index.made === "c").map((index) => index.name), ["sessions_user"]);
  });

  it("is the schema where there are no migrations", () => {
    const model = replayText(engine, `
      //- notes.sql
      -- nothing
      //- schema.sql
      BEGIN TRANSACTION;
      DROP TABLE IF EXISTS a;
      CREATE TABLE a (x);
      CREATE TABLE broken (;
      CREATE TABLE b (y);
      COMMIT;
    `);
    assert.equal(model.base, "schema.sql");
    assert.equal(tableNames(model), "a b");
    assert.equal(model.failed.length, 1);
  });

  it("shows its mistakes where it is all there is", () => {
    const model = replayText(engine, `
      //- schema.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY,, name TEXT);
    `);
    assert.equal(model.base, "schema.sql");
    assert.deepEqual(model.failed, ['schema.sql: CREATE TABLE users (id INTEGER PRIMARY KEY,, name TEXT): near ",": syntax error']);
  });

  it("is never one of another engine", () => {
    const model = replayText(engine, `
      //- postgres.sql
      CREATE TABLE users (id SERIAL PRIMARY KEY, made TIMESTAMPTZ);
      //- schema.sql
      CREATE TABLE users (id INTEGER PRIMARY KEY);
      //- migrations/1.sql
      ALTER TABLE users ADD COLUMN name TEXT;
    `);
    assert.equal(model.base, "schema.sql");
    assert.equal(columnNames(model, "users"), "id name");
  });

  it("leaves out the candidate that is one of the migrations", () => {
    const model = replayText(engine, "//- migrations/1.sql\nCREATE INDEX a_x ON a (x);\n//- schema.sql\nCREATE TABLE a (x);");
    assert.equal(status(model), "applied applied");
  });

  it("knows the words of other engines, but not in comments and strings", () => {
    assert.ok(isForeignDialect("CREATE TABLE a (id INT AUTO_INCREMENT) ENGINE=InnoDB"));
    assert.ok(isForeignDialect("SELECT '1'::int"));
    assert.ok(!isForeignDialect("-- SERIAL\nCREATE TABLE a (x TEXT DEFAULT '::x', /* ENGINE= */ y AUTOINCREMENT)"));
  });
});
