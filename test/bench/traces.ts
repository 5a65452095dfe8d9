// What the traces of `wrangler dev` cost: from a store that is full to the lens over a query, through the real worker; then
// a million events kept in files, as windows keep them.

import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { queryEvent } from "../../src/core/telemetry/events";
import { loadEngine } from "../../src/sqlite/engine";
import { AnalysisWorker } from "../../src/worker/handle";
import { TrafficFiles } from "../../src/workspace/traffic-files";

const SPANS = 100_000;
const OF_A_REQUEST = 20;
const MOST_MS = 3_000;
/** Megabytes that a million kept events may add. */
const MOST_MB = 100;
const file = "functions/api/customers/index.ts";
const known = "SELECT count(*) AS invoices, coalesce(sum(total), 0) AS revenue FROM invoices WHERE customer_id = ?1";

export async function traces(sample: string, worker: string): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "plumbline-bench-"));
  try {
    await cp(sample, path.join(folder, "project"), { recursive: true });
    await fromStore(path.join(folder, "project"), path.join(folder, "storage"), worker);
    await keptMillion(path.join(folder, "million"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fromStore(folder: string, storage: string, script: string): Promise<void> {
  const place = path.join(folder, ".wrangler/state/v3/observability/miniflare-wobs-trace-store");
  await mkdir(place, { recursive: true });
  const bytes = await fullStore();
  await writeFile(path.join(place, "store.sqlite"), bytes);
  for (const when of ["taken in", "at the next start"]) {
    const worker = new AnalysisWorker({ script });
    try {
      await worker.request("open", { folder, overlays: [], quarantine: [], storage });
      if (when === "taken in") await worker.request("review", null);
      const cpu = process.cpuUsage();
      const began = performance.now();
      if (when === "taken in") await worker.request("takeTraffic", { traces: true });
      await worker.request("review", null);
      const lenses = await worker.request("lenses", { path: file, version: 0 });
      const took = performance.now() - began;
      const { user, system } = process.cpuUsage(cpu);
      const used = (user + system) / 1_000;
      const shown = lenses.find(({ title }) => /calls recorded/.test(title))?.title ?? "nothing is shown";
      const isOver = when === "taken in" && used > MOST_MS;
      console.log(`traces      ${SPANS.toLocaleString("en-US")} spans (${Math.round(bytes.length / 2 ** 20)} MB) ${when}: ${took.toFixed(0)} ms, ${used.toFixed(0)} ms of CPU; ${shown}${isOver ? `  over ${MOST_MS} ms` : ""}`);
      if (isOver) process.exitCode = 1;
    } finally {
      await worker.close();
    }
  }
}

async function fullStore(): Promise<Uint8Array> {
  const engine = await loadEngine({ wasm: await readFile("node_modules/sql.js/dist/sql-wasm.wasm") });
  const db = engine.open();
  try {
    db.run("CREATE TABLE spans (trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT, service TEXT, name TEXT, kind TEXT, start_ms INTEGER, duration_ms INTEGER, outcome TEXT, error TEXT, attributes BLOB, created_at TEXT, PRIMARY KEY (trace_id, span_id))");
    db.run("CREATE TABLE logs (trace_id TEXT NOT NULL, span_id TEXT, seq INTEGER NOT NULL, ts_ms INTEGER, level TEXT, message TEXT, operation TEXT, created_at TEXT, PRIMARY KEY (trace_id, seq))");
    db.run(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${SPANS})
       INSERT INTO spans (trace_id, span_id, parent_id, service, name, kind, start_ms, duration_ms, outcome, attributes)
       SELECT 'trace' || (i / ${OF_A_REQUEST}), 's' || i, 'root' || (i / ${OF_A_REQUEST}), 'finance', 'd1_all', 'd1', 1767225600000 + i * 40, i % 9, 'ok',
         jsonb_object('db.query.text', CASE WHEN i % 2 = 0 THEN ?1 ELSE 'SELECT id FROM t' || (i % 400) || ' WHERE a = ?' END, 'db.operation.name', 'all', 'cloudflare.d1.response.rows_read', i % 500, 'cloudflare.d1.response.sql_duration_ms', (i % 70) / 10.0) FROM n`,
      [known],
    );
    db.run(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${SPANS / OF_A_REQUEST})
       INSERT INTO spans (trace_id, span_id, service, name, kind, start_ms, duration_ms, outcome, attributes)
       SELECT 'trace' || i, 'root' || i, 'finance', 'GET', 'http', 1767225600000 + i * 800, 30, 'ok', jsonb_object('faas.trigger', 'http', 'http.request.method', 'GET', 'url.full', 'http://127.0.0.1:8788/api/customers?page=' || i) FROM n`,
    );
    return db.bytes();
  } finally {
    db.close();
  }
}

/** In batches as they come from requests, summed up as often as a window does. */
async function keptMillion(folder: string): Promise<void> {
  const files = new TrafficFiles(folder);
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const before = heap();
  const cpu = process.cpuUsage();
  for (let batch = 0; batch < 1_000; batch++) {
    const events = Array.from({ length: 1_000 }, (_, at) => queryEvent({ sql: `SELECT a FROM t${(batch * 7 + at) % 3_000} WHERE b = ?`, time: Date.UTC(2026, 0, 1) + batch * 60_000 + at, ms: at % 90, rowsRead: at, request: { id: `${batch}-${at % 50}`, method: "GET", path: `/a/${at % 700}/x${at % 900}` } }));
    await files.append(events);
    await files.compactWhereLong();
  }
  const { traffic } = await files.kept();
  const { user, system } = process.cpuUsage(cpu);
  const { calls, queries, endpoints } = traffic.figures();
  const grownBy = heap() - before;
  const size = (await stat(path.join(folder, "sum.json"))).size;
  console.log(`traces      1,000,000 events in files: ${((user + system) / 1e6).toFixed(1)} s of CPU, ${Math.round(grownBy)} MB of memory, sum ${Math.round(size / 1_000)} kB; ${calls.toLocaleString("en-US")} calls, ${queries.length} queries, ${endpoints.length} kinds of requests${grownBy > MOST_MB ? `  over ${MOST_MB} MB` : ""}`);
  if (grownBy > MOST_MB || calls !== 1_000_000) process.exitCode = 1;
}
