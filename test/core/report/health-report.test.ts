import assert from "node:assert/strict";
import { matchTraffic } from "../../../src/core/analysis/recorded-statements";
import type { HealthReport } from "../../../src/core/report/health";
import { healthHtml } from "../../../src/core/report/health-html";
import { healthMarkdown } from "../../../src/core/report/health-markdown";
import { healthReport } from "../../../src/core/report/health-report";
import { indexUsers } from "../../../src/core/report/index-lenses";
import { indexesReport } from "../../../src/core/report/indexes-report";
import type { CompareReport, StatusReport, ValidateReport } from "../../../src/core/report/migration-reports";
import { recordedCalls, recordedQueries } from "../../../src/core/telemetry/insights";
import { Traffic } from "../../../src/core/telemetry/traffic";
import { parseFixture } from "../../support/fixture";
import { reviewed } from "../../support/review";

const start = Date.UTC(2026, 5, 1);
const shop = `
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, total INTEGER NOT NULL);
CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders (id), name TEXT);
CREATE INDEX items_order ON items (order_id);
//- /plumbline.json
{ "rows": { "orders": 50000, "items": 200000 }, "alerts": { "p95Ms": 50, "rowsRead": 10000, "errorRate": 0.01, "hitRate": 0.9, "queriesPerRequest": 10 } }
//- /functions/orders.ts
export const ofUser = (env: Env, user: number) => env.DB.prepare("SELECT id, total FROM orders WHERE user_id = ?").bind(user).all();
export const items = (env: Env, order: number) => env.DB.prepare("SELECT name FROM items WHERE order_id = ?").bind(order).all();
export const monthly = (cache: QueryCache, env: Env) => cache.get({ name: "monthly", tables: ["orders"], ttl: 60 }, () => env.DB.prepare("SELECT total, count(*) FROM orders GROUP BY total").all());
`;

const status: StatusReport = { version: 1, databases: [{ binding: "DB", migrationsDir: "migrations", local: ".wrangler/x.sqlite", migrations: [{ file: "migrations/0001_init.sql", state: "pending" }] }] };
const compared: CompareReport = { version: 1, databases: [{ binding: "DB", migrationsDir: "migrations", local: ".wrangler/x.sqlite", schema: [{ change: "added", object: "table extra", detail: "" }], pending: [] }] };
const validated: ValidateReport = {
  version: 1,
  migrations: [
    { file: "migrations/0001_init.sql", database: "DB", verdict: "safe", rollback: "exact", errors: 0, warnings: 0, breaks: 0, estimatedMs: 1 },
    { file: "migrations/0002_drop.sql", database: "DB", verdict: "loses-rows", because: "orders: dropped", rollback: "irreversible", errors: 0, warnings: 0, breaks: 0, estimatedMs: 1 },
  ],
  summary: { safe: 1, risky: 0, losesRows: 1, fails: 0 },
};
const noLocal: StatusReport = { version: 1, databases: [{ binding: "DB", migrationsDir: "migrations", local: null, why: "wrangler has made no local database yet", migrations: [] }] };
const nothingCompared: CompareReport = { version: 1, databases: [{ binding: "DB", migrationsDir: "migrations", local: null, why: "wrangler has made no local database yet", schema: [], pending: [] }] };

/** Two hours of a shop: 200 requests, each with one list and the items of each of ten orders. */
function busyShop(traffic: Traffic): void {
  for (let request = 0; request < 200; request++) {
    const about = { time: start + request * 36_000, weight: 1, attempts: 1, batch: 1, error: undefined, rowsWritten: 0, request: { id: `r${request}`, method: "GET", path: `/orders/${request}` } } as const;
    traffic.add({ kind: "query", ...about, key: "select id , total from orders where user_id = ?", sql: "SELECT id, total FROM orders WHERE user_id = ?", ms: 120, rowsRead: 50_000, rowsReturned: 10 });
    for (let item = 0; item < 10; item++) traffic.add({ kind: "query", ...about, key: "select name from items where order_id = ?", sql: "SELECT name FROM items WHERE order_id = ?", ms: 1, rowsRead: 5, rowsReturned: 4 });
  }
  const failed = { kind: "query", time: start + 100, key: "select gone from nowhere", sql: "SELECT gone FROM nowhere", ms: 1, rowsRead: 0, rowsWritten: 0, rowsReturned: 0, error: "SQLITE_ERROR", attempts: 1, batch: 1, request: undefined, weight: 6 } as const;
  traffic.add(failed);
  traffic.add({ kind: "cache", time: start, name: "monthly", outcome: "hit", count: 30, ms: 60 });
  traffic.add({ kind: "cache", time: start, name: "monthly", outcome: "miss", count: 70, ms: 7_000 });
}

