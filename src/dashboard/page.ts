// The page: a report and what the user chose to see, as HTML in named regions. Pure; a region whose HTML is the same as
// before need not be drawn again.

import type { DashboardPage } from "../protocol/dashboard";
import type { ReviewReport } from "../protocol/report";
import { findingsList, ruleTable, severityToggles } from "./findings";
import { type Html, html, nothing, prose } from "./html";
import { icon } from "./icons";
import { databaseCards, findingsCard, queriesCard } from "./overview";
import { isFiltered, shown, type View } from "./view";
import { listed, plural } from "./words";

export interface Region {
  readonly id: string;
  readonly html: Html;
}

/** Where the regions stand; drawn once. */
export const skeleton = html`<header id="heading"></header>
  <div id="notice"></div>
  <section id="overview" aria-label="Overview"></section>
  <div id="nothing-found"></div>
  <div class="tools" role="search" aria-label="Findings"><div id="filter"></div><div id="severities"></div><div id="count"></div></div>
  <div class="results"><section id="rules" aria-label="Rules"></section><section id="findings" aria-label="Findings"></section></div>`;

/** The text of the filter box is the script's to set: drawing the box again would take the cursor from it. */
export function regions(page: DashboardPage, view: View): readonly Region[] {
  return [{ id: "heading", html: heading(page) }, ...body(page, view)];
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
    { id: "filter", html: filterBox },
    { id: "severities", html: severityToggles(findings, view) },
    { id: "count", html: count(left.length, findings.length, view) },
    { id: "rules", html: ruleTable(findings, view) },
    { id: "findings", html: left.length === 0 ? noMatch : findingsList(left) },
  ];
}

function heading(page: DashboardPage): Html {
  return html`<h1>${page.folderName}<span class="kicker">Database health</span></h1>
    <p class="reviewed" role="status">${progress(page)}</p>
    ${page.kind === "waiting" ? nothing : html`<button type="button" class="secondary" id="review" data-do="review">${icon("refresh")}Review Again</button>`}`;
}

function progress(page: DashboardPage): Html {
  switch (page.kind) {
    case "waiting":
      return html`${spinner}Reviewing schema and queries…`;
    case "failed":
      return nothing;
    case "reviewed": {
      if (page.working) return html`${spinner}Reviewing again…`;
      const time = new Date(page.reviewedAt).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
      return html`Reviewed <time datetime="${page.reviewedAt}">${time}</time>`;
    }
  }
}

const spinner = html`<span class="spinner" aria-hidden="true"></span>`;

const filterBox = html`<label class="search" for="filter-text"><span class="unseen">Filter findings</span>${icon("search")}
    <input id="filter-text" type="text" placeholder="Filter by message, file or rule" autocomplete="off" spellcheck="false" aria-controls="findings" /></label>`;

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
  return notice(
    "database",
    "No database found",
    html`${seen}<p>Plumbline knows a database by any one of these; add what is true of this project:</p>
      <ul>
        <li><code>d1_databases</code> in <code>wrangler.toml</code>, <code>wrangler.json</code> or <code>wrangler.jsonc</code></li>
        <li>a folder <code>migrations</code> with <code>.sql</code> files</li>
        <li>a file <code>schema.sql</code></li>
        <li><code>databases</code> in <code>plumbline.json</code>, where the folders have other names</li>
      </ul>`,
  );
}

function nothingFound({ databases, summary }: ReviewReport): Html {
  const tables = databases.reduce((sum, database) => sum + database.tables, 0);
  const migrations = databases.reduce((sum, database) => sum + database.migrations.length, 0);
  const against = listed([plural(tables, "table"), ...(migrations > 0 ? [plural(migrations, "migration")] : [])]);
  return notice("check", "Nothing found", html`<p>Reviewed ${plural(summary.queries, "query", "queries")} in ${plural(summary.files, "file")} against ${against}</p>`);
}

function notice(kind: "error" | "database" | "check", title: string, content: Html): Html {
  return html`<div class="notice notice-${kind}">${icon(kind)}<div><h2>${title}</h2>${content}</div></div>`;
}
