// What was recorded: over time, by query, by kind of request and by cache; and, where nothing was, how to record it.

import type { FindingReport, HealthEndpoint, HealthQuery, HealthReport, HealthTraffic } from "../protocol/report";
import { action, linePlace, rowAction } from "./asks";
import { hitShare, tableMoments } from "./chart-moments";
import { count, money, percent, short, time } from "./figures";
import { type Html, html, nothing, prose } from "./html";
import { notice } from "./notices";
import type { SortColumn } from "./sorting";
import { foldedSql } from "./sql-text";
import { nameOf, numeral, plural } from "./words";

/** Drawn once: the plots stand in it. */
export const chartPlaces = html`<div class="charts">${[
  ["calls", "Calls"],
  ["p95", "Time of 95 in 100 calls"],
  ["rows", "Rows"],
  ["hits", "Cache hits"],
].map(([name, title]) => html`<figure class="chart" aria-label="${title!}"><figcaption><span class="title">${title!}</span><span class="reading" id="reading-${name!}"></span></figcaption><div class="plot" data-chart="${name!}" aria-hidden="true"></div></figure>`)}</div>`;

export function isRecorded({ traffic }: HealthReport): boolean {
  return traffic !== null && (traffic.calls > 0 || traffic.minutes.length + traffic.hours.length > 0);
}

export function noTraffic({ traffic }: HealthReport): Html {
  const why = (traffic?.sources ?? []).filter((source) => source.form !== "traces" || source.events > 0).flatMap(({ name, why: reason }) => (reason === undefined ? [] : [html`<p class="why"><code>${name}</code>: ${prose(reason)}</p>`]));
  return notice(
    "pulse",
    "No recorded traffic yet",
    html`<p>What really runs, how often and how long, stands here as soon as something is recorded. Any of these will do:</p>
      <ul>
        <li><b>On this machine:</b> run <code>wrangler dev</code> (4.118 or newer) and send it some requests. Its traces are read as they come; nothing to configure.</li>
        <li><b>In production, all queries:</b> create the telemetry helper, wrap the binding with it, and keep what <code>wrangler tail --format json</code> or Workers Logs give.</li>
        <li><b>In production, sums by query:</b> <code>wrangler d1 insights DATABASE --json</code>.</li>
      </ul>
      <p>Files of production are imported here, or read by <code>plumbline health --from FILE</code>.</p>${why}
      <p class="notice-action">${action({ kind: "runCommand", command: "importTraffic" }, "import-traffic", "Import Recorded Traffic…")} ${action({ kind: "runCommand", command: "readInsights" }, "read-insights", "Read D1 Insights…")} ${action({ kind: "runCommand", command: "createTelemetryHelper" }, "create-telemetry", "Create Telemetry Helper")} ${action({ kind: "runCommand", command: "profileQueries" }, "profile", "Profile Queries on Made-Up Rows")}</p>`,
  );
}

export function trafficSummary(traffic: HealthTraffic): Html {
  const { calls, errors, rowsRead, rowsWritten, p50, p95, p99, dollars, perMonth, from, to } = traffic;
  const facts: readonly (readonly [name: string, value: string, meaning?: string])[] = [
    ["Calls", short(calls), numeral(calls)],
    ["Failed", short(errors), numeral(errors)],
    ["p50 / p95 / p99", `${time(p50)} / ${time(p95)} / ${time(p99)}`, "Half, 95 and 99 of 100 calls stay below"],
    ["Rows read", short(rowsRead), numeral(rowsRead)],
    ["Rows written", short(rowsWritten), numeral(rowsWritten)],
    ["At D1's prices", `${money(dollars)}${perMonth === null ? "" : ` (${money(perMonth)} a month)`}`, "Before what the plan includes"],
  ];
  const left = traffic.sources.flatMap(({ name, skipped, why }) => [...skipped.map(({ reason, count: lines }) => html`<li><code>${name}</code>: ${plural(lines, "line")} left out (${reason})</li>`), ...(why === undefined ? [] : [html`<li><code>${name}</code>: ${prose(why)}</li>`])]);
  return html`<p class="lead">${from === null || to === null ? "Recorded traffic" : html`Recorded from ${moment(from)} to ${moment(to)}`}</p>
    <dl class="facts">${facts.map(([name, value, meaning = ""]) => html`<div title="${meaning}"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>${left.length === 0 ? nothing : html`<details id="left-out"><summary>${plural(left.length, "note")} on what was read</summary><ul class="notes">${left}</ul></details>`}`;
}

function moment(iso: string): Html {
  return html`<time datetime="${iso}">${new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}</time>`;
}

/** The charts for those who do not see them. */
export function chartTable(traffic: HealthTraffic): Html {
  const { moments, stepMs } = tableMoments(traffic);
  const minutes = stepMs / 60_000;
  if (moments.length === 0) return nothing;
  const rows = moments.map((one) => html`<tr><th scope="row">${moment(new Date(one.time).toISOString())}</th><td class="number">${numeral(one.calls)}</td><td class="number">${numeral(one.errors)}</td><td class="number">${time(one.p95)}</td><td class="number">${count(one.rowsRead)}</td><td class="number">${count(one.rowsWritten)}</td><td class="number">${percent(hitShare(one))}</td></tr>`);
  return html`<details id="chart-table-fold"><summary>The charts as a table</summary><table class="grid rows" aria-label="Traffic over time"><caption>By ${minutes === 1 ? "minute" : minutes % 60 === 0 ? (minutes === 60 ? "hour" : `${minutes / 60} hours`) : `${minutes} minutes`}</caption>
    <thead><tr><th scope="col">From</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Failed</th><th scope="col" class="number">p95</th><th scope="col" class="number">Rows read</th><th scope="col" class="number">Written</th><th scope="col" class="number">Cache hits</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}

