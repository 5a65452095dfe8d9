// Traffic of the sample project as `wrangler dev` would have recorded it: the same at every run, but for the time.
import initSqlJs from "sql.js";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const hours = 6;

/** Text that a page must show as text. It is sent by no code. */
export const hostile = `SELECT '<img src=x onerror="window.pwned = 1"><script>window.pwned = 1</script>' FROM "</table>"`;

/** Writes the trace store of a folder. Which queries there are is asked of the built command line. */
export async function recordTraffic(folder, cli) {
  // It exits with 1 where something is found.
  const { stdout } = await promisify(execFile)(process.execPath, [cli, "queries", folder, "--format", "json"], { maxBuffer: 1e8 });
  const queries = JSON.parse(stdout).queries.filter(({ file, statements }) => file.startsWith("functions/api/") && statements.some(({ ok }) => ok));
  const { Database } = await initSqlJs();
  const db = new Database();
  db.run("CREATE TABLE spans (trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT, service TEXT, name TEXT, kind TEXT, start_ms INTEGER, duration_ms INTEGER, outcome TEXT, error TEXT, attributes BLOB, created_at TEXT DEFAULT (datetime('now')), PRIMARY KEY (trace_id, span_id))");
  db.run("CREATE TABLE logs (trace_id TEXT NOT NULL, span_id TEXT, seq INTEGER NOT NULL, ts_ms INTEGER, level TEXT, message TEXT, operation TEXT, created_at TEXT DEFAULT (datetime('now')), PRIMARY KEY (trace_id, seq))");
  const span = (trace, id, parent, kind, start, ms, attributes) => db.run("INSERT INTO spans (trace_id, span_id, parent_id, kind, start_ms, duration_ms, outcome, attributes) VALUES (?, ?, ?, ?, ?, ?, 'ok', jsonb(?))", [trace, id, parent, kind, start, ms, JSON.stringify(attributes)]);
  const random = chance(7);
  const files = [...new Set(queries.map(({ file }) => file))];
  const start = Date.now() - hours * 3_600_000;
  db.run("BEGIN");
  for (let request = 0; request < 3_000; request++) {
    const file = files[Math.floor(random() ** 2 * files.length)];
    const at = Math.round(start + (request + random()) * ((hours * 3_600_000) / 3_000));
    const trace = `t${request}`;
    span(trace, "root", null, "http", at, 20, { "faas.trigger": "http", "http.request.method": "GET", "url.full": `http://127.0.0.1:8787/${file.replace(/^functions\/|(?:\/index)?\.\w+$/g, "").replace(/\[\w+\]/g, "7")}` });
    const sent = queries.filter((query) => query.file === file).flatMap(({ statements, loop }) => Array.from({ length: loop?.verdict === "n+1" ? 6 + Math.floor(random() * 20) : 1 }, () => statements.find(({ ok }) => ok)));
    for (const [turn, { sql, rowsRead = 1 }] of sent.entries()) {
      const rows = Math.max(1, Math.round(rowsRead * (0.4 + random())));
      const isRead = /^\s*(?:select|with)\b/i.test(sql);
      span(trace, `s${turn}`, "root", "d1", at + turn, Math.round(1 + rows / 4_000 + random() * 4), { "db.query.text": sql, "db.operation.name": isRead ? "all" : "run", "cloudflare.d1.response.rows_read": isRead ? rows : 1, "cloudflare.d1.response.rows_written": isRead ? 0 : 2 });
    }
    if (random() < 0.4) db.run("INSERT INTO logs (trace_id, seq, ts_ms, level, message) VALUES (?, 0, ?, 'log', ?)", [trace, at, JSON.stringify([JSON.stringify({ plumbline: "cache", name: "net-worth", outcome: random() < 0.72 ? "hit" : "miss", count: 1, ms: 3 })])]);
  }
  span("t0", "hostile", "root", "d1", start, 2, { "db.query.text": hostile, "db.operation.name": "all", "cloudflare.d1.response.rows_read": 3 });
  db.run("COMMIT");
  const state = path.join(folder, ".wrangler/state/v3/observability/miniflare-wobs-trace-store");
  await mkdir(state, { recursive: true });
  await writeFile(path.join(state, "store.sqlite"), db.export());
  db.close();
}

/** Numbers from 0 to 1 that look like chance (mulberry32). */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
