// A trace store in the layout of `wrangler dev` (4.164), written by us: with what a test wants in it.

import assert from "node:assert/strict";
import type { Database } from "../../src/core/schema/engine";
import { testEngine } from "./engine";

/** Below the folder of the wrangler file. */
export const tracePlace = ".wrangler/state/v3/observability/miniflare-wobs-trace-store";

/** The bytes of a store. */
export async function traceStore(fill: (db: Database) => void): Promise<Uint8Array> {
  const db = (await testEngine()).open();
  try {
    db.run("CREATE TABLE spans (trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT, service TEXT, name TEXT, kind TEXT, start_ms INTEGER, duration_ms INTEGER, outcome TEXT, error TEXT, attributes BLOB, created_at TEXT DEFAULT (datetime('now')), PRIMARY KEY (trace_id, span_id))");
    db.run("CREATE TABLE logs (trace_id TEXT NOT NULL, span_id TEXT, seq INTEGER NOT NULL, ts_ms INTEGER, level TEXT, message TEXT, operation TEXT, created_at TEXT DEFAULT (datetime('now')), PRIMARY KEY (trace_id, seq))");
    fill(db);
    return db.bytes();
  } finally {
    db.close();
  }
}

export interface SpanRow {
  readonly trace: string;
  readonly sql?: string;
  readonly start?: number;
  readonly running?: boolean;
}

/** A request, or a call of D1 within it where it has `sql`. */
export function addSpan(db: Database, id: string, { trace, sql, start = 1_800_000_000_000, running = false }: SpanRow): void {
  const attributes = sql === undefined ? { "faas.trigger": "http", "http.request.method": "GET", "url.full": "http://127.0.0.1:8787/orders/1?a=b" } : { "db.query.text": sql, "db.operation.name": "all", "cloudflare.d1.response.rows_read": 3 };
  const inserted = db.run("INSERT INTO spans (trace_id, span_id, parent_id, kind, start_ms, duration_ms, outcome, attributes) VALUES (?, ?, ?, ?, ?, ?, 'ok', jsonb(?))", [trace, id, sql === undefined ? null : "p", sql === undefined ? "http" : "d1", start, running ? null : 2, JSON.stringify(attributes)]);
  assert.ok(inserted.ok);
}