async function health(fill: (traffic: Traffic) => void, about: { readonly local?: boolean; readonly name?: string; readonly empty?: true } = {}): Promise<HealthReport> {
  const traffic = new Traffic();
  fill(traffic);
  const figures = traffic.figures();
  return reviewed(parseFixture(shop).files, ({ snapshot: plain, analysis }) => {
    const snapshot = { ...plain, traffic: figures };
    const results = [...analysis.files(snapshot)];
    const choosing = analysis.indexSets(snapshot, figures.queries.length === 0 ? undefined : recordedCalls(recordedQueries(figures)));
    let step = choosing.next();
    while (step.done !== true) step = choosing.next();
    const sets = step.value;
    const indexes = indexesReport(snapshot, results, sets, (database) => indexUsers(database, analysis.indexUse(snapshot, database).users, 0, () => 1));
    const sources = about.empty ? [] : [{ name: about.name ?? "tail.ndjson", form: about.local === true ? ("traces" as const) : ("events" as const), events: 1, skipped: [{ reason: "no JSON", count: 2 }] }];
    const isKnown = about.empty !== true;
    return healthReport({ snapshot, results, sets, indexes, status: isKnown ? status : noLocal, compared: isKnown ? compared : nothingCompared, validated, unproved: 0, sources, matched: matchTraffic(results.flatMap(({ review }) => review ?? []), figures) });
  });
}

const stateOf = (report: HealthReport): Readonly<Record<string, string>> => Object.fromEntries([...report.targets, ...report.checks.map((check) => ({ ...check, id: check.id === "n-plus-one" ? "check n-plus-one" : check.id }))].map(({ id, state }) => [id, state]));

