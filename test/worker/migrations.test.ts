// Migrations through the real worker: dry runs on made-up rows and on copies, their states, and drift. The databases on
// disk are never written to.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type AnalysisWorker, WorkerError } from "../../src/worker/handle";
import { localFileName } from "../../src/workspace/local-database";
import type { MigrationDryRunReport } from "../../src/protocol/report";
import type { DryRunRequest } from "../../src/protocol/worker";
import { testEngine } from "../support/engine";
import { folderOf, removeFolders } from "../workspace/folder";
import { closeWorkers, startWorker } from "./worker";

const shop = `
//- /wrangler.json
{ "d1_databases": [{ "binding": "DB", "database_id": "7f3c1a52-0d6b-4c9e-8b1f-2a4d5e6f7a8b" }] }
//- /migrations/0001_init.sql
CREATE TABLE shops (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, shop_id INTEGER NOT NULL REFERENCES shops (id) ON DELETE CASCADE, total INTEGER);
//- /migrations/0002_rebuild.sql
PRAGMA foreign_keys = OFF;
CREATE TABLE shops_new (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO shops_new SELECT id, name FROM shops;
DROP TABLE shops;
ALTER TABLE shops_new RENAME TO shops;
//- /functions/api/orders.ts
export const onRequestGet = ({ env }) => env.DB.prepare("SELECT total FROM orders WHERE shop_id = ?").bind(1).all();
`;

const open = (folder: string) => ({ folder, overlays: [], quarantine: [] });
const asked = (about: Partial<DryRunRequest> = {}): DryRunRequest => ({ files: [], all: false, data: "seeded", rows: undefined, ...about });

