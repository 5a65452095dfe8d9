// What a database with rows in it says of its tables: how many rows they hold and how their values are spread. Small
// tables are read whole, large ones by a sample that is the same each time; what was sampled is scaled by the estimator
// of Haas and Stokes, as PostgreSQL does it. Only figures leave the database, and the commonest short values.

import type { Database, SqlValue } from "../schema/engine";
import { isInternal } from "../schema/read-schema";

/** By lower-case name. Tables that cannot be read, such as virtual ones, are missing. */
export interface MeasuredStatistics {
  readonly tables: ReadonlyMap<string, MeasuredTable>;
}

export interface MeasuredTable {
  /** Counted, not sampled. */
  readonly rows: number;
  /** By lower-case name. */
  readonly columns: ReadonlyMap<string, MeasuredColumn>;
  /** What `sqlite_stat1` says of its indexes, by lower-case name; that of a table without rowid by the table's own. */
  readonly stats: ReadonlyMap<string, MeasuredIndex>;
}

export interface MeasuredColumn {
  /** Rows that were looked at. */
  readonly seen: number;
  /** Share of rows that hold NULL, from 0 to 1. */
  readonly nulls: number;
  /** Different values among the rows that were looked at, without NULL, and how many of them were there once only. */
  readonly distinct: number;
  readonly once: number;
  /** The commonest values with their share of all rows, the commonest first. Values that hardly stand out are left out. */
  readonly common: readonly CommonValue[];
}

export interface CommonValue {
  readonly value: string | number;
  readonly share: number;
}

export interface MeasuredIndex {
  /** As the file has them, so that a figure of an index that was changed is not used. Null for an expression. */
  readonly columns: readonly (string | null)[];
  readonly stat: string;
}

/** Tables up to this size are read whole; of larger ones this many rows are looked at. */
const MOST_READ = 10_000;
const SAMPLED = 4_000;
/** Of a large table without rowid only the first rows can be reached without reading all of it. */
const MOST_STEPPED = 200_000;
const MOST_COMMON = 8;
/** A value with less than this share of the rows is not common. */
const LEAST_SHARE = 0.01;
/** Longer texts are no values that a query compares with. */
const LONGEST_VALUE = 64;

