import assert from "node:assert/strict";
import { copiedWorld } from "../../../src/core/schema/copied-database";
import type { Database, Engine } from "../../../src/core/schema/engine";
import { readSchema } from "../../../src/core/schema/read-schema";
import { testEngine } from "../../support/engine";

describe("a copied database", () => {
  let engine: Engine;
  let db: Database;
  before(async () => (engine = await testEngine()));
  beforeEach(() => (db = engine.open()));
  afterEach(() => db.close());

  /** As D1's file has it: the entry of the virtual table, and its shadow tables. */
  function made(sql: string, ...shadows: readonly string[]): void {
    for (const shadow of shadows) run(shadow);
    run("PRAGMA writable_schema = ON");
    const name = /TABLE (\w+)/.exec(sql)![1]!;
    run(`INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('table', '${name}', '${name}', 0, '${sql.replaceAll("'", "''")}')`);
    run("PRAGMA writable_schema = RESET");
  }

  function run(sql: string): readonly (readonly unknown[])[] {
    const result = db.run(sql);
    assert(result.ok, result.ok ? "" : `${sql}: ${result.message}`);
    return result.rows;
  }

  it("keeps the texts of a search table, which then can be searched", () => {
    made("CREATE VIRTUAL TABLE found USING fts5(title, body)", "CREATE TABLE found_data (id INTEGER PRIMARY KEY, block BLOB)", "CREATE TABLE found_content (id INTEGER PRIMARY KEY, c0, c1)");
    run("INSERT INTO found_content VALUES (7, 'Plumb', 'a line that hangs'), (9, 'Level', 'a bubble')");
    const { origins } = copiedWorld(db, "d1");
    assert.deepEqual(run("SELECT rowid, title FROM found WHERE found MATCH 'bubble'"), [[9, "Level"]]);
    const schema = readSchema(db, origins);
    assert.deepEqual(schema.tables.map(({ name, kind, sql }) => [name, kind, sql]), [["found", "virtual", "CREATE VIRTUAL TABLE found USING fts5(title, body)"]]);
  });

  it("fills a search table from the table that holds its content", () => {
    run("CREATE TABLE posts (id INTEGER PRIMARY KEY, body TEXT)");
    run("INSERT INTO posts VALUES (3, 'one word')");
    made("CREATE VIRTUAL TABLE found USING fts5(body, content='posts', content_rowid='id')", "CREATE TABLE found_data (id INTEGER PRIMARY KEY, block BLOB)");
    copiedWorld(db, "d1");
    assert.deepEqual(run("SELECT rowid FROM found WHERE found MATCH 'word'"), [[3]]);
  });

  it("reads the boxes of an R*Tree out of its nodes", () => {
    const node = new DataView(new ArrayBuffer(64));
    node.setUint16(2, 1);
    node.setBigInt64(4, 42n);
    node.setFloat32(12, 1.5);
    node.setFloat32(16, 2.5);
    made("CREATE VIRTUAL TABLE spans USING rtree(id, low, high)", "CREATE TABLE spans_node (nodeno INTEGER PRIMARY KEY, data BLOB)", "CREATE TABLE spans_rowid (rowid INTEGER PRIMARY KEY, nodeno INTEGER)", "CREATE TABLE spans_parent (nodeno INTEGER PRIMARY KEY, parentnode INTEGER)");
    assert(db.run("INSERT INTO spans_node VALUES (1, ?)", [new Uint8Array(node.buffer)]).ok);
    run("INSERT INTO spans_rowid VALUES (42, 1)");
    copiedWorld(db, "d1");
    assert.deepEqual(run("SELECT id, low, high FROM spans"), [[42, 1.5, 2.5]]);
  });

  it("leaves other databases as they are", () => {
    run("CREATE TABLE plain (id INTEGER PRIMARY KEY)");
    const { origins } = copiedWorld(db, "d1");
    assert.equal(origins.tables.size, 0);
    assert.deepEqual(run("SELECT count(*) FROM plain"), [[0]]);
  });
});
