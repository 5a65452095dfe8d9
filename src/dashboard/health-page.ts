// The health dashboard: a report and what the user chose to see, as HTML in named regions. Pure.

import type { DashboardPage } from "../protocol/pages";
import type { ReviewReport } from "../protocol/report";
import { findingsList, ruleTable, severityToggles } from "./findings";
import { type Html, html, nothing, prose } from "./html";
import { folderHeading } from "./folder-heading";
import { noDatabaseNotice, notice } from "./notices";
import { databaseCards, findingsCard, queriesCard } from "./overview";
import type { Region } from "./region";
import { isFiltered, shown, type View } from "./view";
import { filterBox } from "./word-filter";
import { listed, plural } from "./words";

export const skeleton = html`<header id="heading"></header>
  <div id="notice"></div>
  <section id="overview" aria-label="Overview"></section>
  <div id="nothing-found"></div>
  <div class="tools" role="search" aria-label="Findings"><div id="filter"></div><div id="severities"></div><div id="count"></div></div>
  <div class="results"><section id="rules" aria-label="Rules"></section><section id="findings" aria-label="Findings"></section></div>`;

export function regions(page: DashboardPage, view: View): readonly Region[] {
  return [folderHeading(page, "Database health"), ...body(page, view)];
}

function body(page: DashboardPage, view: View): readonly Region[] {
  switch (page.kind) {
    case "waiting":
      return [];
    case "failed":
      return [{ id: "notice", html: notice("error", "The review failed", html`<p>${prose(page.message)}</p>`) }];
    case "reviewed":
      return page.report === null || isBare(page.report) ? [{ id: "notice", html: noDatabase(page.report) }] : reviewed(page.report, view);
  }
}

function reviewed(report: ReviewReport, view: View): readonly Region[] {
  const { databases, findings } = report;
  const overview = html`<h2 class="unseen">Overview</h2>
    <div class="cards">${findingsCard(findings)}${queriesCard(report.summary)}</div>
    <div class="cards databases">${databaseCards(databases)}</div>`;
  const before: readonly Region[] = [...(databases.length === 0 ? [{ id: "notice", html: noDatabase(report) }] : []), { id: "overview", html: overview }];
  if (findings.length === 0) return databases.length === 0 ? before : [...before, { id: "nothing-found", html: nothingFound(report) }];
  const left = shown(findings, view);
  return [
    ...before,
    { id: "filter", html: filterBox("Filter findings", "Filter by message, file or rule", "findings") },
    { id: "severities", html: severityToggles(findings, view) },
    { id: "count", html: count(left.length, findings.length, view) },
    { id: "rules", html: ruleTable(findings, view) },
    { id: "findings", html: left.length === 0 ? noMatch : findingsList(left) },
  ];
}

function count(left: number, all: number, view: View): Html {
  const words = isFiltered(view) ? `${left} of ${plural(all, "finding")}` : plural(all, "finding");
  return html`<span role="status">${words}</span>${isFiltered(view) ? html`<button type="button" class="plain" id="clear" data-do="clear">Clear Filter</button>` : nothing}`;
}

const noMatch = html`<div class="no-match"><p>No finding matches the filter</p><button type="button" class="secondary" data-do="clear">Clear Filter</button></div>`;

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
