// The health of a folder through the real worker: recorded texts and the traces of wrangler dev beside its code.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { folderOf, removeFolders } from "../workspace/folder";
import { closeWorkers, startWorker } from "./worker";

/** Sends what the traces of `test/workspace/trace-store` were recorded of. */
const shop = `
//- /wrangler.json
{ "d1_databases": [{ "binding": "DB", "database_id": "7f3c1a52-0d6b-4c9e-8b1f-2a4d5e6f7a8b" }] }
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, total INTEGER NOT NULL, note TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, name TEXT);
//- /src/orders.ts
export const ofUser = (env: Env, user: number) => env.DB.prepare("SELECT id, total FROM orders WHERE user_id = ?").bind(user).all();
export const items = (env: Env, order: number) => env.DB.prepare("SELECT name FROM items WHERE order_id = ?").bind(order).all();
`;

const open = (folder: string) => ({ folder, overlays: [], quarantine: [] });

describe("the health of a folder", () => {
  after(closeWorkers);
  after(removeFolders);

  it("knows what wrangler dev recorded in it", async () => {
    const folder = await folderOf(shop);
    const store = path.join(folder, ".wrangler/state/v3/observability/miniflare-wobs-trace-store");
    await mkdir(store, { recursive: true });
    for (const end of ["", "-wal"]) await writeFile(path.join(store, `store.sqlite${end}`), gunzipSync(await readFile(`test/workspace/trace-store/store.sqlite${end}.gz`)));
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const { report, markdown, html } = await worker.request("health", { recorded: [], traces: true });
    assert.deepEqual(report.traffic?.sources.map(({ form, why }) => [form, why]), [["traces", undefined]]);
    const [list] = report.queries;
    assert.deepEqual([list?.places, list?.calls, list?.rowsRead], [[{ file: "src/orders.ts", line: 1, column: 58 }], 2, 500]);
    assert.match(report.checks.find(({ id }) => id === "n-plus-one")?.findings[0]?.message ?? "", /^Ran 10 times in one request of `GET \/orders\/:id`/);
    assert.equal(report.targets.length, 6);
    assert.ok(markdown.startsWith("# Health") && html.startsWith("<!doctype html>"));
  });

  it("weighs by recorded texts, and says of what it could not read why", async () => {
    const { worker } = await startWorker();
    await worker.request("open", open(await folderOf(shop)));
    const insights = JSON.stringify([{ query: "SELECT id, total FROM orders WHERE user_id = ?", numberOfTimesRun: 500, totalRowsRead: 25_000_000, totalDurationMs: 90_000, queryEfficiency: 0.0001 }]);
    const { report } = await worker.request("health", { recorded: [{ name: "insights.json", text: insights }, { name: "notes.txt", text: "one\ntwo" }], traces: true });
    assert.deepEqual(report.traffic?.sources.map(({ name, form, events, skipped }) => [name, form, events, skipped]), [
      ["insights.json", "insights", 1, []],
      ["notes.txt", "events", 0, [{ reason: "no JSON", count: 2 }]],
      ["traces of wrangler dev", "traces", 0, []],
    ]);
    assert.match(report.traffic?.sources[2]?.why ?? "", /run `wrangler dev`/);
    assert.deepEqual(report.checks.filter(({ state }) => state === "warning").map(({ id }) => id), ["missing-indexes", "slow-queries", "hungry-queries"]);
    assert.equal(report.recommendations[0]?.kind, "index");
    assert.ok(report.recommendations[0].saves.rows > 24_000_000);
  });

  it("comes without the proof of the migrations at once, and with what is proved by then", async () => {
    const { worker, events } = await startWorker();
    const folder = await folderOf(`${shop}//- /migrations/0002_paid.sql\nALTER TABLE orders ADD COLUMN paid INTEGER NOT NULL DEFAULT 0;\n//- /migrations/0003_gone.sql\nDROP TABLE items;\n`);
    await worker.request("open", open(folder));
    const known = async () => (await worker.request("health", { recorded: [], traces: false, proofs: "known" })).report;
    const migrations = (report: Awaited<ReturnType<typeof known>>) => [report.proved, report.targets.find(({ id }) => id === "migrations")?.shown, report.checks.find(({ id }) => id === "irreversible-migrations")?.state];
    assert.deepEqual(migrations(await known()), [{ done: 0, total: 3 }, "0 of 3 tried so far", "unknown"]);
    await worker.request("prove", null);
    assert.deepEqual(migrations(await known()), [{ done: 3, total: 3 }, "2 of 3", "ok"]);
    assert.deepEqual((await worker.request("health", { recorded: [], traces: false })).report, await known(), "all of it is the same");

    await worker.request("overlay", { path: "src/orders.ts", text: "export const none = 1;", version: 2 });
    assert.deepEqual((await known()).proved, { done: 3, total: 3 }, "the code says nothing of what a migration does");
    await worker.request("overlay", { path: "migrations/0002_paid.sql", text: "ALTER TABLE orders ADD COLUMN payed INTEGER;", version: 2 });
    assert.deepEqual((await known()).proved, { done: 1, total: 3 }, "those after it meet another schema");
    const before = events.length;
    await worker.request("prove", null);
    const tried = events.slice(before).flatMap((event) => (event.event === "progress" && event.task === "proof" ? [event.what] : []));
    assert(!tried.some((what) => what.includes("0001_init")), "what is proved is not tried again");
    assert.deepEqual(migrations(await known()), [{ done: 3, total: 3 }, "2 of 3", "ok"]);
  });

  it("keeps what was proved before a stop", async () => {
    const { worker } = await startWorker();
    await worker.request("open", open(await folderOf(shop)));
    const stopped = assert.rejects(worker.request("prove", null), { kind: "cancelled" });
    await worker.request("stopProofs", null);
    await stopped;
    await worker.request("prove", null);
    assert.deepEqual((await worker.request("health", { recorded: [], traces: false, proofs: "known" })).report.proved, { done: 1, total: 1 });
  });

  it("is told of a project without recorded traffic too, and of one without a database", async () => {
    const { worker } = await startWorker();
    for (const [fixture, state] of [[shop, "ok"], ["//- /src/a.ts\nexport const a = 1;", "ok"]] as const) {
      await worker.request("open", open(await folderOf(fixture)));
      const { report } = await worker.request("health", { recorded: [], traces: false });
      assert.equal(report.traffic, null);
      assert.equal(report.checks.find(({ id }) => id === "n-plus-one")?.state, state);
    }
  });
});