/** The fixes that the review offers within a query's lines. */
export type FixesAt = (file: string, line: number, lines: number) => readonly Pick<FindingReport, "rule" | "range">[];

export function queryColumns(fixesAt: FixesAt): readonly SortColumn<HealthQuery>[] {
  return [
    { id: "query", title: "Query", kind: "wide", value: ({ sql }) => sql, cell: ({ sql, places }) => html`${foldedSql(sql, `query-${nameOf(sql)}`, places.length > 1 ? html`<p class="more">${places.map(({ file, line }) => link(file, line))}</p>` : nothing)}<span class="read-at">${places[0] === undefined ? "not in the code" : html`${link(places[0].file, places[0].line)}${places.length > 1 ? html` <span class="why">and ${places.length - 1} more</span>` : nothing}${queryActions(sql, places[0], fixesAt)}`}</span>` },
    { id: "calls", title: "Calls", kind: "number", value: ({ calls }) => calls, cell: ({ calls }) => short(calls) },
    { id: "p95", title: "p95", meaning: "95 of 100 calls stay below", kind: "number", value: ({ p95 }) => p95, cell: ({ p95, averaged }) => `${averaged && p95 !== null ? "⌀ " : ""}${time(p95)}` },
    { id: "rows", title: "Rows read", meaning: "Of one call", kind: "number", value: ({ rowsRead }) => rowsRead, cell: ({ rowsRead }) => count(rowsRead) },
    { id: "given", title: "For each given", meaning: "Rows read for each row that comes back", kind: "number", value: perRow, cell: (query) => count(perRow(query)) },
    { id: "share", title: "Of all rows", kind: "number", value: ({ share }) => share, cell: ({ share }) => html`${percent(share)}<svg class="bar" aria-hidden="true"><rect width="${(share * 100).toFixed(1)}%" height="100%"></rect></svg>` },
    { id: "most", title: "In one request", meaning: "The most calls in one request", kind: "number", value: ({ mostInRequest }) => mostInRequest, cell: ({ mostInRequest }) => count(mostInRequest) },
    { id: "errors", title: "Failed", kind: "number", value: ({ errors }) => errors, cell: ({ errors }) => (errors === 0 ? html`<span class="why">0</span>` : html`<span class="bad">${short(errors)}</span>`) },
  ];
}

function queryActions(sql: string, { file, line, column }: HealthQuery["places"][number], fixesAt: FixesAt): Html {
  const fixes = fixesAt(file, line, sql.split("\n").length);
  const first = fixes[0];
  return html`${rowAction({ kind: "explain", file, line, column }, `explain-${nameOf(sql)}`, html`Explain`)}${first === undefined ? nothing : rowAction({ kind: "mend", file, line: first.range.start.line, rules: [...new Set(fixes.map(({ rule }) => rule))] }, `mend-${nameOf(sql)}`, html`Fix…`)}`;
}

function perRow({ rowsRead, rowsReturned }: HealthQuery): number | null {
  return rowsRead === null || rowsReturned === null ? null : rowsRead / Math.max(1, rowsReturned);
}

function link(file: string, line: number): Html {
  return linePlace(file, line, html`${file}:${line}`);
}

