// SQL that never ends, or that eats memory, against the real worker with short bounds.

import assert from "node:assert/strict";
import type { ReviewReport } from "../../src/core/report/report";
import { WorkerError } from "../../src/worker/handle";
import { folderOf, put, removeFolders } from "../workspace/folder";
import { closeWorkers, startWorker } from "./worker";

const project = (migration: string): string => `
//- /wrangler.toml
[[d1_databases]]
binding = "DB"
database_name = "shop"
database_id = "0"
//- /migrations/0001_init.sql
CREATE TABLE numbers (id INTEGER PRIMARY KEY, n INTEGER, word TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, total INTEGER);
//- /migrations/0002_fill.sql
${migration}
//- /migrations/0003_more.sql
CREATE TABLE later (id INTEGER PRIMARY KEY, amount INTEGER);
//- /functions/api/orders.ts
export const onRequestGet = ({ env }) => env.DB.prepare("SELECT total FROM orders WHERE user_id = ?").bind(1).all();
//- /functions/api/later.ts
export const onRequestGet = ({ env }) => env.DB.prepare("SELECT amuont FROM later").all();
`;

const endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) INSERT INTO numbers (n) SELECT n FROM r;";
const open = (folder: string) => ({ folder, overlays: [], quarantine: [] });

function shown({ findings }: ReviewReport): readonly string[] {
  return findings.map(({ rule, file, range, message }) => `${file}:${range.start.line} ${rule}: ${message}`);
}

