// The cards at the top: how many findings, how much of the queries is understood, what the databases are made of.

import type { DatabaseReport, FindingReport, MigrationReport, ReviewReport } from "../protocol/report";
import { type Html, html, nothing } from "./html";
import { icon } from "./icons";
import { place } from "./place";
import { listed, numeral, plural, severities, severityName } from "./words";

/** Failed migrations that are listed at once; the rest unfolds. */
const mostFailures = 4;

export function findingsCard(findings: readonly FindingReport[]): Html {
  const rows = severities.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    const name = severityName(severity);
    return html`<li class="tally${count === 0 ? " none" : ""}">${icon(severity)}<span class="figure">${numeral(count)}</span> ${count === 1 ? name : `${name}s`}</li>`;
  });
  return card("findings-card", "Findings", html`<ul class="tallies">${rows}</ul>`);
}

export function queriesCard({ queries, resolved, partial, unresolved, foreign, files }: ReviewReport["summary"]): Html {
  const parts = [
    { name: "resolved", count: resolved, meaning: "the SQL is known" },
    { name: "partial", count: partial, meaning: "a part of the SQL is known" },
    { name: "unresolved", count: unresolved, meaning: "the SQL is made at run time" },
    { name: "foreign", count: foreign, meaning: "SQL of another engine, left alone" },
  ].filter(({ name, count }) => count > 0 || name !== "foreign");
  return card(
    "queries-card",
    "Queries",
    html`<p class="lead"><span class="figure">${numeral(queries)}</span> in ${plural(files, "file")}</p>
      ${queries === 0 ? nothing : shares(parts, queries)}
      <dl>${parts.map(({ name, count, meaning }) => html`<div title="${meaning}"><dt><span class="key key-${name}"></span>${name}</dt><dd>${numeral(count)}</dd></div>`)}</dl>`,
  );
}

export function databaseCards(databases: readonly DatabaseReport[]): Html {
  return html`${databases.map((database, at) => databaseCard(database, `database-${at}`))}`;
}

function databaseCard({ binding, migrationsDir, baseSchema, tables, indexes, views, triggers, migrations }: DatabaseReport, id: string): Html {
  const origin = [
    ...(migrationsDir === null ? [] : [html`migrations in <code>${migrationsDir}</code>`]),
    ...(baseSchema === null ? [] : [html`base schema <code>${baseSchema}</code>`]),
  ];
  const figures = [
    { name: "tables", count: tables },
    { name: "indexes", count: indexes },
    { name: "views", count: views },
    { name: "triggers", count: triggers },
  ];
  return card(
    id,
    html`<span class="unseen">Database </span>${binding}`,
    html`<p class="lead">${origin.length === 0 ? "known by the tables that the code makes" : html`${origin.map((each, at) => html`${at === 0 ? "" : ", "}${each}`)}`}</p>
      <dl class="columns">${figures.map(({ name, count }) => html`<div><dt>${name}</dt><dd>${numeral(count)}</dd></div>`)}</dl>
      ${migrations.length === 0 ? nothing : migrationsPart(migrations)}`,
  );
}

function migrationsPart(migrations: readonly MigrationReport[]): Html {
  const many = (status: MigrationReport["status"]): number => migrations.filter((migration) => migration.status === status).length;
  const failures = migrations.filter(({ status }) => status !== "applied");
  if (failures.length === 0) return html`<p class="migrations">${icon("check")}<span>${migrations.length === 1 ? "The migration applies" : `All ${numeral(migrations.length)} migrations apply`}</span></p>`;
  const counts = [
    `${numeral(many("applied"))} applied`,
    ...(many("partly") > 0 ? [`${numeral(many("partly"))} applied in part`] : []),
    ...(many("failed") > 0 ? [`${numeral(many("failed"))} failed`] : []),
  ];
  const rest = failures.slice(mostFailures);
  return html`<p class="migrations">${icon("error")}<span>${plural(migrations.length, "migration")}: ${listed(counts)}</span></p>
    <ul class="failures">${failures.slice(0, mostFailures).map(failure)}</ul>
    ${rest.length === 0 ? nothing : html`<details><summary>${numeral(rest.length)} more</summary><ul class="failures">${rest.map(failure)}</ul></details>`}`;
}

function failure({ file, line, error }: MigrationReport): Html {
  const start = { line: line ?? 1, column: 1 };
  return html`<li>${place(file, { start, end: start }, html`${file}${line === undefined ? "" : `:${line}`}`)}<span class="why">${error ?? "It fails"}</span></li>`;
}

/** A bar; its figures stand below it. Widths are attributes, since the page allows no inline styles. */
function shares(parts: readonly { readonly name: string; readonly count: number }[], total: number): Html {
  let before = 0;
  const bars = parts.map(({ name, count }) => {
    const x = before;
    before += (count / total) * 100;
    return count === 0 ? nothing : html`<rect class="share share-${name}" x="${x.toFixed(2)}%" width="${(before - x).toFixed(2)}%" height="100%"></rect>`;
  });
  return html`<svg class="shares" aria-hidden="true">${bars}</svg>`;
}

function card(id: string, title: Html | string, content: Html): Html {
  return html`<section class="card" aria-labelledby="${id}-title"><h3 id="${id}-title">${title}</h3>${content}</section>`;
}
