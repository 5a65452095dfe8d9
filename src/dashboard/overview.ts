// The cards at the top: how many findings, how much of the queries is understood, what the databases are made of.

import type { DatabaseReport, FindingReport, MigrationReport, ReviewReport } from "../protocol/report";
import { linePlace } from "./asks";
import { type Html, html, nothing } from "./html";
import { icon } from "./icons";
import { listed, numeral, plural, severities, severityName } from "./words";

/** Failed migrations that are listed at once; the rest unfolds. */
const mostFailures = 4;

export function findingsCard(findings: readonly FindingReport[]): Html {
  const files = new Set(findings.map(({ file }) => file)).size;
  const parts = severities.map((severity) => ({
    id: severity,
    name: `${severityName(severity)}s`,
    count: findings.filter((finding) => finding.severity === severity).length,
    mark: icon(severity),
  }));
  return card("findings-card", "Findings", html`<p class="lead"><span class="figure">${numeral(findings.length)}</span>${files === 0 ? "" : ` in ${plural(files, "file")}`}</p>${shares(parts)}`);
}

export function queriesCard({ queries, resolved, partial, unresolved, foreign, files }: ReviewReport["summary"]): Html {
  const parts = [
    { id: "resolved", name: "Resolved", count: resolved, meaning: "The SQL is known" },
    { id: "partial", name: "Partial", count: partial, meaning: "A part of the SQL is known" },
    { id: "unresolved", name: "Unresolved", count: unresolved, meaning: "The SQL is not known" },
    { id: "foreign", name: "Foreign", count: foreign, meaning: "SQL of another engine, left alone" },
  ].filter(({ id, count }) => count > 0 || id !== "foreign");
  return card(
    "queries-card",
    "Queries",
    html`<p class="lead"><span class="figure">${numeral(queries)}</span> in ${plural(files, "file")}</p>
      ${shares(parts.map((part) => ({ ...part, mark: html`<span class="key key-${part.id}"></span>` })))}`,
  );
}

export function databaseCards(databases: readonly DatabaseReport[]): Html {
  return html`${databases.map((database, at) => databaseCard(database, `database-${at}`))}`;
}

function databaseCard({ binding, migrationsDir, baseSchema, tables, indexes, views, triggers, migrations }: DatabaseReport, id: string): Html {
  const origin = [
    ...(migrationsDir === null ? [] : [html`Migrations in <code>${migrationsDir}</code>`]),
    ...(baseSchema === null ? [] : [html`${migrationsDir === null ? "Base" : "base"} schema <code>${baseSchema}</code>`]),
  ];
  const figures = [
    { name: "Tables", count: tables },
    { name: "Indexes", count: indexes },
    { name: "Views", count: views },
    { name: "Triggers", count: triggers },
  ];
  return card(
    id,
    html`${icon("database")}<span class="unseen">Database </span>${binding}`,
    html`<div class="sides"><div><p class="lead">${origin.length === 0 ? "Known by the tables that the code makes" : html`${origin.map((each, at) => html`${at === 0 ? "" : ", "}${each}`)}`}</p>
      <dl class="columns">${figures.map(({ name, count }) => html`<div><dt>${name}</dt><dd>${numeral(count)}</dd></div>`)}</dl></div>
      ${migrations.length === 0 ? nothing : html`<div>${migrationsPart(migrations, migrationsDir)}</div>`}</div>`,
  );
}

function migrationsPart(migrations: readonly MigrationReport[], dir: string | null): Html {
  const many = (status: MigrationReport["status"]): number => migrations.filter((migration) => migration.status === status).length;
  const failures = migrations.filter(({ status }) => status !== "applied");
  if (failures.length === 0) return html`<p class="migrations">${icon("check")}<span>${migrations.length === 1 ? "The migration applies" : `All ${numeral(migrations.length)} migrations apply`}</span></p>`;
  const counts = [
    `${numeral(many("applied"))} applied`,
    ...(many("partly") > 0 ? [`${numeral(many("partly"))} applied in part`] : []),
    ...(many("failed") > 0 ? [`${numeral(many("failed"))} failed`] : []),
  ];
  const list = (some: readonly MigrationReport[]): Html => html`<ul class="failures">${some.map((each) => failure(each, dir))}</ul>`;
  const rest = failures.slice(mostFailures);
  return html`<p class="migrations">${icon("error")}<span>${plural(migrations.length, "migration")}: ${listed(counts)}</span></p>
    ${list(failures.slice(0, mostFailures))}
    ${rest.length === 0 ? nothing : html`<details><summary>${numeral(rest.length)} more</summary>${list(rest)}</details>`}`;
}

/** The card has named the folder already. */
function failure({ file, line, error }: MigrationReport, dir: string | null): Html {
  const name = dir !== null && file.startsWith(`${dir}/`) ? file.slice(dir.length + 1) : file;
  return html`<li>${linePlace(file, line ?? 1, html`${name}${line === undefined ? "" : `:${line}`}`)}<span class="why">${error ?? "It fails"}</span></li>`;
}

interface Part {
  readonly id: string;
  readonly name: string;
  readonly count: number;
  readonly meaning?: string;
  readonly mark: Html;
}

/** The parts of a whole as a bar, and below it in figures. Widths are attributes, since the page allows no inline styles. */
function shares(parts: readonly Part[]): Html {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  let before = 0;
  const bars = parts.map(({ id, count }) => {
    const x = before;
    before += total === 0 ? 0 : (count / total) * 100;
    return count === 0 ? nothing : html`<rect class="share share-${id}" x="${x.toFixed(2)}%" width="${(before - x).toFixed(2)}%" height="100%"></rect>`;
  });
  const rows = parts.map(({ name, count, meaning, mark }) => html`<div title="${meaning ?? ""}" class="${count === 0 ? "none" : ""}"><dt>${mark}${name}</dt><dd>${numeral(count)}</dd></div>`);
  return html`<svg class="shares" aria-hidden="true">${bars}</svg><dl>${rows}</dl>`;
}

export function card(id: string, title: Html | string, content: Html): Html {
  return html`<section class="card" aria-labelledby="${id}-title"><h3 id="${id}-title">${title}</h3>${content}</section>`;
}
