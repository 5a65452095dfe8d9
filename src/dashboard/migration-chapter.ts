// What a dry run says of one migration, the worst first: why it fails, the rows it loses, the queries it breaks.

import type { MigrationDryRunReport } from "../protocol/report";
import { action, linePlace } from "./asks";
import { finding } from "./findings";
import { type Html, html, nothing, prose } from "./html";
import { icon } from "./icons";
import { rowChanges } from "./row-changes";
import { schemaChanges } from "./schema-changes";
import { statementTable } from "./statement-table";
import { duration, plural } from "./words";

/** `id` is the id of the element that it stands in. */
export function chapter(migration: MigrationDryRunReport, id: string): Html {
  const { file, error, risk, rows, lost, breaks, findings, saidByBreaks = [], schema, statements } = migration;
  const others = findings.filter(({ fingerprint }) => !saidByBreaks.includes(fingerprint));
  return html`${facts(migration, id)}
    ${error === undefined ? nothing : failure("error", "It fails here", file, error)}
    ${risk === undefined ? nothing : failure("warning", "It depends on the data: it fails here on rows that the constraints allow, such as NULLs or the same value twice", file, risk)}
    ${block(breaks.length === 0 ? nothing : html`<ul class="broken">${breaks.map((broken, at) => brokenQuery(broken, `${id}-break-${at}`))}</ul>`, "Queries that break", breaks.length)}
    ${block(rowChanges(file, rows, lost, id), "Rows", undefined)}
    ${block(others.length === 0 ? nothing : html`<ul>${others.map(finding)}</ul>`, "Findings", others.length)}
    ${block(schemaChanges(schema), "Schema", schema.length)}
    ${block(statementTable(file, statements, id), "Statements", statements.length)}`;
}

function facts({ file, database, ok, ms, estimatedMs }: MigrationDryRunReport, id: string): Html {
  return html`<div class="facts"><dl>
      <div><dt>Migration</dt><dd>${linePlace(file, 1, html`${file}`)}</dd></div>
      <div><dt>Database</dt><dd>${database}</dd></div>
      <div><dt>Ran in</dt><dd>${duration(ms)}</dd></div>
      ${ok ? html`<div title="On tables of the size that they have in use, by times of this machine. D1 ends a call after 30 seconds."><dt>In use, about</dt><dd class="${estimatedMs > callMs ? "too-long" : ""}">${duration(estimatedMs)}</dd></div>` : nothing}
    </dl><div class="actions">
      ${action({ kind: "open", file, range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } }, `${id}-open`, "Open Migration")}
      ${ok ? action({ kind: "rollback", file }, `${id}-rollback`, "Create Rollback") : nothing}
    </div></div>`;
}

/** D1 ends a call after this time. */
const callMs = 30_000;

function failure(kind: "error" | "warning", title: string, file: string, { message, line, statement }: NonNullable<MigrationDryRunReport["error"]>): Html {
  return html`<div class="failure failure-${kind}">${icon(kind)}<div><h3>${title}</h3>
      <p>${linePlace(file, line, html`${file}:${line}`)}<span class="message">${message}</span></p>
      ${statement === "" ? nothing : html`<pre class="sql">${statement}</pre>`}</div></div>`;
}

function brokenQuery({ file, line, error, sql }: MigrationDryRunReport["breaks"][number], id: string): Html {
  return html`<li>${icon("error")}<div><p>${linePlace(file, line, html`${file}:${line}`)}<span class="message">${prose(error)}</span></p>
      <details id="${id}"><summary>SQL</summary><pre class="sql">${sql}</pre></details></div></li>`;
}

function block(content: Html, title: string, count: number | undefined): Html {
  if (content === nothing) return nothing;
  return html`<section class="block"><h3>${title}${count === undefined ? nothing : html` <span class="badge" aria-label="${plural(count, "entry", "entries")}">${count}</span>`}</h3>${content}</section>`;
}
