// The page of a validation: the verdict on every migration, and what it rests on.

import type { ValidationPage } from "../protocol/pages";
import type { ValidateReport } from "../protocol/report";
import { linePlace, rowAction } from "./asks";
import { type Html, html, nothing, prose } from "./html";
import { noDatabaseNotice, notice } from "./notices";
import type { Region } from "./region";
import { runActions, runHeading, runNotice } from "./run-heading";
import { tally, verdictMark, worstFirst } from "./verdicts";
import { duration, listed, plural } from "./words";

type Verdict = ValidateReport["migrations"][number];

/** In the skeleton of a run's page. */
export function validationRegions({ state, found }: ValidationPage): readonly Region[] {
  const hasEarlier = found !== null;
  return [
    runHeading({ title: "Migrations", kicker: "Validation", state, hasEarlier }),
    runActions(state, [], found !== null && found.length > 0),
    ...runNotice(state, hasEarlier),
    ...(found === null ? [] : found.length === 0 ? [{ id: "notice", html: noDatabaseNotice(nothing) }] : [{ id: "report", html: reportHtml(found) }]),
  ];
}

function reportHtml(found: NonNullable<ValidationPage["found"]>): Html {
  return html`${found.map(({ folder, folderName, report: { migrations } }, at) => {
    const body = migrations.length === 0 ? none : html`<p class="lead">${plural(migrations.length, "migration")}, each run on made-up rows</p>${tally(migrations.map(({ verdict }) => verdict))}${verdictTable(migrations, `folder-${at}`)}${grades}`;
    return html`<section data-folder="${folder}" aria-label="${folderName}">${found.length > 1 ? html`<h2 class="folder-name">${folderName}</h2>` : nothing}${body}</section>`;
  })}`;
}

const none = notice("database", "No migration to validate", html`<p>The migrations folder is empty, or none is named by <code>migrations_dir</code> in the wrangler file.</p>`);

const grades = html`<dl class="grades">
  <div><dt>exact</dt><dd>Up and down give back the same schema and the same rows</dd></div>
  <div><dt>structure</dt><dd>Some rows or columns cannot come back</dd></div>
  <div><dt>irreversible</dt><dd>It needs an export or a Time Travel bookmark first</dd></div></dl>`;

function verdictTable(migrations: readonly Verdict[], id: string): Html {
  return html`<div class="block"><table class="grid verdicts" aria-label="Verdicts">
      <thead><tr><th scope="col">Migration</th><th scope="col">Verdict</th><th scope="col">Why</th><th scope="col">Findings</th><th scope="col" class="number" title="Queries of the code that fail after it">Queries broken</th><th scope="col">Rollback</th><th scope="col" class="number" title="About, on tables of the size that they have in use">In use</th><th scope="col"><span class="unseen">Actions</span></th></tr></thead>
      <tbody>${worstFirst(migrations).map((migration, at) => row(migration, `${id}-${at}`))}</tbody></table></div>`;
}

function row({ file, verdict, because, line, rollback, errors, warnings, breaks, estimatedMs }: Verdict, id: string): Html {
  const findings = listed([...(errors > 0 ? [plural(errors, "error")] : []), ...(warnings > 0 ? [plural(warnings, "warning")] : [])]);
  return html`<tr class="${verdict}"><td data-label="Migration">${linePlace(file, line ?? 1, html`${file.slice(file.lastIndexOf("/") + 1)}${line === undefined ? "" : `:${line}`}`)}</td>
      <td data-label="Verdict">${verdictMark(verdict)}</td>
      <td data-label="Why" class="wide">${because === undefined ? nothing : prose(because)}</td>
      <td data-label="Findings">${findings}</td>
      <td data-label="Queries broken" class="number">${breaks === 0 ? "" : breaks}</td>
      <td data-label="Rollback"><span class="grade grade-${rollback ?? "none"}">${rollback ?? "none"}</span></td>
      <td data-label="In use" class="number">${verdict === "fails" ? "" : duration(estimatedMs)}</td>
      <td class="row-action">${rowAction({ kind: "dryRun", file }, `${id}-dry-run`, html`Dry-Run<span class="unseen"> ${file}</span>`)}</td></tr>`;
}
