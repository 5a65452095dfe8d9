// Recorded traffic through the real worker: followed while it is recorded, kept from one worker to the next, shared by two,
// imported and cleared. And whatever lies there instead of a trace store does no harm.

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { AnalysisWorker } from "../../src/worker/handle";
import { addSpan, tracePlace, traceStore } from "../support/trace-store";
import { folderOf, removeFolders } from "../workspace/folder";
import { closeWorkers, startWorker } from "./worker";

/** Sends what the traces of `test/workspace/trace-store` were recorded of. */
const shop = `
//- /wrangler.json
{ "d1_databases": [{ "binding": "DB", "database_id": "7f3c1a52-0d6b-4c9e-8b1f-2a4d5e6f7a8b" }] }
//- /plumbline.json
{ "alerts": { "rowsRead": 2, "queriesPerRequest": 3 } }
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, total INTEGER NOT NULL, note TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, name TEXT);
//- /src/orders.ts
export const ofUser = (env: Env, user: number) => env.DB.prepare("SELECT id, total FROM orders WHERE user_id = ?").bind(user).all();
export const items = (env: Env, order: number) => env.DB.prepare("SELECT name FROM items WHERE order_id = ?").bind(order).all();
`;
const itemsOf = "SELECT name FROM items WHERE order_id = ?";

interface Opened {
  readonly folder: string;
  /** Of the extension, for this folder. */
  readonly storage: string;
  readonly store: string;
}

async function newFolder(): Promise<Opened> {
  const folder = await folderOf(shop);
  const place = path.join(folder, tracePlace);
  await mkdir(place, { recursive: true });
  return { folder, storage: path.join(await folderOf("//- /README\nhello"), "traffic"), store: path.join(place, "store.sqlite") };
}

/** Requests that send one query so many times each. */
function requests(count: number, sql = itemsOf, times = 6): Promise<Uint8Array> {
  return traceStore((db) => {
    for (let at = 0; at < count; at++) {
      for (let turn = 0; turn < times; turn++) addSpan(db, `${at} ${turn}`, { trace: `t${at}`, sql });
      addSpan(db, `${at}`, { trace: `t${at}` });
    }
  });
}

async function opened({ folder, storage }: Pick<Opened, "folder" | "storage">): Promise<{ readonly worker: AnalysisWorker; logs(): readonly string[]; take(): Promise<boolean>; lenses(): Promise<readonly string[]> }> {
  const { worker, logs } = await startWorker();
  await worker.request("open", { folder, overlays: [], quarantine: [], storage });
  return {
    worker,
    logs,
    take: async () => (await worker.request("takeTraffic", { traces: true })).changed,
    lenses: async () => (await worker.request("lenses", { path: "src/orders.ts", version: 0 })).map(({ title }) => title),
  };
}

async function rulesAt(worker: AnalysisWorker, file: string): Promise<readonly string[]> {
  const { findings } = await worker.request("report", { rules: [] });
  return findings.filter((finding) => finding.file === file && /^(runtime|slow|hungry)-/.test(finding.rule)).map(({ rule, range }) => `${rule} ${range.start.line}`);
}

async function bytesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(await Promise.all(names.sort().map(async (name) => [name, (await readFile(name)).toString("base64")] as const)));
}