/** `dearest` is the query that reads most for a kind of request. */
export function endpointColumns(dearest: (endpoint: string) => HealthQuery | undefined): readonly SortColumn<HealthEndpoint>[] {
  return [
    {
      id: "endpoint",
      title: "Request",
      kind: "wide",
      value: ({ endpoint }) => endpoint,
      cell({ endpoint }) {
        const place = dearest(endpoint)?.places[0];
        return html`<code>${endpoint}</code><span class="read-at">${place === undefined ? nothing : html`dearest query: ${link(place.file, place.line)} `}<button type="button" class="plain" id="queries-of-${nameOf(endpoint)}" data-do="look" data-tab="traffic" data-text="${endpoint}">its queries</button></span>`;
      },
    },
    { id: "requests", title: "Requests", kind: "number", value: ({ requests }) => requests, cell: ({ requests }) => short(requests) },
    { id: "queries", title: "Queries each", kind: "number", value: ({ queries }) => queries, cell: ({ queries }) => count(queries) },
    { id: "most", title: "At most", meaning: "Queries of one request; D1 allows 50 on the free plan, 1,000 on the paid one", kind: "number", value: ({ mostQueries }) => mostQueries, cell: ({ mostQueries }) => (mostQueries > mostFree ? html`<span class="bad">${count(mostQueries)}</span>` : count(mostQueries)) },
    { id: "rows", title: "Rows read each", kind: "number", value: ({ rowsRead }) => rowsRead, cell: ({ rowsRead }) => count(rowsRead) },
    { id: "p50", title: "p50", meaning: "In the database, all queries of a request together", kind: "number", value: ({ p50 }) => p50, cell: ({ p50 }) => time(p50) },
    { id: "p95", title: "p95", meaning: "In the database, all queries of a request together", kind: "number", value: ({ p95 }) => p95, cell: ({ p95 }) => time(p95) },
    { id: "errors", title: "Failed", meaning: "Queries", kind: "number", value: ({ errors }) => errors, cell: ({ errors }) => (errors === 0 ? html`<span class="why">0</span>` : html`<span class="bad">${short(errors)}</span>`) },
  ];
}

/** Queries in one request on D1's free plan (cloudflare-docs, `d1/platform/limits.mdx`). */
const mostFree = 50;

export const cacheColumns: readonly SortColumn<HealthReport["caches"][number]>[] = [
  { id: "cache", title: "Cache", kind: "wide", value: ({ name }) => name, cell: ({ name }) => html`<code>${name}</code>` },
  { id: "reads", title: "Reads", kind: "number", value: ({ reads }) => reads, cell: ({ reads }) => short(reads) },
  { id: "hits", title: "Answered", meaning: "The share of reads that the cache answered", kind: "number", value: ({ hitRate }) => hitRate, cell: ({ hitRate }) => percent(hitRate) },
  { id: "hit", title: "A hit takes", kind: "number", value: ({ hitMs }) => hitMs, cell: ({ hitMs }) => time(hitMs) },
  { id: "miss", title: "A miss takes", kind: "number", value: ({ missMs }) => missMs, cell: ({ missMs }) => time(missMs) },
  { id: "errors", title: "Failed", kind: "number", value: ({ errors }) => errors, cell: ({ errors }) => count(errors) },
];

type IndexRow = HealthReport["indexes"][number];

export const indexColumns: readonly SortColumn<IndexRow>[] = [
  { id: "index", title: "Index", kind: "wide", value: ({ index }) => index, cell: ({ index, columns }) => html`<code>${index}</code> <span class="why">${columns.join(", ")}</span>` },
  { id: "table", title: "Table", value: ({ table }) => table, cell: ({ table }) => html`<code>${table}</code>` },
  { id: "queries", title: "Queries", meaning: "Of the code, by SQLite's planner", kind: "number", value: ({ usedBy }) => usedBy, cell: ({ usedBy, index }) => (usedBy === 0 ? html`<span class="${isOfConstraint(index) ? "why" : "bad"}">0</span>` : numeral(usedBy)) },
  { id: "calls", title: "Calls", meaning: "Recorded calls of those queries", kind: "number", value: ({ calls }) => calls, cell: ({ calls }) => short(calls) },
  { id: "by", title: "Used by", kind: "wide", cell: usersOf },
];

/** SQLite makes it for UNIQUE or a primary key, which need it. */
function isOfConstraint(index: string): boolean {
  return index.startsWith("sqlite_autoindex_");
}

const usersAtOnce = 3;

function usersOf({ by, index, usedBy }: IndexRow): Html {
  if (by.length === 0) return html`<span class="why">${isOfConstraint(index) ? "its constraint" : "no query of the code"}</span>`;
  const lines = (some: IndexRow["by"]): Html => html`${some.map(({ file, line }) => html`<span class="use">${link(file, line)}</span>`)}`;
  const rest = by.slice(usersAtOnce);
  return html`${lines(by.slice(0, usersAtOnce))}${rest.length === 0 ? nothing : html`<details id="users-${index}"><summary>${numeral(usedBy - usersAtOnce)} more</summary>${lines(rest)}</details>`}`;
}
