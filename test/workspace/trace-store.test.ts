// The files in `trace-store/` are those that `wrangler dev` (4.164) left after some requests to a Worker that seeds a
// database, lists orders with a query for each, and runs a scheduled handler; nearly all of it stands in the log.

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { Database } from "../../src/core/schema/engine";
import { Traffic } from "../../src/core/telemetry/traffic";
import type { QueryEvent, TrafficEvent } from "../../src/core/telemetry/events";
import { findTraceStores, TraceReader } from "../../src/workspace/trace-store";
import { testEngine } from "../support/engine";
import { addSpan, tracePlace, traceStore } from "../support/trace-store";
import { folderOf, removeFolders } from "./folder";

const shop = { declaredIn: "wrangler.toml", migrationsDir: "migrations" };

async function withRealStore(): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await folderOf("//- /README\nhello");
  const state = path.join(folder, tracePlace);
  await mkdir(state, { recursive: true });
  for (const end of ["", "-wal"]) await writeFile(path.join(state, `store.sqlite${end}`), gunzipSync(await readFile(`test/workspace/trace-store/store.sqlite${end}.gz`)));
  await writeFile(path.join(state, "metadata.sqlite"), "");
  return { folder, file: path.join(state, "store.sqlite") };
}

async function readAll(reader: TraceReader, file: string): Promise<readonly TrafficEvent[]> {
  const events: TrafficEvent[] = [];
  const reading = await reader.read(file, (event) => events.push(event));
  assert.ok(reading.ok, reading.ok ? "" : reading.reason);
  assert.equal(reading.events, events.length);
  return events;
}

const said = (events: readonly TrafficEvent[]): readonly string[] => events.map((event) => (event.kind === "query" ? `${event.sql} ${event.request?.path}` : `${event.name} ${event.outcome}`));

