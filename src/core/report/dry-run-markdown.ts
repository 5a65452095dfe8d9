// A dry run as a document: to be read in the editor, or kept beside a pull request.

import type { DryRunReport, MigrationDryRunReport } from "./migration-reports";
import { code, fenced, place, table } from "./markdown-text";

export function dryRunMarkdown({ data, migrations }: DryRunReport): string {
  const several = migrations.length > 1;
  return [
    `# Dry run${several || migrations.length === 0 ? "" : ` of ${migrations[0]!.file.split("/").at(-1)}`}`,
    "",
    migrations.length === 0 ? "There was no migration to run." : `Run on ${data}. Nothing was applied.`,
    "",
    ...(several ? [...overview(migrations), ""] : []),
    ...migrations.flatMap((migration) => chapter(migration, several)),
  ].join("\n");
}

function overview(migrations: readonly MigrationDryRunReport[]): readonly string[] {
  return table(
    ["migration", "verdict", "rows lost", "queries broken", "time in use"],
    migrations.map((migration) => [
      code(migration.file),
      verdict(migration),
      migration.lost.map(({ table: name, before, after, column }) => `${code(name)} ${column === undefined ? `${before} → ${after}` : `(${code(column)})`}`).join(", "),
      migration.breaks.length === 0 ? "" : String(migration.breaks.length),
      time(migration.estimatedMs),
    ]),
  );
}

function verdict({ ok, lost, breaks, risk }: MigrationDryRunReport): string {
  if (!ok) return "**fails**";
  if (lost.some(({ stated }) => !stated)) return "**loses rows**";
  if (breaks.length > 0) return "**breaks queries**";
  return risk === undefined ? "runs" : "runs, but not on all data";
}

function chapter(migration: MigrationDryRunReport, several: boolean): readonly string[] {
  const { file, error, risk, lost, rows, schema, breaks, findings, saidByBreaks = [], statements, estimatedMs, estimatedRows } = migration;
  const part = (title: string, body: readonly string[]): readonly string[] => (body.length === 0 ? [] : [`${several ? "###" : "##"} ${title}`, "", ...body, ""]);
  return [
    ...(several ? [`## ${file.split("/").at(-1)}`, "", `${verdict(migration)} — ${place(file, 1)}`, ""] : [`Verdict: ${verdict(migration)} — ${place(file, 1)}`, ""]),
    ...part("Why it fails", error === undefined ? [] : [`${place(file, error.line)}: ${error.message}`, "", fenced("sql", error.statement)]),
    ...part("What depends on the data", risk === undefined ? [] : [`It runs on plain rows. On rows that the constraints allow (NULLs, the same value twice, text in a number) it fails at ${place(file, risk.line)}: ${risk.message}`]),
    ...part("Rows and values lost", lost.map(({ table: name, before, after, lost: gone, column, cause, line }) => `- ${column === undefined ? `${code(name)}: ${before} → ${after} rows` : `${code(`${name}.${column}`)}: ${gone} ${gone === 1 ? "value" : "values"}`}. ${cause}${line === undefined ? "" : ` (${place(file, line)})`}`)),
    ...part("Rows", rows.length === 0 ? [] : table(["table", "before", "after"], rows.map(({ table: name, now, before, after }) => [now === undefined ? code(name) : `${code(name)} → ${code(now)}`, String(before), before === after ? String(after) : `**${after}**`]))),
    ...part("Schema", schema.map(({ change, object, detail }) => `- ${change} ${code(object)}: ${detail.length > 0 ? code(detail) : ""}`)),
    ...part("Queries that break", breaks.map((broken) => `- ${place(broken.file, broken.line)}: ${broken.error}`)),
    ...part("Findings", findings.filter(({ fingerprint }) => !saidByBreaks.includes(fingerprint)).map(({ severity, range, message, rule }) => `- ${severity} ${place(file, range.start.line)}: ${message} (${code(rule)})`)),
    ...part("Statements", statementTable(statements, file)),
    ...(estimatedRows.read + estimatedRows.written === 0 ? [] : [`D1 would bill about ${grouped(estimatedRows.read)} rows read and ${grouped(estimatedRows.written)} rows written, derived from plans, indexes and sizes, without what triggers and foreign keys do.`, ""]),
    ...(estimatedMs >= 100 ? [`On tables of the size that they have in use it takes about ${time(estimatedMs)}, by times of this machine; D1 ends a call after 30 seconds.`, ""] : []),
  ];
}

function statementTable(statements: MigrationDryRunReport["statements"], file: string): readonly string[] {
  if (statements.length === 0) return [];
  return table(
    ["place", "statement", "rows changed", "time", "in use", "billed"],
    statements.map(({ line, sql, rowsChanged, ms, estimate }) => [place(file, line), code(short(sql)), rowsChanged === 0 ? "" : String(rowsChanged), time(ms), estimate === undefined ? "" : `${time(estimate.ms)} (${grouped(estimate.rows)} rows of ${code(estimate.table)})`, estimate === undefined ? "" : `${grouped(estimate.rowsRead)} read, ${grouped(estimate.rowsWritten)} written`]),
  );
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function short(sql: string): string {
  const text = sql.replace(/\s+/g, " ").trim();
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}

function time(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
