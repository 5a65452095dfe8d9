// "Change Column or Constraint" over LSP: what there is to change, the migration for it, and what is answered otherwise.

import assert from "node:assert/strict";
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { helpersAsText } from "../../src/helpers/esbuild-plugin.mjs";
import { type ChangeableTable, type ProposedChange, requests, type TableChange } from "../../src/protocol/lsp";
import { AnalysisWorker } from "../../src/worker/handle";
import { cleanUp, folderOf, startServer, type TestClient, uriOf } from "./harness";

const project = {
  "wrangler.toml": '[[d1_databases]]\nbinding = "DB"\ndatabase_name = "blog"\ndatabase_id = "x"\n',
  "migrations/0001_init.sql": `CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT CHECK (name <> ''), -- as they sign
  age INTEGER DEFAULT 0
);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX posts_user_id ON posts (user_id);
CREATE VIRTUAL TABLE found USING fts5(name);
`,
};

describe("changing a table over LSP", () => {
  let bundle = "";
  before(async () => {
    bundle = await mkdtemp(path.join(tmpdir(), "plumbline-worker-"));
    await build({ entryPoints: ["src/worker/main.ts"], outfile: path.join(bundle, "worker.js"), bundle: true, platform: "node", format: "cjs", target: "node20", loader: { ".md": "text" }, plugins: [helpersAsText], logLevel: "error" });
    await copyFile("node_modules/sql.js/dist/sql-wasm.wasm", path.join(bundle, "sql-wasm.wasm"));
  });
  after(() => rm(bundle, { recursive: true, force: true }));
  afterEach(cleanUp);

  async function start(): Promise<{ readonly client: TestClient; readonly folder: string }> {
    const folder = await folderOf(project);
    const makeWorker = (onEvent: ConstructorParameters<typeof AnalysisWorker>[0]["onEvent"]) => new AnalysisWorker({ script: path.join(bundle, "worker.js"), deadlineMs: 2_000, ...(onEvent ? { onEvent } : {}) });
    const client = await startServer({ folders: [folder], makeWorker });
    await client.idle();
    return { client, folder };
  }

  const change = (client: TestClient, folder: string, table: string, wish: TableChange, database = "DB"): Promise<ProposedChange> =>
    client.connection.sendRequest<ProposedChange>(requests.changeTable, { folder: uriOf(folder), database, table, change: wish });

  it("lists the tables with what there is to change", async () => {
    const { client, folder } = await start();
    const tables = await client.connection.sendRequest<readonly ChangeableTable[]>(requests.changeableTables, { folder: uriOf(folder), database: "DB" });
    assert.deepEqual(tables.map(({ name }) => name), ["users", "posts"]);
    assert.deepEqual(tables[0]!.checks, ["CHECK (name <> '')"]);
    assert.deepEqual(tables[0]!.columns[2], { name: "age", type: "INTEGER", notNull: false, defaultValue: "0", primaryKey: false, generated: false });
    assert.deepEqual(tables[1]!.foreignKeys, [{ columns: ["user_id"], parent: "users", onDelete: "CASCADE" }]);
  });

  it("proposes a rebuild with the children, and writes nothing", async () => {
    const { client, folder } = await start();
    const proposed = await change(client, folder, "users", { kind: "not-null", column: "name", notNull: true, fallback: "'?'" });
    assert.ok(proposed.ok);
    assert.deepEqual([proposed.way, proposed.carried, proposed.refuses, proposed.migration.name, proposed.migration.database], ["rebuild", ["posts"], null, "users_name_null", "DB"]);
    assert.match(proposed.migration.sql, /name TEXT NOT NULL CHECK \(name <> ''\), -- as they sign/);
    assert.match(proposed.migration.sql, /DROP TABLE posts;/);
    assert.deepEqual([proposed.rollback?.grade, proposed.rollback?.reasons.length], ["structure", 1]);
    assert.deepEqual(await readdir(path.join(folder, "migrations")), ["0001_init.sql"]);
  });

  it("changes in place where SQLite can", async () => {
    const { client, folder } = await start();
    const proposed = await change(client, folder, "users", { kind: "rename", column: "age", name: "years" });
    assert.ok(proposed.ok);
    assert.equal(proposed.way, "in place");
    assert.match(proposed.migration.sql, /^ALTER TABLE users RENAME COLUMN age TO years;$/m);
    assert.deepEqual(proposed.rollback, { grade: "exact", reasons: [] });
  });

  it("says what cannot be, and what is no longer there", async () => {
    const { client, folder } = await start();
    assert.deepEqual(await change(client, folder, "users", { kind: "drop", column: "id" }), { ok: false, message: "`id` is in the primary key of `users`" });
    await assert.rejects(change(client, folder, "users", { kind: "strict" }, "OTHER"), /There is no database `OTHER` here any more/);
    await assert.rejects(client.connection.sendRequest(requests.changeTable, { folder: "file:///nowhere", database: "DB", table: "users", change: { kind: "strict" } }), /no longer open/);
  });
});