describe("the trace store of wrangler dev", () => {
  after(removeFolders);

  it("lies beside the local database", async () => {
    const { folder, file } = await withRealStore();
    assert.deepEqual(await findTraceStores(folder, [shop]), [file]);
    assert.deepEqual(await findTraceStores(folder, [{ ...shop, declaredIn: "apps/api/wrangler.toml" }]), [file], "the folder's own counts as well");
    assert.deepEqual(await findTraceStores(path.join(folder, "none"), [shop]), []);
  });

  it("is read as wrangler wrote it, and not a byte of it changes", async () => {
    const { file } = await withRealStore();
    const bytes = async (): Promise<readonly string[]> => Promise.all((await readdir(path.dirname(file))).sort().map(async (name) => `${name} ${(await readFile(path.join(path.dirname(file), name))).toString("base64")}`));
    const before = await bytes();
    const events = await readAll(new TraceReader(await testEngine()), file);
    assert.deepEqual(await bytes(), before);
    const queries = events.filter((event): event is QueryEvent => event.kind === "query");
    const traffic = new Traffic();
    for (const event of events) traffic.add(event);
    const { endpoints, byKey, errors } = traffic.figures();
    assert.deepEqual(endpoints.map(({ endpoint, requests, queries: sent, rowsRead }) => `${endpoint}: ${requests} requests, ${sent} queries, ${rowsRead} rows`).sort(), [
      "GET /bad: 1 requests, 1 queries, 0 rows",
      "GET /first: 1 requests, 1 queries, 500 rows",
      "GET /orders/:id: 2 requests, 22 queries, 1020 rows",
      "GET /raw: 1 requests, 1 queries, 500 rows",
      "GET /run: 1 requests, 1 queries, 1 rows",
      "GET /seed: 1 requests, 2 queries, 0 rows",
      "scheduled: 1 requests, 1 queries, 1 rows",
    ]);
    assert.deepEqual(byKey.get("select name from items where order_id = ?")?.repeats, { requests: 2, repeating: 2, repeated: 20, most: 10, endpoint: "GET /orders/:id" });
    assert.equal(errors, 1);
    assert.deepEqual(queries.find(({ error }) => error !== undefined)?.error, "SQLITE_ERROR");
    assert.deepEqual(queries.filter(({ batch }) => batch > 1).map(({ key, rowsRead }) => [key.slice(0, 18), rowsRead]), [["create table if no", undefined], ["create table if no", undefined], ["insert into orders", undefined], ["insert into items ", undefined]]);
  });

  it("gives each call once, however often it is read", async () => {
    const folder = await folderOf("//- /README\nhello");
    const file = path.join(folder, "s.sqlite");
    const reader = new TraceReader(await testEngine());
    const write = async (fill: (db: Database) => void): Promise<void> => writeFile(file, await traceStore(fill));
    const first = (db: Database): void => {
      addSpan(db, "a", { trace: "t1", sql: "SELECT 1" });
      addSpan(db, "b", { trace: "t1" });
    };
    await write(first);
    assert.deepEqual(said(await readAll(reader, file)), ["SELECT 1 /orders/1"]);
    assert.deepEqual(said(await readAll(reader, file)), []);
    await write((db) => {
      first(db);
      addSpan(db, "c", { trace: "t2", sql: "SELECT 2" });
      addSpan(db, "d", { trace: "t3", sql: "SELECT 3", running: true });
    });
    assert.deepEqual(said(await readAll(reader, file)), [], "the requests are under way");
    await write((db) => {
      first(db);
      addSpan(db, "c", { trace: "t2", sql: "SELECT 2" });
      addSpan(db, "d", { trace: "t3", sql: "SELECT 3" });
      addSpan(db, "e", { trace: "t2" });
      addSpan(db, "f", { trace: "t3", start: 1_800_000_000_900 });
    });
    assert.deepEqual(said(await readAll(reader, file)), ["SELECT 2 /orders/1", "SELECT 3 /orders/1"]);
    assert.deepEqual(said(await readAll(reader, file)), []);
  });

  it("is read on from where another reader ended, and from the begin where nobody knows", async () => {
    const folder = await folderOf("//- /README\nhello");
    const file = path.join(folder, "s.sqlite");
    const request = (trace: string) => (db: Database): void => {
      addSpan(db, `${trace} a`, { trace, sql: `SELECT '${trace}'` });
      addSpan(db, `${trace} b`, { trace });
    };
    await writeFile(file, await traceStore(request("old")));
    const first = new TraceReader(await testEngine());
    await readAll(first, file);
    const progress: unknown = JSON.parse(JSON.stringify(first.progressOf(file)));
    const next = new TraceReader(await testEngine());
    next.resume(file, progress);
    assert.deepEqual(said(await readAll(next, file)), []);
    await writeFile(file, await traceStore((db) => ["old", "new"].forEach((trace) => request(trace)(db))));
    assert.deepEqual(said(await readAll(next, file)), ["SELECT 'new' /orders/1"]);
    for (const broken of [undefined, null, 7, {}, { stamp: "", spans: { last: "x" }, logs: null }, { ...(progress as object), spans: { last: 1, name: "?", waiting: ["x"] } }]) {
      next.resume(file, broken);
      assert.equal((await readAll(next, file)).length, 2);
    }
  });

  it("does without a request whose own span never came", async () => {
    const folder = await folderOf("//- /README\nhello");
    const file = path.join(folder, "s.sqlite");
    await writeFile(file, await traceStore((db) => {
      addSpan(db, "a", { trace: "lost", sql: "SELECT 1" });
      addSpan(db, "b", { trace: "t2", start: 1_800_000_090_000 });
    }));
    assert.deepEqual(said(await readAll(new TraceReader(await testEngine()), file)), ["SELECT 1 undefined"]);
  });

  it("begins anew where the store was cleared", async () => {
    const folder = await folderOf("//- /README\nhello");
    const file = path.join(folder, "s.sqlite");
    const reader = new TraceReader(await testEngine());
    const request = (trace: string) => (db: Database): void => {
      addSpan(db, `${trace} a`, { trace, sql: `SELECT '${trace}'` });
      addSpan(db, `${trace} b`, { trace });
    };
    await writeFile(file, await traceStore(request("old")));
    assert.equal((await readAll(reader, file)).length, 1);
    await writeFile(file, await traceStore((db) => ["new", "newer"].forEach((trace) => request(trace)(db))));
    assert.deepEqual(said(await readAll(reader, file)), ["SELECT 'new' /orders/1", "SELECT 'newer' /orders/1"]);
  });

  it("has what the cache logged, but the queries from the spans alone", async () => {
    const folder = await folderOf("//- /README\nhello");
    const file = path.join(folder, "s.sqlite");
    const log = (db: Database, seq: number, message: string): void => void db.run("INSERT INTO logs (trace_id, seq, ts_ms, level, message) VALUES ('t', ?, 1800000000000, 'log', ?)", [seq, message]);
    await writeFile(file, await traceStore((db) => {
      log(db, 0, JSON.stringify([JSON.stringify({ plumbline: "cache", name: "monthly", outcome: "hit", count: 1, ms: 2 })]));
      log(db, 1, JSON.stringify([JSON.stringify({ plumbline: "query", query: "select 1", ms: 2 })]));
      log(db, 2, '"GET http://127.0.0.1/plumbline');
    }));
    const reader = new TraceReader(await testEngine());
    assert.deepEqual(said(await readAll(reader, file)), ["monthly hit"]);
  });

  it("is a reason where it cannot be read, and broken attributes are no call", async () => {
    const folder = await folderOf("//- /text.sqlite\nThis is no database");
    const engine = await testEngine();
    const file = (name: string): string => path.join(folder, name);
    const fresh = engine.open();
    fresh.run("CREATE TABLE _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)");
    await writeFile(file("fresh.sqlite"), fresh.bytes());
    fresh.close();
    assert.deepEqual(await new TraceReader(engine).read(file("fresh.sqlite"), () => assert.fail()), { ok: true, events: 0 });
    const other = engine.open();
    other.run("CREATE TABLE t (a)");
    await writeFile(file("other.sqlite"), other.bytes());
    other.close();
    await writeFile(file("broken.sqlite"), await traceStore((db) => {
      addSpan(db, "a", { trace: "t", sql: "SELECT 1" });
      addSpan(db, "b", { trace: "t" });
      db.run("UPDATE spans SET attributes = x'ff00ff' WHERE span_id = 'a'");
    }));
    const reader = new TraceReader(engine);
    const reason = async (name: string): Promise<string> => {
      const reading = await reader.read(file(name), () => undefined);
      return reading.ok ? `${reading.events} events` : reading.reason;
    };
    assert.equal(await reason("none.sqlite"), "there is none");
    assert.equal(await reason("text.sqlite"), "it is no SQLite database");
    assert.equal(await reason("other.sqlite"), "it holds no traces in a layout that is known");
    assert.equal(await reason("broken.sqlite"), "0 events");
    await rm(file("broken.sqlite"));
    assert.equal(await reason("broken.sqlite"), "there is none");
  });
});
