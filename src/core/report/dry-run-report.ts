// A dry run as plain data: what `dry-run --format json` prints and every other format is made from.

import type { BrokenQuery } from "../migration/broken-queries";
import type { DryRun } from "../migration/dry-run";
import type { Loss } from "../migration/losses";
import { touchedTables } from "../migration/touched-tables";
import { planTree } from "../planner/plan";
import { breaksQueries } from "../rules/breaks-queries";
import type { Finding } from "../rules/finding";
import { planLines } from "../rules/index-advice";
import type { Failed } from "../schema/world";
import type { DryRunStatementReport, LostRowsReport, MigrationDryRunReport } from "./migration-reports";
import type { FindingReport } from "./report";
import { findingReports } from "./review-report";
import type { LineIndexes } from "./review-report";
import { judged } from "./validate-report";

export interface DryRunFacts {
  readonly database: string;
  readonly breaks: readonly BrokenQuery[];
  /** Of the migration's file. */
  readonly findings: readonly Finding[];
}

export function dryRunReport(dryRun: DryRun, { database, breaks, findings }: DryRunFacts, lines: LineIndexes): MigrationDryRunReport {
  const { run, losses, schema, risk, estimates } = dryRun;
  const { file } = run;
  const lineOf = (failed: Failed): number => lines.of(file).place(failed.step?.span.start ?? 0).line;
  const failure = (failed: Failed) => ({ message: failed.message, line: lineOf(failed), statement: failed.step?.text ?? "" });
  const statements = statementReports(dryRun, lines);
  const timed = new Set(estimates.map(({ step }) => step));
  const rest = run.steps.filter(({ step }) => !timed.has(step)).reduce((sum, { ms }) => sum + ms, 0);
  const reports = findingReports(findings, lines);
  const said = saidBy(breaks, reports);
  const report = {
    file,
    database,
    ok: run.failed === undefined,
    ...(run.failed === undefined ? {} : { error: failure(run.failed) }),
    ms: run.ms,
    statements,
    rows: rowsOf(dryRun),
    lost: losses.map((loss) => lostReport(loss, file, lines)),
    schema,
    breaks: breaks.map(({ place, error, sql }) => ({ ...placeOf(place), error, sql })),
    ...(risk === undefined ? {} : { risk: failure(risk) }),
    estimatedMs: rest + estimates.reduce((sum, { ms }) => sum + ms, 0),
    estimatedRows: { read: estimates.reduce((sum, { billed }) => sum + billed.read, 0), written: estimates.reduce((sum, { billed }) => sum + billed.written, 0), basis: "derived" as const },
    findings: reports,
    ...(said.length === 0 ? {} : { saidByBreaks: said }),
  };
  const { verdict, because } = judged(report);
  return { ...report, verdict, ...(because === undefined ? {} : { because }) };
}

function statementReports({ run, estimates }: DryRun, lines: LineIndexes): readonly DryRunStatementReport[] {
  return run.steps.map(({ step, ms, rowsChanged }) => {
    const estimate = estimates.find((one) => one.step === step);
    return {
      line: lines.of(run.file).place(step.span.start).line,
      sql: step.text,
      ms,
      rowsChanged,
      ...(estimate === undefined ? {} : { estimate: { table: estimate.table, rows: estimate.rows, ms: estimate.ms, rowsRead: estimate.billed.read, rowsWritten: estimate.billed.written } }),
      ...(estimate === undefined || estimate.plan.length === 0 ? {} : { plan: planLines(planTree(estimate.plan)) }),
    };
  });
}

/** Tables that the file can change, or makes. One that it renames is one table. */
function rowsOf({ run, before, stage }: DryRun): MigrationDryRunReport["rows"] {
  const touched = touchedTables(before, stage.file);
  const after = run.failed === undefined ? run.after : run.before;
  const renamed = new Map([...run.before.keys()].flatMap((key) => (!after.has(key) && after.has(run.renames.tables.get(key) ?? "") ? [[key, run.renames.tables.get(key)!] as const] : [])));
  const added = [...after].filter(([key]) => !run.before.has(key) && ![...renamed.values()].includes(key));
  return [
    ...[...run.before].filter(([key]) => touched.has(key)).map(([key, table]) => {
      const now = after.get(renamed.get(key) ?? key);
      return { table: table.name, ...(renamed.has(key) ? { now: now!.name } : {}), before: table.count, after: now?.count ?? 0 };
    }),
    ...added.map(([, table]) => ({ table: table.name, before: 0, after: table.count })),
  ];
}

function lostReport({ table, before, after, lost, column, cause, step, isStated }: Loss, file: string, lines: LineIndexes): LostRowsReport {
  return {
    table,
    before,
    after,
    lost,
    ...(column === undefined ? {} : { column }),
    cause,
    ...(step === undefined ? {} : { line: lines.of(file).place(step.span.start).line }),
    stated: isStated,
  };
}

/** The findings all of whose queries are listed already. */
function saidBy(breaks: readonly BrokenQuery[], findings: readonly FindingReport[]): readonly string[] {
  const listed = new Set(breaks.map(({ place }) => place));
  const ofQueries = findings.filter(({ rule }) => rule === breaksQueries.id);
  return ofQueries.filter(({ data }) => (data["queries"] as readonly string[]).every((place) => listed.has(place))).map(({ fingerprint }) => fingerprint);
}

function placeOf(place: string): { readonly file: string; readonly line: number } {
  const at = place.lastIndexOf(":");
  return { file: place.slice(0, at), line: Number(place.slice(at + 1)) };
}
