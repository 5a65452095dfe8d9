// The health dashboard: a report and what the user chose to see, as HTML in named regions. Pure.

import type { DashboardPage, DashboardReport } from "../protocol/pages";
import type { HealthQuery, HealthReport, ReviewReport } from "../protocol/report";
import { action } from "./asks";
import { findingsList, ruleTable, severityToggles } from "./findings";
import { folderHeading } from "./folder-heading";
import { checkList } from "./health-checks";
import { alertList, recommendationList } from "./health-recommendations";
import type { HealthState, Tab } from "./health-state";
import { targetCards } from "./health-targets";
import { cacheColumns, chartPlaces, chartTable, endpointColumns, type FixesAt, indexColumns, isRecorded, noTraffic, queryColumns, trafficSummary } from "./health-traffic";
import { type Html, html, nothing, prose } from "./html";
import { icon } from "./icons";
import { noDatabaseNotice, notice, spinner } from "./notices";
import { databaseCards, findingsCard, queriesCard } from "./overview";
import type { Region } from "./region";
import { rowsAtOnce, type SortColumn, sorted, sortTable } from "./sorting";
import { isFiltered, shown, type View } from "./view";
import { filterBox, hasWords } from "./word-filter";
import { listed, numeral, plural } from "./words";

const tabTitles: Readonly<Record<Tab, string>> = { overview: "Overview", traffic: "Traffic", indexes: "Indexes", findings: "Findings" };

const panels: Readonly<Record<Tab, Html>> = {
  overview: html`<section id="targets" aria-label="Targets"></section><section id="alerts" aria-label="Alerts"></section><section id="recommendations" aria-label="What to do"></section><section id="checks" aria-label="Checks"></section>`,
  traffic: html`<div id="no-traffic"></div><section id="traffic-summary" aria-label="Recorded traffic"></section><div id="charts"></div><div id="chart-table"></div>
    <div class="tools" role="search" aria-label="Traffic"><div id="traffic-filter" class="filter"></div><div id="traffic-count" class="count"></div></div>
    <section id="queries" aria-label="Queries"></section><section id="endpoints" aria-label="Requests"></section><section id="recorded-caches" aria-label="Caches"></section>`,
  indexes: html`<div class="tools" role="search" aria-label="Indexes"><div id="indexes-filter" class="filter"></div><div id="indexes-count" class="count"></div><div id="indexes-action"></div></div><section id="index-use" aria-label="Index use"></section>`,
  findings: html`<section id="overview" aria-label="Overview"></section><div id="nothing-found"></div>
    <div class="tools" role="search" aria-label="Findings"><div id="filter" class="filter"></div><div id="severities"></div><div id="count" class="count"></div></div>
    <div class="results"><section id="rules" aria-label="Rules"></section><section id="findings" aria-label="Findings"></section></div>`,
};

export const skeleton = html`<header id="heading"></header>
  <div id="notice"></div>
  <vscode-tabs id="tabs">${(Object.keys(panels) as Tab[]).map((tab) => html`<vscode-tab-header slot="header" id="tab-${tab}">${tabTitles[tab]}<span slot="content-after" id="badge-${tab}"></span></vscode-tab-header>`)}
  ${(Object.keys(panels) as Tab[]).map((tab) => html`<vscode-tab-panel>${panels[tab]}</vscode-tab-panel>`)}</vscode-tabs>`;

export function regions(page: DashboardPage, state: HealthState): readonly Region[] {
  const isKnown = page.kind === "reviewed" && page.report?.health != null;
  return [folderHeading(page, "Database health", html`${isKnown ? exports : nothing}${page.kind === "reviewed" ? work(page.report) : nothing}`), ...body(page, state)];
}

const exports = html`<span class="exports" role="group" aria-label="Export">${(["markdown", "json", "html"] as const).map((format, at) => action({ kind: "export", format }, `export-${format}`, html`${at === 0 ? html`${icon("export")}<span class="unseen">Export as </span>` : html`<span class="unseen">Export as </span>`}${{ markdown: "Markdown", json: "JSON", html: "HTML" }[format]}`))}</span>`;

function work(report: DashboardReport | null): Html {
  if (report?.work == null) return nothing;
  return html`<p class="work" role="status">${spinner}${report.work.message}</p>`;
}

