// The page of a dry run: what each migration would do. One migration is shown at once; of several there is a table first,
// and those that are safe stay folded.

import type { DryRunPage } from "../protocol/pages";
import type { MigrationDryRunReport } from "../protocol/report";
import { action } from "./asks";
import { type Html, html, nothing, prose } from "./html";
import { chapter } from "./migration-chapter";
import { noDatabaseNotice, notice } from "./notices";
import type { Region } from "./region";
import { runActions, runHeading, runNotice } from "./run-heading";
import { tally, verdictMark, worstFirst } from "./verdicts";
import { duration, numeral, plural } from "./words";

/** In the skeleton of a run's page. */
export function dryRunRegions(page: DryRunPage): readonly Region[] {
  const { subject, state, found } = page;
  const hasEarlier = found !== null;
  return [
    runHeading({ title: subject, kicker: "Dry run", state, hasEarlier }),
    runActions(state, otherRows(page), found !== null && found.length > 0),
    ...runNotice(state, hasEarlier),
    ...(found === null ? [] : found.length === 0 ? [{ id: "notice", html: noDatabaseNotice(nothing) }] : [{ id: "report", html: reportHtml(found) }]),
  ];
}

function otherRows({ data, hasLocal }: DryRunPage): readonly Html[] {
  if (data === "local") return [action({ kind: "run", data: "seeded" }, "rows", "Run on Made-Up Rows")];
  return hasLocal ? [action({ kind: "run", data: "local" }, "rows", "Run on a Copy of the Local Database")] : [];
}

function reportHtml(found: NonNullable<DryRunPage["found"]>): Html {
  const isAlone = found.reduce((sum, { report }) => sum + report.migrations.length, 0) === 1;
  return html`${found.map(({ folder, folderName, report: { data, migrations } }, at) => {
    const idOf = (index: number): string => `migration-${at}-${index}`;
    const body = migrations.length === 0 ? noneToRun : html`<p class="lead">Run on ${data}</p>${isAlone ? nothing : overview(migrations, idOf)}${migrations.map((migration, index) => (isAlone ? alone(migration, idOf(index)) : folded(migration, idOf(index))))}`;
    return html`<section data-folder="${folder}" aria-label="${folderName}">${found.length > 1 ? html`<h2 class="folder-name">${folderName}</h2>` : nothing}${body}</section>`;
  })}`;
}

const noneToRun = notice("check", "No migration to run", html`<p>The local database has all migrations. Name a migration, or choose all of them, to run what is applied already.</p>`);

function alone(migration: MigrationDryRunReport, id: string): Html {
  return html`<article id="${id}" class="migration"><p class="judged">${verdictMark(migration.verdict)}${because(migration)}</p>${chapter(migration, id)}</article>`;
}

function folded(migration: MigrationDryRunReport, id: string): Html {
  return html`<details id="${id}" class="migration"${migration.verdict === "safe" ? nothing : html` open`}>
      <summary><h2>${nameOf(migration.file)}</h2>${verdictMark(migration.verdict)}</summary>
      ${migration.because === undefined ? nothing : html`<p class="judged">${because(migration)}</p>`}${chapter(migration, id)}</details>`;
}

function because({ because: reason }: MigrationDryRunReport): Html {
  return html`<span>${reason === undefined ? "It runs, loses no row and breaks no query" : prose(reason)}</span>`;
}

function overview(migrations: readonly MigrationDryRunReport[], idOf: (index: number) => string): Html {
  const ids = new Map(migrations.map((migration, index) => [migration, idOf(index)]));
  const rows = worstFirst(migrations).map((migration) => {
    const { file, verdict, lost, breaks, estimatedMs } = migration;
    const losing = lost.filter(({ stated }) => !stated).length;
    return html`<tr><td data-label="Migration"><button type="button" class="link" data-do="jump" data-to="${ids.get(migration) ?? ""}">${nameOf(file)}</button></td>
      <td data-label="Verdict">${verdictMark(verdict)}</td>
      <td data-label="Why" class="wide">${migration.because === undefined ? nothing : prose(migration.because)}</td>
      <td data-label="Losses" class="number">${losing === 0 ? nothing : numeral(losing)}</td>
      <td data-label="Queries broken" class="number">${breaks.length === 0 ? nothing : numeral(breaks.length)}</td>
      <td data-label="In use" class="number">${duration(estimatedMs)}</td></tr>`;
  });
  return html`${tally(migrations.map(({ verdict }) => verdict))}
    <div class="block"><table class="grid" aria-label="${plural(migrations.length, "migration")}">
      <thead><tr><th scope="col">Migration</th><th scope="col">Verdict</th><th scope="col">Why</th><th scope="col" class="number">Losses</th><th scope="col" class="number">Queries broken</th><th scope="col" class="number" title="About, on tables of the size that they have in use">In use</th></tr></thead>
      <tbody>${rows}</tbody></table></div>`;
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
