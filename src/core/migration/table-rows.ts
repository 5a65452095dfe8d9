// What the tables of a database hold at one moment, and what is different at another: rows that went, values that
// changed, by table and column. It knows nothing of the statements in between.

import { quoteName } from "../planner/proposed-index";
import type { Database, SqlValue } from "../schema/engine";
import { isInternal } from "../schema/read-schema";

/** Rows of larger tables are counted, and not compared one by one. */
export const MOST_COMPARED = 2_000;

export interface TableRows {
  readonly name: string;
  readonly count: number;
  readonly columns: readonly string[];
  /** Rows that hold a value, by column. */
  readonly filled: readonly number[];
  /** Values in the order of `columns`, by the row's key; undefined where the table is too large. */
  readonly rows: ReadonlyMap<string, readonly SqlValue[]> | undefined;
}

/** By name in lower case. */
export type DatabaseRows = ReadonlyMap<string, TableRows>;

export interface ColumnChange {
  readonly column: string;
  /** Rows with another value than before. */
  readonly changed: number;
  /** Those of them that hold NULL now. */
  readonly nulled: number;
  readonly example: readonly [before: SqlValue, after: SqlValue] | undefined;
}

/** One table of before. Its rows are found again by their key. */
export interface TableChange {
  readonly table: string;
  /** Its name afterwards; undefined where it is gone. */
  readonly now: string | undefined;
  readonly before: number;
  readonly after: number;
  /** Rows of before that are no longer there; of large tables, by how many there are fewer. */
  readonly lost: number;
  /** Columns that are gone and held values. */
  readonly lostColumns: readonly string[];
  readonly columns: readonly ColumnChange[];
}

export function readRows(db: Database, mostCompared = MOST_COMPARED): DatabaseRows {
  const tables = db.run("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY rowid");
  const shadows = db.run("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'");
  const hidden = new Set(shadows.ok ? shadows.rows.map(([name]) => String(name)) : []);
  const found = (tables.ok ? tables.rows : []).map(([name]) => String(name)).filter((name) => !isInternal(name) && !hidden.has(name));
  return new Map(found.map((name) => [name.toLowerCase(), readTable(db, name, mostCompared)]));
}

/** Rows of each table by name in lower case: quicker than `readRows`, to see which statement took them. */
export function countRows(db: Database, tables: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of tables) {
    const counted = db.run(`SELECT count(*) FROM ${quoteName(name)}`);
    if (counted.ok) counts.set(name.toLowerCase(), Number(counted.rows[0]?.[0] ?? 0));
  }
  return counts;
}

function readTable(db: Database, name: string, mostCompared: number): TableRows {
  const table = quoteName(name);
  const info = db.run("SELECT name, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid", [name]);
  const columns = info.ok ? info.rows.map(([column]) => String(column)) : [];
  const keys = info.ok ? info.rows.filter(([, pk]) => Number(pk) > 0).sort((a, b) => Number(a[1]) - Number(b[1])).map(([column]) => String(column)) : [];
  const counted = db.run(`SELECT count(*)${columns.map((column) => `, count(${quoteName(column)})`).join("")} FROM ${table}`);
  const [count = 0, ...filled] = counted.ok ? (counted.rows[0] ?? []).map(Number) : [];
  const key = keys.length > 0 ? keys.map(quoteName) : ["rowid"];
  const read = count > mostCompared ? undefined : db.run(`SELECT ${[...key, ...columns.map(quoteName)].join(", ")} FROM ${table}`);
  const rows = read?.ok === true ? new Map(read.rows.map((row) => [JSON.stringify(row.slice(0, key.length)), row.slice(key.length)])) : undefined;
  return { name, count, columns, filled, rows };
}

/** Tables that are as they were are left out. `renamed`: names of before and after, in lower case, of tables that kept their rows. */
export function compareRows(before: DatabaseRows, after: DatabaseRows, renamed: ReadonlyMap<string, string> = new Map()): readonly TableChange[] {
  return [...before].flatMap(([name, table]) => {
    const now = after.get(name) ?? after.get(renamed.get(name) ?? "");
    const change = now === undefined ? gone(table) : compareTable(table, now);
    const isSame = change.now === table.name && change.lost === 0 && change.before === change.after && change.lostColumns.length === 0 && change.columns.length === 0;
    return isSame ? [] : [change];
  });
}

function gone({ name, count }: TableRows): TableChange {
  return { table: name, now: undefined, before: count, after: 0, lost: count, lostColumns: [], columns: [] };
}

function compareTable(before: TableRows, after: TableRows): TableChange {
  const at = new Map(after.columns.map((column, index) => [column.toLowerCase(), index]));
  const lostColumns = before.columns.filter((column, index) => !at.has(column.toLowerCase()) && before.filled[index]! > 0);
  const shared = { table: before.name, now: after.name, before: before.count, after: after.count, lostColumns };
  if (before.rows === undefined || after.rows === undefined) {
    const columns = before.columns.flatMap((column, index) => emptied(before, after, column, index, at.get(column.toLowerCase())));
    return { ...shared, lost: Math.max(0, before.count - after.count), columns };
  }
  const lost = [...before.rows.keys()].filter((key) => !after.rows!.has(key)).length;
  const columns = before.columns.flatMap((column, index) => compareColumn(before.rows!, after.rows!, column, index, at.get(column.toLowerCase())));
  return { ...shared, lost, columns };
}

/** Of a large table: more rows without a value than before, though no fewer rows. */
function emptied(before: TableRows, after: TableRows, column: string, from: number, to: number | undefined): readonly ColumnChange[] {
  const nulled = to === undefined || after.count < before.count ? 0 : before.filled[from]! - after.filled[to]!;
  return nulled > 0 ? [{ column, changed: nulled, nulled, example: undefined }] : [];
}

function compareColumn(before: NonNullable<TableRows["rows"]>, after: NonNullable<TableRows["rows"]>, column: string, from: number, to: number | undefined): readonly ColumnChange[] {
  if (to === undefined) return [];
  let changed = 0;
  let nulled = 0;
  let example: ColumnChange["example"];
  for (const [key, row] of before) {
    const now = after.get(key)?.[to];
    if (now === undefined || isSame(row[from]!, now)) continue;
    changed++;
    if (now === null) nulled++;
    example ??= [row[from]!, now];
  }
  return changed === 0 ? [] : [{ column, changed, nulled, example }];
}

function isSame(a: SqlValue, b: SqlValue): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return a.length === b.length && a.every((byte, at) => byte === b[at]);
  return a === b;
}