describe("the health report", () => {
  it("measures the six targets and each check on recorded traffic", async () => {
    const report = await health(busyShop);
    assert.deepEqual(stateOf(report), {
      cheaper: "missed",
      fast: "missed",
      cached: "missed",
      load: "missed",
      "n-plus-one": "missed",
      migrations: "missed",
      "missing-indexes": "warning",
      "redundant-indexes": "ok",
      "unused-indexes": "ok",
      "foreign-keys": "ok",
      "slow-queries": "warning",
      "hungry-queries": "warning",
      "check n-plus-one": "warning",
      "failing-queries": "warning",
      "cache-misses": "warning",
      "failed-migrations": "ok",
      "pending-migrations": "warning",
      "irreversible-migrations": "warning",
      drift: "warning",
      limits: "ok",
    });
    const target = (id: string) => report.targets.find((one) => one.id === id)!;
    assert.equal(target("cached").value, 0.3);
    assert.ok(target("load").value! > 0.95, target("load").shown);
    assert.ok(target("cheaper").value! > 0.5, target("cheaper").shown);
    assert.ok(Math.abs(target("fast").value! - 120) < 3);
    assert.match(target("fast").next, /functions\/orders\.ts:1/);
    assert.deepEqual([target("migrations").value, target("n-plus-one").value], [0.5, 1]);
  });

  it("lists queries with their places, and what is not in the code", async () => {
    const { queries, endpoints, caches, indexes, traffic } = await health(busyShop);
    assert.deepEqual(queries.map(({ sql, places, calls, rowsRead, rowsReturned, mostInRequest }) => [sql.slice(0, 16), places.map(({ file, line }) => `${file}:${line}`).join(), calls, rowsRead, rowsReturned, mostInRequest]), [
      ["SELECT id, total", "functions/orders.ts:1", 200, 50_000, 10, 1],
      ["SELECT name FROM", "functions/orders.ts:2", 2_000, 5, 4, 10],
      ["SELECT gone FROM", "", 6, 0, 0, null],
    ]);
    assert.deepEqual(endpoints.map(({ endpoint, requests, queries: sent, rowsRead }) => [endpoint, requests, sent, rowsRead]), [["GET /orders/:id", 200, 11, 50_050]]);
    assert.deepEqual(caches, [{ name: "monthly", reads: 100, hitRate: 0.3, errors: 0, hitMs: 2, missMs: 100 }]);
    assert.deepEqual(indexes.map(({ index, usedBy }) => [index, usedBy]), [["items_order", 1]]);
    assert.equal(traffic?.minutes.length, 120);
  });

  it("ranks what to do by what it saves, with D1's prices for a month of such traffic", async () => {
    const { recommendations, traffic } = await health(busyShop);
    assert.deepEqual(recommendations.map(({ kind, basis }) => `${kind} ${basis}`), ["index recorded", "cache-key recorded", "n-plus-one recorded", "index derived"]);
    const [index] = recommendations;
    assert.match(index!.title, /CREATE INDEX \w+ ON orders \(user_id/);
    assert.ok(index!.saves.rows > 9_900_000 && index!.saves.rows < 10_000_000);
    // 10 million rows in two hours are 3,600 million a month, at $0.001 a million.
    assert.ok(Math.abs(index!.saves.perMonth! - 3.6) < 0.1, `${index!.saves.perMonth}`);
    assert.ok(traffic!.perMonth! >= index!.saves.perMonth!);
    assert.ok(recommendations[2]!.saves.ms >= 1_700);
  });

  it("raises an alert for each figure that passes a limit of the settings", async () => {
    const { alerts } = await health(busyShop);
    assert.deepEqual(alerts.map(({ setting, subject, line }) => [setting, subject.slice(0, 16), line]), [
      ["p95Ms", "SELECT id, total", 1],
      ["rowsRead", "SELECT id, total", 1],
      ["errorRate", "SELECT gone FROM", undefined],
      ["queriesPerRequest", "GET /orders/:id", undefined],
      ["hitRate", "monthly", undefined],
    ]);
  });

  it("says what it cannot know and how to know it where nothing was recorded", async () => {
    const report = await health(() => undefined, { empty: true });
    assert.equal(report.traffic, null);
    const states = stateOf(report);
    assert.deepEqual(["fast", "cached", "slow-queries", "hungry-queries", "cache-misses", "pending-migrations", "drift"].map((id) => states[id]), Array(7).fill("unknown"));
    assert.equal(states["cheaper"], "missed");
    assert.match(report.targets.find(({ id }) => id === "fast")!.next, /--from trace/);
    assert.deepEqual(report.recommendations.map(({ kind, basis, saves }) => [kind, basis, saves.perMonth]), Array(2).fill(["index", "derived", null]));
  });

  it("does not take a quick query on this machine for a quick one in production", async () => {
    const report = await health((traffic) => {
      for (let at = 0; at < 9; at++) traffic.add({ kind: "query", time: start + at, key: "select name from items where order_id = ?", sql: "SELECT name FROM items WHERE order_id = ?", ms: 0, rowsRead: 1, rowsWritten: 0, rowsReturned: undefined, error: undefined, attempts: 1, batch: 1, request: undefined, weight: 1 });
    }, { local: true });
    assert.equal(stateOf(report)["fast"], "unknown");
    assert.equal(stateOf(report)["hungry-queries"], "unknown");
  });

  it("can be read as Markdown and as a page of its own, which nothing recorded can break", async () => {
    const evil = "</script><img src=x onerror=alert(1)>`|\u001b[31m";
    const report = await health(
      (traffic) => {
        busyShop(traffic);
        for (let at = 0; at < 9; at++) {
          traffic.add({ kind: "query", time: start, key: evil, sql: evil, ms: 900, rowsRead: 90_000, rowsWritten: 0, rowsReturned: 0, error: evil, attempts: 1, batch: 1, request: { id: `e${at}`, method: evil, path: `/${evil}` }, weight: 1 });
        }
        traffic.add({ kind: "cache", time: start, name: evil, outcome: "miss", count: 50, ms: 1 });
      },
      { name: evil },
    );
    const page = healthHtml(report, evil);
    assert.ok(page.startsWith("<!doctype html>") && page.includes("default-src 'none'"));
    assert.ok(!/<(?:script|img|iframe|link|object)\b/i.test(page), "only our own elements");
    assert.deepEqual(/\s(?:href|src|on\w+)="/.exec(page), null);
    assert.deepEqual(/[\u0000-\u0008\u000b-\u001f]/.exec(page)?.index, undefined);
    for (const part of ["Cost of queries", "GET /orders/:id", "functions/orders.ts:1", "$3."]) assert.ok(page.includes(part), part);
    const markdown = healthMarkdown(report);
    assert.ok(markdown.startsWith("# Health\n"));
    assert.ok(!/[\u0000-\u0008\u000b-\u001f]/.test(markdown));
    // Outside code spans no mark-up is left.
    assert.ok(!/<(?:img|\/script)/.test(markdown.replace(/(`+)[^]*?[^`]\1(?!`)/g, "")), markdown.replace(/(`+)[^]*?[^`]\1(?!`)/g, ""));
  });
});
