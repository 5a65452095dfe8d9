// Every place where SQL is executed, with its statements, their plans, and its loop.

import type { FileResult } from "../analysis/analysis";
import type { JudgedSite, JudgedStatement } from "../analysis/file-review";
import { planLines } from "../rules/index-advice";
import { LineIndex } from "../text/line-index";
import type { QueriesReport, QueryReport, StatementReport } from "./report";

export function queriesReport(results: Iterable<FileResult>): QueriesReport {
  const queries: QueryReport[] = [];
  for (const { file, review } of results) {
    if (review === undefined || review.sites.length === 0) continue;
    const lines = new LineIndex(file.text);
    for (const site of review.sites) queries.push(queryReport(file.path, lines, site));
  }
  return { version: 1, queries };
}

function queryReport(path: string, lines: LineIndex, judged: JudgedSite): QueryReport {
  const { site, status, statements, loops } = judged;
  const place = lines.place(site.name.start);
  const loop = loops[0];
  return {
    file: path,
    line: place.line,
    column: place.column,
    function: site.functionName ?? null,
    database: status === "foreign" ? null : (statements[0]?.database?.model.source.binding ?? null),
    via: `${site.receiver}.${site.method}`,
    status,
    ...(site.sql.why === undefined ? {} : { why: site.sql.why }),
    statements: statements.map(statementReport),
    loop: loop === undefined ? null : { line: loop.line, verdict: loop.verdict },
  };
}

function statementReport({ fact, verdict }: JudgedStatement): StatementReport {
  const { statement } = fact;
  const sql = statement.text.trim();
  if (!statement.ok) return { sql, ok: false, error: statement.message, plan: [] };
  if (verdict === undefined) return { sql, ok: true, plan: [] };
  if (!("plan" in verdict)) return { sql, ok: false, error: verdict.message, plan: [] };
  return { sql, ok: true, plan: planLines(verdict.plan), rowsRead: verdict.rowsRead };
}