function body(page: DashboardPage, state: HealthState): readonly Region[] {
  switch (page.kind) {
    case "waiting":
      return [];
    case "failed":
      return [{ id: "notice", html: notice("error", "The review failed", html`<p>${prose(page.message)}</p>`) }];
    case "reviewed":
      return page.report === null || isBare(page.report.review) ? [{ id: "notice", html: noDatabase(page.report?.review ?? null) }] : reviewed(page.report, state);
  }
}

function reviewed({ review, health }: DashboardReport, state: HealthState): readonly Region[] {
  const notices = review.databases.length === 0 ? [{ id: "notice", html: noDatabase(review) }] : [];
  return [...notices, ...(health === null ? [{ id: "targets", html: html`<p class="lead waiting" role="status">${spinner}Weighing indexes and traffic…</p>` }] : known(health, review, state)), ...findingsTab(review, state.findings)];
}

function known(health: HealthReport, review: ReviewReport, state: HealthState): readonly Region[] {
  const mendable = mendableLines(review);
  return [
    { id: "targets", html: targetCards(health) },
    { id: "alerts", html: alertList(health) },
    { id: "recommendations", html: recommendationList(health) },
    { id: "checks", html: checkList(health, (file, line, rule) => mendable.get(file)?.some((one) => one.rule === rule && one.range.start.line === line) === true) },
    ...(isRecorded(health) ? trafficTab(health, state, (file, line, lines) => (mendable.get(file) ?? []).filter(({ range: { start } }) => start.line >= line && start.line < line + lines)) : [{ id: "no-traffic", html: noTraffic(health) }]),
    ...indexesTab(health, state),
  ];
}

/** The findings with fixes, by file. */
function mendableLines({ findings }: ReviewReport): ReadonlyMap<string, ReviewReport["findings"]> {
  const found = new Map<string, ReviewReport["findings"][number][]>();
  for (const finding of findings) if (finding.fixes.length > 0) found.set(finding.file, [...(found.get(finding.file) ?? []), finding]);
  return found;
}

function trafficTab({ traffic, queries, endpoints, caches }: HealthReport, state: HealthState, fixesAt: FixesAt): readonly Region[] {
  const typed = state.texts.traffic ?? "";
  const left = queries.filter(({ sql, places, endpoints: by }) => hasWords([sql.replace(/\s+/g, " "), ...by, ...places.map(({ file, line }) => `${file}:${line}`)], typed));
  const requests = endpoints.filter(({ endpoint }) => hasWords([endpoint], typed));
  const dearest = dearestOf(queries);
  return [
    { id: "badge-traffic", html: html`<vscode-badge variant="counter">${numeral(queries.length)}</vscode-badge>` },
    ...(traffic === null ? [] : [{ id: "traffic-summary", html: trafficSummary(traffic) }, { id: "charts", html: chartPlaces }, { id: "chart-table", html: chartTable(traffic) }]),
    { id: "traffic-filter", html: filterBox("Filter queries and requests", "Filter by SQL, file or request", "queries", "traffic-text") },
    { id: "traffic-count", html: counted(left.length, queries.length, "query", "queries", typed, "traffic") },
    { id: "queries", html: titled("Queries", left.length, table("queries", "Queries", left, queryColumns(fixesAt), state)) },
    ...(endpoints.length === 0 ? [] : [{ id: "endpoints", html: titled("Requests", requests.length, table("endpoints", "Requests", requests, endpointColumns(dearest), state)) }]),
    ...(caches.length === 0 ? [] : [{ id: "recorded-caches", html: titled("Caches", caches.length, table("caches", "Caches", caches, cacheColumns, state)) }]),
  ];
}

/** They come with what reads most first. */
function dearestOf(queries: readonly HealthQuery[]): (endpoint: string) => HealthQuery | undefined {
  const found = new Map<string, HealthQuery>();
  for (const query of queries) for (const endpoint of query.endpoints) if (!found.has(endpoint) && query.places.length > 0) found.set(endpoint, query);
  return (endpoint) => found.get(endpoint);
}

