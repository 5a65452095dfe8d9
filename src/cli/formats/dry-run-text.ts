// A dry run for the terminal: for each migration its verdict first, then what it does to rows, schema and queries.

import type { DryRunReport, LostRowsReport, MigrationDryRunReport } from "../../protocol/report";
import type { Colors } from "../colors";
import { highlightNames, severityColor } from "../colors";
import { count, duration, grouped, oneLine, plain } from "../words";
import type { Style } from "./style";

const MOST_SHOWN = 12;
/** A statement quicker than this needs no line. */
const LEAST_MS = 100;
/** Fewer rows written cost less than a cent. */
const LEAST_ROWS = 10_000;
const CALL_MS = 30_000;

export function dryRunText({ data, migrations }: DryRunReport, style: Style): string {
  const { colors } = style;
  const lines = migrations.flatMap((migration) => [...migrationLines(migration, style), ""]);
  const bad = migrations.filter((migration) => verdictOf(migration).isBad).length;
  const end = migrations.length === 0 ? "No migration to run" : `${count(migrations.length, "migration")} run on ${plain(data)}; ${bad === 0 ? "none fails, loses rows by itself, or breaks a query" : `${count(bad, "migration")} not safe`}`;
  return `${[...lines, end, colors.dim("Nothing was applied, and no database was written to. Times are those of this machine.")].join("\n")}\n`;
}

interface Verdict {
  readonly word: string;
  readonly isBad: boolean;
}

function verdictOf({ ok, lost, breaks, risk }: MigrationDryRunReport): Verdict {
  if (!ok) return { word: "fails", isBad: true };
  if (lost.some(({ stated }) => !stated)) return { word: "loses rows", isBad: true };
  if (breaks.length > 0) return { word: `breaks ${count(breaks.length, "query", "queries")}`, isBad: true };
  return { word: risk === undefined ? "runs" : "runs, but not on all data", isBad: false };
}

function migrationLines(migration: MigrationDryRunReport, style: Style): readonly string[] {
  const { colors, path, width } = style;
  const { file, error, risk, lost, schema, breaks, findings, saidByBreaks = [], rows } = migration;
  const { word, isBad } = verdictOf(migration);
  const place = (line: number): string => `${plain(path(file))}:${line}`;
  const lostTables = new Set(lost.map(({ table }) => table));
  const moved = rows.filter(({ table, before, after }) => before !== after && !lostTables.has(table));
  return [
    `${colors.bold(plain(path(file)))}  ${(isBad ? colors.red : risk === undefined ? colors.green : colors.yellow)(word)}`,
    ...(error === undefined ? [] : [`  ${place(error.line)}  ${colors.red(plain(error.message))}`, `    ${oneLine(error.statement, width - 4)}`]),
    ...lost.map((loss) => `  ${lossText(loss, colors)}${loss.line === undefined ? "" : colors.dim(`  ${place(loss.line)}`)}`),
    ...moved.map(({ table, before, after }) => `  ${plain(table)}: ${grouped(before)} → ${count(after, "row")}`),
    ...(risk === undefined ? [] : [`  ${colors.yellow("depends on the data")}: ${plain(risk.message)}${colors.dim(`  ${place(risk.line)}`)}`]),
    ...shown(schema.map(({ change, object, detail }) => `  ${sign(change, colors)} ${plain(object)}  ${colors.dim(oneLine(detail, Math.max(20, width - object.length - 8)))}`)),
    ...timeLines(migration, style, place),
    ...shown(breaks.map((broken) => `  ${colors.red("breaks")} ${plain(path(broken.file))}:${broken.line}  ${plain(broken.error)}`)),
    ...shown(findings.filter(({ fingerprint }) => !saidByBreaks.includes(fingerprint)).map(({ rule, severity, message, range }) => `  ${severityColor(colors, severity)(severity)} ${place(range.start.line)}  ${highlightNames(colors, plain(message))} ${colors.dim(rule)}`)),
  ];
}

function shown(lines: readonly string[]): readonly string[] {
  return lines.length <= MOST_SHOWN ? lines : [...lines.slice(0, MOST_SHOWN), `  and ${grouped(lines.length - MOST_SHOWN)} more; --format json has all of them`];
}

function lossText({ table, before, after, lost, column, cause, stated }: LostRowsReport, colors: Colors): string {
  const what = column === undefined ? `${plain(table)}: ${grouped(before)} → ${count(after, "row")}` : `${plain(table)}.${plain(column)}: ${count(lost, "value")} gone`;
  return `${(stated ? colors.yellow : colors.red)(what)}  ${plain(cause)}`;
}

function sign(change: "added" | "dropped" | "changed", colors: Colors): string {
  return change === "added" ? colors.green("+") : change === "dropped" ? colors.red("-") : colors.yellow("~");
}

function timeLines({ ms, estimatedMs, estimatedRows, statements }: MigrationDryRunReport, { colors }: Style, place: (line: number) => string): readonly string[] {
  const slow = statements.flatMap(({ line, estimate }) => (estimate === undefined || (estimate.ms < LEAST_MS && estimate.rowsWritten < LEAST_ROWS) ? [] : [`    ${place(line)}  about ${duration(estimate.ms)} on ${count(estimate.rows, "row")} of ${plain(estimate.table)}, ${billed({ read: estimate.rowsRead, written: estimate.rowsWritten })}`]));
  const total = estimatedMs < LEAST_MS ? "" : `, about ${(estimatedMs > CALL_MS ? colors.red : colors.yellow)(duration(estimatedMs))} on tables of the size that they have in use${estimatedMs > CALL_MS ? "; D1 ends a call after 30 s" : ""}`;
  return [colors.dim(`  ${ms < 10 ? `${ms.toFixed(1)} ms` : duration(ms)} here`) + total, ...(estimatedRows.written < LEAST_ROWS ? [] : [`  ${billed(estimatedRows)} on D1, derived`]), ...slow];
}

function billed({ read, written }: { readonly read: number; readonly written: number }): string {
  return `about ${count(read, "row")} read and ${grouped(written)} written`;
}