/** A local database that has the first migration, with so many orders in two shops. */
async function fill(folder: string, orders: number): Promise<string> {
  const database = (await testEngine()).open();
  const state = path.join(folder, ".wrangler/state/v3/d1/miniflare-D1DatabaseObject");
  const file = path.join(state, localFileName("7f3c1a52-0d6b-4c9e-8b1f-2a4d5e6f7a8b"));
  try {
    for (const sql of [
      "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
      "INSERT INTO d1_migrations (name, applied_at) VALUES ('0001_init.sql', '2026-05-01 10:00:00')",
      "CREATE TABLE shops (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
      "CREATE TABLE orders (id INTEGER PRIMARY KEY, shop_id INTEGER NOT NULL REFERENCES shops (id) ON DELETE CASCADE, total INTEGER)",
      "INSERT INTO shops VALUES (1, 'a'), (2, 'b')",
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${orders}) INSERT INTO orders SELECT i, 1 + i % 2, i FROM n`,
    ]) {
      const done = database.run(sql);
      assert(done.ok, done.ok ? "" : done.message);
    }
    await mkdir(state, { recursive: true });
    await writeFile(file, database.bytes());
  } finally {
    database.close();
  }
  return file;
}

async function hashOf(file: string): Promise<string> {
  return createHash("sha256").update(await readFile(file)).digest("hex");
}

describe("migrations in the worker", () => {
  after(closeWorkers);
  after(removeFolders);

  it("run on made-up rows where nothing says what was applied", async () => {
    const folder = await folderOf(shop);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const { report, markdown } = await worker.request("dryRun", asked());
    assert.deepEqual(report.migrations.map(({ file, ok, verdict }) => [file, ok, verdict]), [["migrations/0001_init.sql", true, "safe"], ["migrations/0002_rebuild.sql", true, "loses-rows"]]);
    const [lost] = report.migrations[1]!.lost;
    assert.deepEqual({ ...lost, cause: "" }, { table: "orders", before: 3, after: 0, lost: 3, cause: "", line: 4, stated: false });
    assert.match(markdown, /^## 0002_rebuild\.sql$/m);
  });

  it("name a query that breaks once, also one that reads what the same file adds", async () => {
    const folder = await folderOf(`${shop}
//- /migrations/0003_rename.sql
ALTER TABLE orders RENAME COLUMN total TO amount;
ALTER TABLE orders ADD COLUMN currency TEXT NOT NULL DEFAULT 'EUR';
//- /functions/api/more.ts
export const onRequestGet = ({ env }) => env.DB.prepare("SELECT total, currency FROM orders WHERE id = ?").bind(1).all();
`);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const { report, markdown } = await worker.request("dryRun", asked({ files: ["migrations/0003_rename.sql"] }));
    const [{ breaks, findings, saidByBreaks }] = report.migrations as [MigrationDryRunReport];
    assert.deepEqual(breaks.map(({ file, error }) => `${file} ${error}`), ["functions/api/more.ts no such column: total", "functions/api/orders.ts no such column: total"]);
    assert.deepEqual(saidByBreaks, findings.filter(({ rule }) => rule === "breaks-queries").map(({ fingerprint }) => fingerprint));
    assert.equal(saidByBreaks.length, 1);
    assert.equal(markdown.split("functions/api/more.ts").length, 2);
  });

  it("run on a copy of the local database: what is pending there, with its own rows, and the file stays as it is", async () => {
    const folder = await folderOf(shop);
    const file = await fill(folder, 500);
    const before = await hashOf(file);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const { report } = await worker.request("dryRun", asked({ data: "local" }));
    assert.equal(report.data, "a copy of the local D1 database");
    assert.deepEqual(report.migrations.map(({ file: name, lost }) => [name, lost.map(({ table, before: had, after: has }) => [table, had, has])]), [["migrations/0002_rebuild.sql", [["orders", 500, 0]]]]);
    assert.equal(await hashOf(file), before);
  });

  it("run on any SQLite file, whatever the folder says", async () => {
    const folder = await folderOf(shop);
    const elsewhere = await fill(await folderOf(shop), 7);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const { report } = await worker.request("dryRun", asked({ data: { file: elsewhere }, files: ["migrations/0002_rebuild.sql"] }));
    assert.deepEqual(report.migrations.map(({ lost }) => lost.map(({ before }) => before)), [[7]]);
  });

  it("take a migration as it stands in the editor, unsaved", async () => {
    const folder = await folderOf(shop);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    await worker.request("overlay", { path: "migrations/0002_rebuild.sql", text: "CREATE TABLE more (id INTEGER PRIMARY KEY);", version: 2 });
    const { report } = await worker.request("dryRun", asked({ files: ["migrations/0002_rebuild.sql"] }));
    assert.deepEqual(report.migrations[0]!.schema.map(({ change, object }) => [change, object]), [["added", "table more"]]);
  });

  it("that never end are ended, and the dry run says so", async () => {
    const folder = await folderOf(`${shop}
//- /migrations/0003_endless.sql
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) UPDATE orders SET total = (SELECT max(n) FROM r);
`);
    const { worker } = await startWorker({ deadlineMs: 500 });
    await worker.request("open", open(folder));
    const { report } = await worker.request("dryRun", asked({ files: ["migrations/0003_endless.sql"] }));
    assert.equal(report.migrations[0]!.ok, false);
    assert.match(report.migrations[0]!.error!.message, /did not end in time/);
  });

  it("are cancelled by the next one", async () => {
    const folder = await folderOf(shop);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    await worker.request("review", null);
    const first = worker.request("dryRun", asked({ all: true, rows: 20_000 }));
    const cancelled = assert.rejects(first, (error: unknown) => error instanceof WorkerError && error.kind === "cancelled");
    await worker.request("stopDryRun", null);
    await cancelled;
  });

  it("that are none, or cannot be read, are named with what to do", async () => {
    const folder = await folderOf(shop);
    await writeFile(path.join(folder, "migrations/0003_picture.sql"), new Uint8Array([0xff, 0xfe, 0, 1, 2]));
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const fails = (request: DryRunRequest, message: RegExp) => assert.rejects(worker.request("dryRun", request), (error: unknown) => error instanceof WorkerError && error.kind === "usage" && message.test(error.message));
    await fails(asked({ files: ["functions/api/orders.ts"] }), /^functions\/api\/orders\.ts is no migration of this project; its migrations are migrations\/0001_init\.sql, migrations\/0002_rebuild\.sql$/);
    await fails(asked({ files: ["migrations/0003_picture.sql"] }), /`0003_picture\.sql` is no UTF-8 text/);
    await fails(asked({ data: "local" }), /^There is no local D1 database of `DB` to copy \(wrangler has made no local database yet\): run `wrangler dev`/);
    await fails(asked({ data: { file: path.join(folder, "wrangler.json") } }), /it is no SQLite database/);
  });

  it("have their states by the local database", async () => {
    const folder = await folderOf(`${shop}
//- /migrations/rollbacks/0002_rebuild.down.sql
SELECT 1;
//- /migrations/0003_broken.sql
ALTER TABLE shops ADD COLUMN name TEXT;
`);
    await fill(folder, 3);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const { databases } = await worker.request("status", null);
    assert.match(databases[0]!.local ?? "", /^\.wrangler\/state\/v3\/d1\/miniflare-D1DatabaseObject\/[0-9a-f]{64}\.sqlite$/);
    assert.deepEqual(databases[0]!.migrations, [
      { file: "migrations/0001_init.sql", state: "applied", appliedAt: "2026-05-01 10:00:00" },
      { file: "migrations/0002_rebuild.sql", state: "pending", rollbackFile: "migrations/rollbacks/0002_rebuild.down.sql" },
      { file: "migrations/0003_broken.sql", state: "failed", error: "duplicate column name: name", line: 1 },
    ]);
  });

  it("that are not there are not judged, and it is said why", async () => {
    const folder = await folderOf("//- /schema.sql\nCREATE TABLE shops (id INTEGER PRIMARY KEY);\n");
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const { report } = await worker.request("validate", { files: undefined });
    assert.match(report.nothing ?? "", /^the schema comes from schema\.sql alone, and there is no migrations folder; name the folder by `migrations_dir`/);
  });

  it("that were edited after they were applied are found, in this session and the next, until they are applied anew", async () => {
    const folder = await folderOf(shop);
    const database = await fill(folder, 3);
    const { worker, events } = await startWorker();
    const kept = () => events.flatMap((event) => (event.event === "applied" ? [event.applied] : [])).at(-1);
    const found = async (asked: AnalysisWorker) => (await asked.request("report", { rules: ["edited-after-apply"] })).findings.map(({ file }) => file);
    const state = async (asked: AnalysisWorker) => (await asked.request("status", null)).databases[0]!.migrations[0]!.state;
    const file = path.join(folder, "migrations/0001_init.sql");
    const text = await readFile(file, "utf8");

    // What is typed and not saved is not what wrangler applied.
    await worker.request("open", { ...open(folder), overlays: [{ path: "migrations/0001_init.sql", text: text.replace("total", "sum"), version: 1 }] });
    assert.deepEqual(await found(worker), ["migrations/0001_init.sql"]);
    await worker.request("overlay", { path: "migrations/0001_init.sql", text: null, version: 2 });
    assert.deepEqual([await found(worker), await state(worker)], [[], "applied"]);

    await writeFile(file, text.replace("total", "sum"));
    await worker.request("changed", { paths: ["migrations/0001_init.sql"] });
    assert.deepEqual([await found(worker), await state(worker)], [["migrations/0001_init.sql"], "edited"]);
    const { worker: forgetful } = await startWorker();
    await forgetful.request("open", open(folder));
    assert.deepEqual([await found(forgetful), await state(forgetful)], [[], "applied"]);
    const { worker: next } = await startWorker();
    await next.request("open", { ...open(folder), applied: kept()! });
    assert.deepEqual([await found(next), await state(next)], [["migrations/0001_init.sql"], "edited"]);

    await rm(database);
    await worker.request("changed", { paths: [] });
    assert.deepEqual([await found(worker), kept()], [[], {}]);
    await fill(folder, 3);
    await worker.request("changed", { paths: [] });
    assert.deepEqual([await found(worker), Object.values(kept()!).map((names) => Object.keys(names))], [[], [["0001_init.sql"]]]);
  });

  it("are compared with the local database", async () => {
    const folder = await folderOf(shop.replace("total INTEGER);", "total INTEGER, paid_on TEXT);\nCREATE INDEX orders_shop ON orders (shop_id);"));
    await fill(folder, 3);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const { databases } = await worker.request("compare", { file: undefined });
    const [{ schema, closing, pending } = assert.fail("no database")] = databases;
    assert.deepEqual(schema, [
      { change: "dropped", object: "column orders.paid_on", detail: "TEXT" },
      { change: "dropped", object: "index orders_shop", detail: "CREATE INDEX orders_shop ON orders (shop_id)" },
    ]);
    assert.match(closing ?? "", /^ALTER TABLE "?orders"? ADD COLUMN "?paid_on"? TEXT;\nCREATE INDEX orders_shop ON orders \(shop_id\);$/m);
    assert.deepEqual(pending, ["migrations/0002_rebuild.sql"]);
  });

  it("are validated, all or those that changed", async () => {
    const folder = await folderOf(shop);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const all = await worker.request("validate", { files: undefined });
    assert.deepEqual(all.report.migrations.map(({ file, verdict }) => [file, verdict]), [["migrations/0001_init.sql", "safe"], ["migrations/0002_rebuild.sql", "loses-rows"]]);
    const some = await worker.request("validate", { files: ["README.md", "migrations/0001_init.sql"] });
    assert.deepEqual(some.report.summary, { safe: 1, risky: 0, losesRows: 0, fails: 0 });
  });
});
