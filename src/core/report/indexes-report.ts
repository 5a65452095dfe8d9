// The indexes of a project as plain data: what is missing, what is too much, and which query uses what.

import type { FileResult } from "../analysis/analysis";
import type { ReviewedDatabase } from "../analysis/databases";
import type { IndexSet } from "../analysis/index-sets";
import type { Snapshot } from "../analysis/snapshot";
import { advise } from "../planner/advice";
import { indexBytes } from "../planner/index-size";
import type { ChosenIndex } from "../planner/index-selection";
import { createIndex, indexKey, partText } from "../planner/proposed-index";
import type { ProposedIndex } from "../planner/proposed-index";
import type { Misled } from "../planner/unanalysed";
import { planLines } from "../rules/index-advice";
import type { Finding } from "../rules/finding";
import { findTable, indexesOf } from "../schema/schema";
import { statementKey } from "../sql/statement";
import { rows, rowsOf } from "./health-words";
import type { IndexUsers } from "./index-lenses";
import type { IndexesReport, PlaceReport, RecommendedIndexReport } from "./report";
import { LineIndexes } from "./review-report";

/** Statements of one index whose plans are shown. */
const MOST_QUERIES = 5;

/** `usersOf` gives who uses the indexes of a database. */
export function indexesReport(snapshot: Snapshot, results: readonly FileResult[], sets: readonly IndexSet[], usersOf: (database: ReviewedDatabase) => IndexUsers): IndexesReport {
  const lines = new LineIndexes(snapshot);
  const findings = results.flatMap((result) => result.findings);
  const of = (...rules: readonly string[]): readonly Finding[] => findings.filter(({ rule }) => rules.includes(rule));
  const audit = (finding: Finding) => ({ database: text(finding.data["database"]), index: text(finding.data["index"]), because: finding.message });
  const place = (finding: Finding) => ({ file: finding.file, line: lines.of(finding.file).place(finding.span.start).line, message: finding.message });
  const sum = (key: "queries" | "costBefore" | "costAfter" | "rowsBefore" | "rowsAfter"): number => sets.reduce((total, { selection }) => total + selection[key], 0);
  return {
    version: 1,
    recommended: sets.flatMap((set) => set.selection.chosen.map((chosen) => recommended(set, chosen))),
    leftOut: sets.flatMap((set) => set.selection.leftOut.map(({ index, instead, misled }) => ({ database: set.database.model.source.binding, sql: sqlOf(set, index), because: misledWords(set, misled), instead: instead === undefined ? null : sqlOf(set, instead) }))),
    redundant: of("redundant-index", "duplicate-of-key").map(audit),
    unused: of("unused-index").map(audit),
    used: sets.flatMap(({ database }) => {
      const { users } = usersOf(database);
      return database.schema.indexes.flatMap(({ name }) => {
        const by = users.get(name.toLowerCase());
        return by === undefined ? [] : [{ database: database.model.source.binding, index: name, by }];
      });
    }),
    foreignKeys: of("unindexed-foreign-key").map(place),
    affinity: of("foreign-key-affinity", "mismatched-affinity").map(place),
    tables: sets.flatMap(({ database }) => tables(database, usersOf(database))),
    workload: { queries: sum("queries"), costBefore: sum("costBefore"), costAfter: sum("costAfter"), rowsBefore: sum("rowsBefore"), rowsAfter: sum("rowsAfter") },
  };
}

function recommended(set: IndexSet, chosen: ChosenIndex): RecommendedIndexReport {
  const { database, workload } = set;
  const { index, name, serves, replaces, costBefore, costAfter, rowsBefore, rowsAfter } = chosen;
  const { planner, model } = database;
  const others = insteadOf(set, chosen);
  return {
    database: model.source.binding,
    name,
    table: index.table,
    columns: index.parts.map(partText),
    sql: createIndex(index, name),
    serves: places(serves.flatMap(({ query }) => workload.places.get(statementKey(query.statement)) ?? [])),
    queries: serves.slice(0, MOST_QUERIES).map(({ query, after }) => ({
      sql: query.statement.text.trim(),
      planBefore: planLines(query.before.plan),
      planAfter: planLines(after.plan),
      rowsBefore: query.before.rowsRead,
      rowsAfter: after.rowsRead,
    })),
    replaces: replaces.map((existing) => existing.name),
    ...(others.length === 0 ? {} : { insteadOf: others }),
    costBefore,
    costAfter,
    rowsBefore,
    rowsAfter,
    ...(findTable(database.schema, index.table)?.origin === undefined ? { madeAtRunTime: true as const } : {}),
    writesPerInsert: Math.round(Math.max(0, planner.statistics.share(index) - replaces.reduce((sum, one) => sum + planner.statistics.share(one), 0)) * 100) / 100,
    bytes: indexBytes(planner, index),
    statistics: planner.statistics.describe(index.table),
    ...withoutStatistics(set, chosen),
  };
}

function withoutStatistics(set: IndexSet, { misleads, needsStatistics }: ChosenIndex): Pick<RecommendedIndexReport, "withoutStatistics"> {
  if (misleads !== undefined) return { withoutStatistics: misledWords(set, misleads) };
  return needsStatistics ? { withoutStatistics: `SQLite uses it only where it has statistics, which \`PRAGMA optimize\` makes` } : {};
}

function misledWords({ workload }: IndexSet, { query, rowsBefore, rowsAfter }: Misled): string {
  const [first, ...more] = places(workload.places.get(statementKey(query.statement)) ?? []);
  const who = first === undefined ? "a query" : `${first.file}:${first.line}${more.length === 0 ? "" : ` and ${more.length} more`}`;
  return `without statistics, which \`PRAGMA optimize\` makes, SQLite would use it for ${who} too, which reads ${rowsOf(rowsAfter)} then instead of ${rows(rowsBefore)}`;
}

function sqlOf({ database: { planner } }: IndexSet, index: ProposedIndex): string {
  return createIndex(index, planner.freeName(index));
}

/** What a query would get if it were alone, where the set serves it by this index and has no such one. */
function insteadOf(set: IndexSet, { index, serves }: ChosenIndex): NonNullable<RecommendedIndexReport["insteadOf"]> {
  const { database, workload, selection } = set;
  const made = new Set(selection.chosen.map((one) => indexKey(one.index)));
  const found = new Map<string, PlaceReport[]>();
  for (const { query } of serves) {
    for (const { index: alone } of advise(database.planner, query.statement)) {
      if (alone.table !== index.table || made.has(indexKey(alone))) continue;
      const sql = sqlOf(set, alone);
      found.set(sql, [...(found.get(sql) ?? []), ...(workload.places.get(statementKey(query.statement)) ?? [])]);
    }
  }
  return [...found].map(([sql, of]) => ({ sql, places: places(of) }));
}

function tables({ schema, planner, model }: ReviewedDatabase, { users }: IndexUsers): IndexesReport["tables"] {
  return schema.tables
    .filter(({ kind }) => kind === "table")
    .map((table) => ({
      database: model.source.binding,
      name: table.name,
      rows: planner.statistics.size(table.name).rows,
      indexes: indexesOf(schema, table.name).map(({ name, parts, unique, where, made }) => ({ name, columns: parts.map(partText), unique, where: where ?? null, made, usedBy: users.get(name.toLowerCase())?.length ?? 0 })),
    }));
}

function places(found: readonly PlaceReport[]): readonly PlaceReport[] {
  const unique = new Map(found.map((place) => [`${place.file}:${place.line}`, place]));
  return [...unique.values()].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
