// The statements of a migration: where, what, how many rows each changed, and how long it took and would take.

import type { DryRunStatementReport } from "../protocol/report";
import { linePlace } from "./asks";
import { type Html, html, nothing } from "./html";
import { foldedSql } from "./sql-text";
import { duration, numeral, plural } from "./words";

/** Statements that are listed at once; the rest unfolds. */
const mostAtOnce = 40;

interface Column {
  readonly title: string;
  readonly meaning?: string;
  readonly cell: (statement: DryRunStatementReport) => Html | string;
}

const figures: readonly Column[] = [
  { title: "Rows changed", cell: ({ rowsChanged }) => (rowsChanged === 0 ? "" : numeral(rowsChanged)) },
  { title: "Time", meaning: "On the rows of this run", cell: ({ ms }) => duration(ms) },
  { title: "In use", meaning: "About, on tables of the size that they have in use", cell: ({ estimate }) => (estimate === undefined ? "" : html`<span title="${`On ${plural(estimate.rows, "row")} of ${estimate.table}`}">${duration(estimate.ms)}<span class="of"> on ${numeral(estimate.rows)} rows of ${estimate.table}</span></span>`) },
  { title: "Billed", meaning: "Rows that D1 would count then, derived from plans, indexes and sizes", cell: ({ estimate }) => (estimate === undefined || estimate.rowsRead + estimate.rowsWritten === 0 ? "" : `${numeral(estimate.rowsRead)} read, ${numeral(estimate.rowsWritten)} written`) },
];

export function statementTable(file: string, statements: readonly DryRunStatementReport[], id: string): Html {
  if (statements.length === 0) return nothing;
  // A column that says nothing of any statement is left out.
  const columns = figures.filter(({ cell }) => statements.some((statement) => cell(statement) !== ""));
  const rest = statements.slice(mostAtOnce);
  const table = (some: readonly DryRunStatementReport[], first: number): Html => tableHtml(columns, some.map((statement, at) => row(columns, file, statement, `${id}-sql-${first + at}`)));
  return html`${table(statements.slice(0, mostAtOnce), 0)}${rest.length === 0 ? nothing : html`<details id="${id}-statements" class="more-rows"><summary>${plural(rest.length, "statement")} more</summary>${table(rest, mostAtOnce)}</details>`}`;
}

function tableHtml(columns: readonly Column[], rows: readonly Html[]): Html {
  const heads = columns.map(({ title, meaning }) => html`<th scope="col" class="number" title="${meaning ?? ""}">${title}</th>`);
  return html`<table class="grid statements"><thead><tr><th scope="col">Line</th><th scope="col">Statement</th>${heads}</tr></thead><tbody>${rows}</tbody></table>`;
}

function row(columns: readonly Column[], file: string, statement: DryRunStatementReport, id: string): Html {
  const cells = columns.map(({ title, cell }) => {
    const content = cell(statement);
    return html`<td class="number" data-label="${title}">${content}</td>`;
  });
  return html`<tr><td class="line">${linePlace(file, statement.line, html`<span class="unseen">line </span>${statement.line}`)}</td><td class="what">${sqlHtml(statement, id)}</td>${cells}</tr>`;
}

/** One line; all of it, and how SQLite goes about it, unfolds. */
function sqlHtml({ sql, plan }: DryRunStatementReport, id: string): Html {
  const more = plan === undefined ? nothing : html`<p class="plan-title">How SQLite goes about it</p><pre class="plan">${plan.map(({ detail, depth }) => `${"  ".repeat(depth)}${detail}`).join("\n")}</pre>`;
  return foldedSql(sql, id, more);
}