describe("recorded traffic in the worker", () => {
  after(closeWorkers);
  after(removeFolders);

  it("is at the lines that sent it once it is taken, and the traces are as they were", async () => {
    const at = await newFolder();
    for (const end of ["", "-wal"]) await writeFile(`${at.store}${end}`, gunzipSync(await readFile(`test/workspace/trace-store/store.sqlite${end}.gz`)));
    const before = await bytesIn(at.folder);
    const { worker, take, lenses } = await opened(at);
    await worker.request("review", null);
    assert.doesNotMatch((await lenses()).join(), /calls/);
    assert.equal(await take(), true);
    assert.match((await lenses())[1] ?? "", /20 calls/);
    assert.deepEqual(await rulesAt(worker, "src/orders.ts"), ["runtime-n-plus-one 2"]);
    assert.equal(await take(), false, "nothing is new");
    assert.deepEqual(await bytesIn(at.folder), before);
  });

  it("grows with what comes, and is there at the next start", async () => {
    const at = await newFolder();
    const first = await opened(at);
    assert.equal(await first.take(), false, "there is no store yet");
    await writeFile(at.store, await requests(2));
    assert.equal(await first.take(), true);
    assert.match((await first.lenses())[1] ?? "", /12 calls/);
    await writeFile(at.store, await requests(3));
    assert.equal(await first.take(), true);
    await rm(at.store);
    const next = await opened(at);
    const { alerts } = await next.worker.request("review", null);
    assert.match((await next.lenses())[1] ?? "", /18 calls/);
    assert.deepEqual(alerts.map(({ setting, file, line, value }) => [setting, file, line, value]), [["queriesPerRequest", undefined, undefined, 6], ["rowsRead", "src/orders.ts", 2, 3]]);
    const { report } = await next.worker.request("health", { recorded: [], traces: true });
    assert.equal(report.traffic?.calls, 0, "as on the command line, which asks what lies in the folder");
    await next.take();
    const followed = await next.worker.request("health", { recorded: [], traces: true });
    assert.deepEqual([followed.report.traffic?.calls, followed.report.traffic?.sources.map(({ form }) => form)], [18, ["traces"]]);
  });

  it("counts once what two windows on one folder follow", async () => {
    const at = await newFolder();
    const windows = await Promise.all([opened(at), opened(at)]);
    for (const count of [1, 2, 4, 8]) {
      await writeFile(at.store, await requests(count));
      await Promise.all(windows.map(async ({ worker }) => {
        while ((await worker.request("takeTraffic", { traces: true })).busy);
      }));
    }
    for (const { take } of windows) await take();
    for (const { lenses } of windows) assert.match((await lenses())[1] ?? "", /48 calls/);
    await windows[0]!.worker.request("importTraffic", { name: "tail", source: { text: JSON.stringify({ plumbline: "query", query: itemsOf, ms: 4 }) } });
    assert.equal(await windows[1]!.take(), true);
    assert.match((await windows[1]!.lenses())[1] ?? "", /49 calls/);
  });

  it("takes in what is imported, the newest of a name, and says what nothing could be made of", async () => {
    const at = await newFolder();
    const { worker, take, lenses } = await opened(at);
    await take();
    const insights = (calls: number): string => JSON.stringify([{ query: itemsOf, numberOfTimesRun: calls, totalRowsRead: calls * 40, totalDurationMs: calls }]);
    const imported = await worker.request("importTraffic", { name: "D1 insights of DB", source: { text: insights(500) } });
    assert.deepEqual([imported.form, imported.events, imported.skipped], ["insights", 1, []]);
    await worker.request("importTraffic", { name: "D1 insights of DB", source: { text: `wrangler 3.90\n------\n${insights(700)}` } });
    assert.match((await lenses())[1] ?? "", /700 calls/);
    const file = path.join(at.folder, "tail.ndjson");
    const event = JSON.stringify({ plumbline: "query", query: itemsOf, ms: 4, rowsRead: 40 });
    await writeFile(file, Buffer.from(`\ufeff${event}\nno JSON\n`, "utf16le"));
    assert.deepEqual((await worker.request("importTraffic", { name: "tail.ndjson", source: { file } })).skipped, [{ reason: "no JSON", count: 1 }]);
    assert.match((await lenses())[1] ?? "", /701 calls/);
    const { report } = await worker.request("health", { recorded: [], traces: true });
    assert.deepEqual(report.traffic?.sources.map(({ form }) => form).sort(), ["events", "insights", "traces"]);
    for (const [text, why] of [["", /Nothing was imported: notes holds no recorded query/], ["<html>", /holds no recorded query/]] as const) await assert.rejects(worker.request("importTraffic", { name: "notes", source: { text } }), why);
    await assert.rejects(worker.request("importTraffic", { name: "gone", source: { file: path.join(at.folder, "gone") } }), /gone cannot be read \(ENOENT\)/);
    await assert.rejects(worker.request("importTraffic", { name: "src", source: { file: path.join(at.folder, "src") } }), /src is no file/);
  });

  it("is forgotten when it is cleared, and does not come back from the traces", async () => {
    const at = await newFolder();
    await writeFile(at.store, await requests(2));
    const { worker, take, lenses } = await opened(at);
    await take();
    await writeFile(at.store, await requests(5));
    assert.deepEqual(await worker.request("clearTraffic", null), { calls: 30, queries: 1 });
    assert.doesNotMatch((await lenses()).join(), /calls/);
    await take();
    assert.doesNotMatch((await lenses()).join(), /calls/);
    await writeFile(at.store, await requests(6));
    await take();
    assert.match((await lenses())[1] ?? "", /6 calls/);
    const next = await opened(at);
    await next.worker.request("review", null);
    assert.match((await next.lenses())[1] ?? "", /6 calls/);
    assert.deepEqual(await worker.request("clearTraffic", null), { calls: 6, queries: 1 });
    assert.deepEqual(await worker.request("clearTraffic", null), { calls: 0, queries: 0 });
  });

  it("is followed without a place to keep it in too", async () => {
    const at = await newFolder();
    await writeFile(at.store, await requests(2));
    const { worker } = await startWorker();
    await worker.request("open", { folder: at.folder, overlays: [], quarantine: [] });
    const take = async (): Promise<boolean> => (await worker.request("takeTraffic", { traces: true })).changed;
    assert.deepEqual([await take(), await take()], [true, false]);
    await worker.request("importTraffic", { name: "a", source: { text: JSON.stringify({ plumbline: "query", query: itemsOf, ms: 4 }) } });
    assert.deepEqual(await worker.request("clearTraffic", null), { calls: 13, queries: 1 });
    assert.deepEqual(await rulesAt(worker, "src/orders.ts"), []);
  });

  it("says once of a store that cannot be read why, and reads it once it can", async () => {
    const at = await newFolder();
    const { worker, logs, take, lenses } = await opened(at);
    const broken: readonly [string, () => Promise<void>, RegExp][] = [
      ["text", () => writeFile(at.store, "This is no database"), /it is no SQLite database/],
      ["cut off", async () => truncate(at.store, 5_000), /damaged|layout/],
      ["huge", async () => truncate(at.store, 300 * 2 ** 20), /it is over 256 MB/],
    ];
    for (const [name, breakIt, why] of broken) {
      await writeFile(at.store, await requests(50));
      await breakIt();
      const before = logs().length;
      await take();
      await take();
      assert.deepEqual([logs().length - before, why.test(logs().at(-1) ?? "")], [1, true], `${name}: ${logs().join("\n")}`);
    }
    await writeFile(at.store, await requests(2));
    await take();
    assert.match((await lenses())[1] ?? "", /12 calls/);
    assert.equal((await worker.request("review", null)).databases, 1);
  });

  it("shows hostile texts as they are, and nothing of them is run", async () => {
    const at = await newFolder();
    const hostile = ["<script>alert(1)</script>", "\u0000\u001b[2J\u202eDROP", "'); DROP TABLE spans; --", "SELECT ".repeat(50_000), "%s%n\ud800", "constructor", "__proto__"];
    await writeFile(at.store, await traceStore((db) => {
      for (const [n, sql] of hostile.entries()) {
        for (let turn = 0; turn < 6; turn++) addSpan(db, `${n} ${turn}`, { trace: `t${n}`, sql });
        addSpan(db, `${n}`, { trace: `t${n}` });
      }
    }));
    const { worker, take } = await opened(at);
    await take();
    assert.equal((await worker.request("review", null)).databases, 1);
    const { report, html } = await worker.request("health", { recorded: [], traces: true });
    assert.equal(report.traffic?.calls, hostile.length * 6);
    assert.doesNotMatch(html, /<script>alert/);
  });
});