describe("the worker", () => {
  after(closeWorkers);
  after(removeFolders);

  const elsewhere = [
    "functions/api/later.ts:1 unknown-column: The table `later` has no column `amuont`; did you mean `amount`?",
    "functions/api/orders.ts:1 unindexed-filter: `orders` is scanned for `user_id`: about 10,000 rows read a call, 101 with an index",
  ];
  const setAside = (line: number): string =>
    `migrations/0002_fill.sql:${line} failed-migration: This migration fails here after those before it: this statement did not end in time, or needed too much memory, when it was last run, so it is not run again`;

  it("ends a migration that never ends, says so, and reviews everything else", async () => {
    const folder = await folderOf(project(endless));
    const { worker, logs } = await startWorker({ deadlineMs: 500 });
    await worker.request("open", open(folder));
    const report = await worker.request("report", { rules: [] });
    assert.deepEqual(shown(report), [...elsewhere, setAside(1)]);
    assert.deepEqual(report.databases[0]!.migrations.map(({ status }) => status), ["applied", "failed", "applied"]);
    assert.equal(logs().length, 1);
    assert.match(logs()[0]!, /^A statement did not end in time and was set aside \([0-9a-f]{16}\)$/);
    // What is set aside stays so: the next review is not late.
    assert.deepEqual(shown(await worker.request("report", { rules: [] })), [...elsewhere, setAside(1)]);
    assert.equal(logs().length, 1);
  });

  it("ends several, one after the other", async () => {
    const folder = await folderOf(project(`${endless}\n//- /migrations/0004_again.sql\n${endless.replace("n + 1", "n + 2")}`));
    const { worker, logs } = await startWorker({ deadlineMs: 500 });
    await worker.request("open", open(folder));
    const report = await worker.request("report", { rules: ["failed-migration"] });
    assert.deepEqual(report.findings.map(({ file }) => file), ["migrations/0002_fill.sql", "migrations/0004_again.sql"]);
    assert.equal(logs().length, 2);
  });

  it("does not run again what `open` says was set aside before", async () => {
    const folder = await folderOf(project(endless));
    const first = await startWorker({ deadlineMs: 500 });
    await first.worker.request("open", open(folder));
    await first.worker.request("review", null);
    const hash = /\((.*)\)/.exec(first.logs()[0]!)![1]!;
    const second = await startWorker({ deadlineMs: 60_000 });
    await second.worker.request("open", { folder, overlays: [], quarantine: [hash] });
    assert.deepEqual(shown(await second.worker.request("report", { rules: [] })), [...elsewhere, setAside(1)]);
    assert.deepEqual(second.logs(), []);
  });

  it("bounds the memory of strings that double", async () => {
    const doubling = "INSERT INTO numbers (word) WITH RECURSIVE r(w) AS (SELECT 'ab' UNION SELECT w || w FROM r WHERE length(w) < 900000000) SELECT w FROM r;";
    const folder = await folderOf(project(doubling));
    const { worker, logs } = await startWorker({ deadlineMs: 60_000, memoryBytes: 100 * 2 ** 20 });
    await worker.request("open", open(folder));
    assert.deepEqual(shown(await worker.request("report", { rules: [] })), [...elsewhere, setAside(1)]);
    assert.match(logs().join(), /^A statement needed too much memory and was set aside \([0-9a-f]{16}\)$/);
  });

  it("answers everything that was asked before it was ended, with the open documents as they are", async () => {
    const folder = await folderOf(project(endless));
    const { worker } = await startWorker({ deadlineMs: 500 });
    await worker.request("open", open(folder));
    const unsaved = 'export const onRequestGet = ({ env }) => env.DB.prepare("SELECT amount FROM orders").all();';
    const typed = worker.request("overlay", { path: "functions/api/orders.ts", text: unsaved, version: 7 });
    const others = Promise.all([
      worker.request("schema", null),
      worker.request("explain", { sql: "SELECT * FROM orders WHERE user_id = 1", database: undefined }),
      worker.request("queries", null),
      worker.request("fixes", { path: "functions/api/orders.ts", version: 7, span: null }),
    ]);
    const findings = await typed;
    assert.equal(findings?.version, 7);
    assert.deepEqual(findings?.findings.map(({ rule }) => rule), ["unknown-column"]);
    const [schema, explained, queries] = await others;
    assert.deepEqual(schema.databases[0]!.tables.map(({ name }) => name), ["numbers", "orders", "later"]);
    assert.ok(explained.ok && explained.better !== undefined);
    assert.equal(queries.queries.find(({ file }) => file === "functions/api/orders.ts")?.statements[0]?.sql, "SELECT amount FROM orders");
    // Closed again, the file on disk counts.
    assert.deepEqual((await worker.request("overlay", { path: "functions/api/orders.ts", text: null, version: 0 }))?.findings.map(({ rule }) => rule), ["unindexed-filter"]);
  });

  it("ends a review for which newer input has arrived, and says cancelled", async () => {
    const folder = await folderOf(project("SELECT 1;"));
    for (let at = 0; at < 40; at++) await put(folder, `//- /functions/many/${at}.ts\n${queries(at)}`);
    let typing: Promise<unknown> | undefined;
    const { worker } = await startWorker({
      onEvent: (event) => {
        if (event.event === "progress" && event.what !== "looking for files") typing ??= worker.request("overlay", { path: "functions/api/orders.ts", text: "", version: 2 });
      },
    });
    await worker.request("open", open(folder));
    await assert.rejects(worker.request("review", null), (error: unknown) => error instanceof WorkerError && error.kind === "cancelled");
    await typing;
    assert.equal((await worker.request("review", null)).databases, 1);
  });

  it("refuses what only a mistake can ask, in words", async () => {
    const { worker } = await startWorker();
    await assert.rejects(worker.request("review", null), (error: unknown) => error instanceof WorkerError && error.kind === "usage" && error.message === "No folder is open");
    const folder = await folderOf(project("SELECT 1;"));
    await worker.request("open", open(folder));
    await assert.rejects(worker.request("report", { rules: ["no-such-rule"] }), (error: unknown) => error instanceof WorkerError && error.kind === "usage");
  });

  it("ends with close, whatever is running", async () => {
    const folder = await folderOf(project(endless));
    const { worker, logs } = await startWorker({ deadlineMs: 60_000 });
    await worker.request("open", open(folder));
    const running = assert.rejects(worker.request("review", null), (error: unknown) => error instanceof WorkerError && error.kind === "cancelled");
    await worker.close();
    await running;
    await assert.rejects(worker.request("review", null), /was closed/);
    await worker.close();
    assert.deepEqual(logs(), []);
  });
});

function queries(at: number): string {
  return Array.from({ length: 10 }, (_, n) => `export const f${n} = (env) => env.DB.prepare("SELECT total AS t${at}_${n} FROM orders WHERE user_id = ? ORDER BY total").all();`).join("\n");
}