/** Measures every table. A column or table that cannot be read is left out. */
export function measure(database: Database): MeasuredStatistics {
  const steps = measuring(database);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same in steps of a few milliseconds each, for a thread that has other work. */
export function* measuring(database: Database): Generator<undefined, MeasuredStatistics> {
  const tables = new Map<string, MeasuredTable>();
  const stats = readStats(database);
  const listed = rowsOf(database, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  for (const [name, sql] of listed) {
    const table = String(name);
    if (isInternal(table) || /^\s*CREATE\s+VIRTUAL\b/i.test(String(sql))) continue;
    const measured = yield* measureTable(database, table, stats.get(table.toLowerCase()) ?? new Map<string, MeasuredIndex>());
    if (measured !== undefined) tables.set(table.toLowerCase(), measured);
  }
  return { tables };
}

function* measureTable(database: Database, table: string, stats: ReadonlyMap<string, MeasuredIndex>): Generator<undefined, MeasuredTable | undefined> {
  const counted = rowsOf(database, `SELECT count(*) FROM ${quote(table)}`)[0]?.[0];
  if (typeof counted !== "number") return undefined;
  yield;
  const names = rowsOf(database, "SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid", [table]).map(([name]) => String(name));
  const sampled = counted > MOST_READ && sample(database, table, counted);
  const source = sampled ? SAMPLE : quote(table);
  const columns = new Map<string, MeasuredColumn>();
  for (const name of counted === 0 || (counted > MOST_READ && !sampled) ? [] : names) {
    const measured = measureColumn(database, source, name);
    if (measured !== undefined) columns.set(name.toLowerCase(), measured);
    yield;
  }
  if (sampled) database.run(`DROP TABLE ${SAMPLE}`);
  return { rows: counted, columns, stats };
}

const SAMPLE = "temp.plumbline_sample";

/** Golden ratio: the jitter that keeps the sample from falling into step with a pattern in the rows. */
const JITTER = "0.6180339887498949";

/** Lays rows from all over the table into `SAMPLE`, without chance, so that the same file gives the same sample. */
function sample(database: Database, table: string, rows: number): boolean {
  database.run(`DROP TABLE IF EXISTS ${SAMPLE}`);
  const name = quote(table);
  const bounds = rowsOf(database, `SELECT min(_rowid_), max(_rowid_) FROM ${name}`)[0];
  if (bounds === undefined) {
    const step = Math.max(1, Math.floor(Math.min(rows, MOST_STEPPED) / SAMPLED));
    const numbered = `SELECT *, row_number() OVER () AS plumbline_row FROM (SELECT * FROM ${name} LIMIT ${MOST_STEPPED})`;
    return database.run(`CREATE TABLE ${SAMPLE} AS SELECT * FROM (${numbered}) WHERE plumbline_row * 2654435761 % 4294967296 < 4294967296 / ${step}`).ok;
  }
  const first = Number(bounds[0]);
  const step = (Number(bounds[1]) - first) / SAMPLED;
  // A gap is jumped over by the first row behind it, which counts once.
  const at = `(SELECT _rowid_ FROM ${name} WHERE _rowid_ >= ${first} + CAST((n + n * ${JITTER} - CAST(n * ${JITTER} AS INTEGER)) * ${step} AS INTEGER) ORDER BY _rowid_ LIMIT 1)`;
  const picks = `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${SAMPLED}) SELECT DISTINCT ${at} FROM numbers`;
  return database.run(`CREATE TABLE ${SAMPLE} AS SELECT * FROM ${name} WHERE _rowid_ IN (${picks})`).ok;
}

function measureColumn(database: Database, source: string, column: string): MeasuredColumn | undefined {
  const name = quote(column);
  const counts = rowsOf(
    database,
    `WITH groups (value, rows) AS MATERIALIZED (SELECT ${name}, count(*) FROM ${source} WHERE ${name} IS NOT NULL GROUP BY 1)
    SELECT (SELECT count(*) FROM ${source}), (SELECT count(*) FROM groups), (SELECT sum(rows) FROM groups), (SELECT count(*) FROM groups WHERE rows = 1),
      CASE WHEN typeof(value) IN ('integer', 'real') OR length(value) <= ${LONGEST_VALUE} AND typeof(value) = 'text' THEN value END, rows
    FROM (SELECT 1) LEFT JOIN groups ORDER BY rows DESC, value LIMIT ${MOST_COMMON}`,
  );
  const [all, distinct, filled, once] = (counts[0] ?? []).map(Number);
  if (all === undefined || all === 0) return undefined;
  const common = counts.flatMap(([, , , , value, rows]): CommonValue[] => {
    const share = Number(rows) / all;
    return (typeof value === "string" || typeof value === "number") && Number(rows) > 1 && share >= LEAST_SHARE ? [{ value, share }] : [];
  });
  return { seen: all, nulls: (all - (filled ?? 0)) / all, distinct: distinct ?? 0, once: once ?? 0, common };
}

/**
 * How many different values a column would have among `rows` rows of the kind that was seen: few that repeat stay few,
 * and what is different in nearly every row stays so. P. J. Haas and L. Stokes, "Estimating the number of classes in a
 * finite population" (1998), estimator Duj1.
 */
export function distinctAmong({ seen, nulls, distinct, once }: MeasuredColumn, rows: number): number {
  const filled = seen * (1 - nulls);
  if (filled < 1 || distinct === 0) return 1;
  const scaled = (filled * distinct) / (filled - once + (once * filled) / Math.max(filled, rows * (1 - nulls)));
  return Math.max(1, Math.min(rows, Math.round(rows <= seen ? Math.min(distinct, rows) : scaled)));
}

function readStats(database: Database): ReadonlyMap<string, Map<string, MeasuredIndex>> {
  const stats = new Map<string, Map<string, MeasuredIndex>>();
  for (const [table, index, stat] of rowsOf(database, "SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL AND stat IS NOT NULL ORDER BY rowid")) {
    const parts = rowsOf(database, "SELECT name FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno", [String(index)]);
    // The primary key of a table without rowid goes by the table's name, and its columns are asked for by its own.
    const key = parts.length > 0 ? parts : rowsOf(database, "SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk", [String(index)]);
    const ofTable = stats.get(String(table).toLowerCase()) ?? new Map<string, MeasuredIndex>();
    ofTable.set(String(index).toLowerCase(), { columns: key.map(([name]) => (name === null ? null : String(name))), stat: String(stat) });
    stats.set(String(table).toLowerCase(), ofTable);
  }
  return stats;
}

function rowsOf(database: Database, sql: string, params: readonly SqlValue[] = []): readonly (readonly SqlValue[])[] {
  const result = database.run(sql, params);
  return result.ok ? result.rows : [];
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
