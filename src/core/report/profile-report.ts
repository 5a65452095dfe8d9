// The profile of a project: what each statement takes on made-up rows, and what the recommended indexes change.

import type { DatabaseProfile, ProfiledStatement, ProfileRun } from "../analysis/profile";
import type { ProfilePlace } from "../analysis/profiled-statements";
import { allNodes } from "../planner/plan";
import { planLines } from "../rules/index-advice";
import type { ProfiledQueryReport, ProfilePlaceReport, ProfileReport } from "./report";

export interface ProfileMeasures {
  /** SQLite's version. */
  readonly version: string;
  readonly slowMs: number;
  readonly seedMs: number;
  readonly ms: number;
}

export function profileReport(profiles: readonly DatabaseProfile[], { version, slowMs, seedMs, ms }: ProfileMeasures): ProfileReport {
  const queries = profiles
    .flatMap((profile) => profile.statements.map((statement) => queryReport(profile, statement, slowMs)))
    .sort((a, b) => weight(b) - weight(a) || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  const twice = queries.filter(ranTwice);
  const [counted, estimated] = [true, false].map((isCounted) => twice.filter(({ rowsCounted }) => rowsCounted === isCounted)) as [ProfiledQueryReport[], ProfiledQueryReport[]];
  const sum = (list: readonly ProfiledQueryReport[], of: (query: ProfiledQueryReport) => number | null): number => round(list.reduce((total, query) => total + (of(query) ?? 0), 0));
  const rowsOf = (list: readonly ProfiledQueryReport[]) => ({ rowsBefore: sum(list, ({ rowsBefore }) => rowsBefore), rowsAfter: sum(list, ({ rowsAfter }) => rowsAfter) });
  return {
    version: 1,
    rows: Object.fromEntries(profiles.flatMap(({ tables, database }) => tables.map(({ table, rows }) => [profiles.length > 1 ? `${database.model.source.binding}.${table}` : table, rows]))),
    short: profiles.flatMap(({ tables, database }) =>
      tables.flatMap(({ table, wanted, rows, because }) => (because === undefined || rows >= wanted ? [] : [{ database: database.model.source.binding, table, wanted, rows, because }])),
    ),
    scale: Math.min(1, ...profiles.map(({ scale }) => scale)),
    engine: `SQLite ${version} (sql.js)`,
    slowMs,
    queries,
    indexes: profiles.flatMap(({ indexes }) => indexes.flatMap(({ sql, because }) => (because === undefined ? [sql] : []))),
    summary: {
      queries: queries.length,
      failed: queries.filter(({ error }) => error !== undefined).length,
      slow: queries.filter(({ slow }) => slow).length,
      slowAfter: queries.filter(({ slowAfter }) => slowAfter).length,
      msBefore: sum(twice, ({ msBefore }) => msBefore),
      msAfter: sum(twice, ({ msAfter }) => msAfter),
      ...rowsOf(counted),
      estimated: { queries: estimated.length, ...rowsOf(estimated) },
      seedMs: Math.round(seedMs),
      ms: Math.round(ms),
    },
  };
}

function queryReport({ database }: DatabaseProfile, statement: ProfiledStatement, slowMs: number): ProfiledQueryReport {
  const { before, after, because, isEndlessBefore, isEndlessAfter } = statement;
  const isSlowAfter = isEndlessAfter || (after !== undefined && after.ms > slowMs);
  const places = statement.places.map(placeReport);
  return {
    ...(places[0] ?? { file: "", line: 1, column: 1, function: null }),
    database: database.model.source.binding,
    sql: statement.sql,
    places,
    msBefore: before === undefined ? null : round(before.ms),
    msAfter: after === undefined ? null : round(after.ms),
    rowsBefore: before?.rows ?? null,
    rowsAfter: after?.rows ?? null,
    rowsCounted: [before, after].every((run) => run === undefined || run.isCounted),
    returned: before?.returned ?? after?.returned ?? null,
    slow: isEndlessBefore || (before !== undefined && before.ms > slowMs),
    slowAfter: isSlowAfter,
    planBefore: before === undefined ? [] : planLines(before.plan),
    planAfter: after === undefined ? [] : planLines(after.plan),
    ...(isSlowAfter ? { why: whySlow(after) } : {}),
    ...(because === undefined ? {} : { error: because }),
  };
}

/** More rows are more than a page shows. */
const MANY_RETURNED = 1_000;

/** What is left to do when the indexes are there, by what the plan still does. */
function whySlow(run: ProfileRun | undefined): string {
  if (run === undefined) return "it does not end in time: see what it joins without a condition";
  const rows = (count: number): string => `${Math.round(count).toLocaleString("en-US")} rows`;
  if (run.returned > MANY_RETURNED) return `it gives ${rows(run.returned)} back: ask for a page of them`;
  if (run.rows < MANY_RETURNED) return `it reads no more than ${rows(run.rows)}: its time goes into what it writes or works out`;
  const accesses = allNodes(run.plan).map(({ access }) => access);
  const scanned = accesses.flatMap((access) => (access.kind === "scan" && !access.virtual ? [access.name] : []));
  const parts = [
    ...(scanned.length === 0 ? [] : [`it reads all of ${[...new Set(scanned)].map((name) => `\`${name}\``).join(", ")}`]),
    ...(accesses.some(({ kind }) => kind === "sort") ? ["it sorts what it finds"] : []),
    ...(accesses.some((access) => access.kind === "subquery" && access.correlated) ? ["it runs a subquery for each row"] : []),
  ];
  return `${parts.length === 0 ? "so many rows meet its conditions" : parts.join(", ")}: ${rows(run.rows)} read`;
}

function placeReport({ file, line, column, functionName }: ProfilePlace): ProfilePlaceReport {
  return { file, line, column, function: functionName ?? null };
}

/** What never ends is the slowest; what did not run at all comes last. */
function weight({ msBefore, msAfter, slow, slowAfter }: ProfiledQueryReport): number {
  if (msBefore === null && slow) return Number.MAX_VALUE;
  if (msAfter === null && slowAfter) return Number.MAX_VALUE;
  return msBefore ?? msAfter ?? -1;
}

function ranTwice({ msBefore, msAfter }: ProfiledQueryReport): boolean {
  return msBefore !== null && msAfter !== null;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