function indexesTab({ indexes }: HealthReport, state: HealthState): readonly Region[] {
  const typed = state.texts.indexes ?? "";
  const left = indexes.filter(({ index, table: on, columns, by }) => hasWords([index, on, ...columns, ...by.map(({ file, line }) => `${file}:${line}`)], typed));
  return [
    { id: "badge-indexes", html: html`<vscode-badge variant="counter">${numeral(indexes.length)}</vscode-badge>` },
    ...(indexes.length === 0 ? [] : [{ id: "indexes-filter", html: filterBox("Filter indexes", "Filter by index, table or file", "index-use", "indexes-text") }, { id: "indexes-count", html: counted(left.length, indexes.length, "index", "indexes", typed, "indexes") }]),
    { id: "indexes-action", html: action({ kind: "runCommand", command: "recommendIndexes" }, "recommend", "Recommend Indexes") },
    { id: "index-use", html: indexes.length === 0 ? html`<p class="lead">The schema has no index yet.</p>` : left.length === 0 ? noMatch("index", "indexes") : table("indexes", "Index use", left, indexColumns, state) },
  ];
}

function table<Row>(id: string, label: string, rows: readonly Row[], columns: readonly SortColumn<Row>[], { sorts, rows: most }: HealthState): Html {
  if (rows.length === 0) return html`<p class="lead">None matches the filter</p>`;
  return sortTable({ id, label, columns, rows: sorted(rows, columns, sorts[id]), sort: sorts[id], most: most[id] ?? rowsAtOnce });
}

function titled(title: string, count: number, content: Html): Html {
  return html`<h2>${title} <span class="of">${numeral(count)}</span></h2>${content}`;
}

function counted(left: number, all: number, one: string, many: string, typed: string, tab: Tab): Html {
  const isFilteredBy = typed.trim() !== "";
  return html`<span role="status">${isFilteredBy ? `${numeral(left)} of ${plural(all, one, many)}` : plural(all, one, many)}</span>${isFilteredBy ? html`<button type="button" class="plain" id="clear-${tab}" data-do="look" data-tab="${tab}" data-text="">Clear Filter</button>` : nothing}`;
}

function findingsTab(report: ReviewReport, view: View): readonly Region[] {
  const { databases, findings } = report;
  const overview = html`<h2 class="unseen">Overview</h2>
    <div class="cards">${findingsCard(findings)}${queriesCard(report.summary)}</div>
    <div class="cards databases">${databaseCards(databases)}</div>`;
  const before: readonly Region[] = [{ id: "badge-findings", html: html`<vscode-badge variant="counter">${numeral(findings.length)}</vscode-badge>` }, { id: "overview", html: overview }];
  if (findings.length === 0) return databases.length === 0 ? before : [...before, { id: "nothing-found", html: nothingFound(report) }];
  const left = shown(findings, view);
  return [
    ...before,
    { id: "filter", html: filterBox("Filter findings", "Filter by message, file or rule", "findings") },
    { id: "severities", html: severityToggles(findings, view) },
    { id: "count", html: count(left.length, findings.length, view) },
    { id: "rules", html: ruleTable(findings, view) },
    { id: "findings", html: left.length === 0 ? noMatch("finding", "findings") : findingsList(left) },
  ];
}

function count(left: number, all: number, view: View): Html {
  const words = isFiltered(view) ? `${left} of ${plural(all, "finding")}` : plural(all, "finding");
  return html`<span role="status">${words}</span>${isFiltered(view) ? html`<button type="button" class="plain" id="clear" data-do="clear">Clear Filter</button>` : nothing}`;
}

function noMatch(what: string, tab: Tab): Html {
  const clear = tab === "findings" ? html`data-do="clear"` : html`data-do="look" data-tab="${tab}" data-text=""`;
  return html`<div class="no-match"><p>No ${what} matches the filter</p><button type="button" class="secondary" ${clear}>Clear Filter</button></div>`;
}

function isBare({ databases, findings }: ReviewReport): boolean {
  return databases.length === 0 && findings.length === 0;
}

function noDatabase(report: ReviewReport | null): Html {
  const seen = report === null || report.summary.files === 0 ? nothing : html`<p>Looked for queries in ${plural(report.summary.files, "file")}: found ${plural(report.summary.queries, "query", "queries")}</p>`;
  return noDatabaseNotice(seen);
}

function nothingFound({ databases, summary }: ReviewReport): Html {
  const tables = databases.reduce((sum, database) => sum + database.tables, 0);
  const migrations = databases.reduce((sum, database) => sum + database.migrations.length, 0);
  const against = listed([plural(tables, "table"), ...(migrations > 0 ? [plural(migrations, "migration")] : [])]);
  return notice("check", "Nothing found", html`<p>Reviewed ${plural(summary.queries, "query", "queries")} in ${plural(summary.files, "file")} against ${against}</p>`);
}
