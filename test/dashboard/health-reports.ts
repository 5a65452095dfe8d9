// A health report to show, with every part that a page has, and with what a test cares for in place of its texts.
import type { HealthReport } from "../../src/protocol/report";

/** `text` stands wherever recorded traffic or the project is quoted. */
export function health({ text = "SELECT id FROM orders", file = "src/api.ts", ...given }: Partial<HealthReport> & { readonly text?: string; readonly file?: string } = {}): HealthReport {
  const place = { file, line: 3 };
  const moment = (minute: number) => ({ time: new Date(Date.UTC(2026, 5, 1, 12, minute)).toISOString(), calls: 10 + minute, errors: minute, rowsRead: 100, rowsWritten: 5, p95: minute === 1 ? null : 12, reads: 10, hits: 8 });
  return {
    version: 1,
    traffic: { sources: [{ name: text, form: "events", events: 9, skipped: [{ reason: text, count: 2 }], why: text }], from: moment(0).time, to: moment(3).time, calls: 1_200, errors: 4, rowsRead: 1_500_000, rowsWritten: 20, p50: 2, p95: 140, p99: 200, dollars: 0.0015, perMonth: 3.5, minutes: [moment(0), moment(1), moment(3)], hours: [] },
    targets: [
      { id: "cheaper", title: "Cost of queries", goal: "queries at least 50% cheaper", value: 0.9, shown: "90% cheaper with 2 more indexes", state: "missed", measured: text, next: text },
      { id: "fast", title: "Slow queries", goal: "no query over 100 ms", value: 140, shown: "1 query over it", state: "missed", measured: "p95", next: text, place },
      { id: "cached", title: "Cache hit rate", goal: "over 80%", value: null, shown: "not known", state: "unknown", measured: text, next: text },
      { id: "load", title: "Load of the database", goal: "rows read down by 80%", value: 0.8, shown: "80% less", state: "missed", measured: text, next: text, place },
      { id: "n-plus-one", title: "N+1 queries", goal: "none", value: 2, shown: "2 places", state: "missed", measured: text, next: text, place },
      { id: "migrations", title: "Migrations", goal: "every one safe and reversible", value: 1, shown: "3 of 3", state: "met", measured: text, next: "nothing" },
    ],
    checks: [
      { id: "limits", title: "Limits of D1", state: "ok", summary: "none is near", findings: [] },
      { id: "drift", title: "Drift of the local database", state: "unknown", summary: text, findings: [] },
      { id: "slow-queries", title: "Slow queries", state: "warning", summary: "2 findings", findings: [{ message: text, ...place, rule: "slow-query" }, { message: text }] },
      { id: "failed-migrations", title: "Failed migrations", state: "error", summary: "1 finding", findings: [{ message: text, file }] },
    ],
    alerts: [{ setting: "p95Ms", limit: 50, value: 140, subject: text, message: text, ...place }],
    recommendations: [
      { kind: "index", title: "Create `CREATE INDEX a ON orders (id)`", how: text, ...place, migration: { database: text, folder: text, name: text, sql: text, rollback: text }, saves: { rows: 1_000_000, ms: 5_000, perMonth: 1.25 }, basis: "recorded" },
      { kind: "cache", title: text, how: text, ...place, rules: ["cacheable-read"], saves: { rows: 0, ms: 0, perMonth: null }, basis: "derived" },
    ],
    queries: [
      { sql: text, places: [{ ...place, column: 9 }, { file, line: 30, column: 1 }], calls: 1_200, errors: 4, p50: 2, p95: 140, p99: 200, averaged: false, rowsRead: 1_250, rowsReturned: 3, rowsWritten: 0, share: 0.9, mostInRequest: 7, endpoints: [text] },
      { sql: `${text} 2`, places: [], calls: 3, errors: 0, p50: null, p95: null, p99: null, averaged: true, rowsRead: null, rowsReturned: null, rowsWritten: null, share: 0, mostInRequest: null, endpoints: [] },
    ],
    endpoints: [{ endpoint: text, requests: 90, queries: 12, mostQueries: 64, errors: 1, rowsRead: 900, p50: 3, p95: 150 }],
    caches: [{ name: text, reads: 100, hitRate: 0.7, errors: 0, hitMs: 2, missMs: null }],
    indexes: [{ database: "DB", index: text, table: text, columns: [text], usedBy: 5, by: Array.from({ length: 5 }, (_, line) => ({ file, line })), calls: null }],
    proved: { done: 3, total: 3 },
    prices: { read: 0.001, written: 1 },
    ...given,
  };
}
