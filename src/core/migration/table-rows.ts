// What the tables of a database hold at one moment, and what is different at another: rows that went, values that
// changed, by table and column. It knows nothing of the statements in between.

import { quoteName } from "../planner/proposed-index";
import type { Database, SqlValue } from "../schema/engine";
import { isInternal } from "../schema/read-schema";
import type { VirtualTables } from "../schema/stand-ins";
import { shownRows } from "./shown-rows";
import type { ShownRows } from "./shown-rows";

/** Rows of larger tables are counted, and not compared one by one. */
const MOST_COMPARED = 2_000;

export interface TableRows {
  readonly name: string;
  readonly count: number;
  readonly columns: readonly string[];
  /** Rows that hold a value, by column. */
  readonly filled: readonly number[];
  /** Values in the order of `columns`, by the row's key; undefined where the table is too large. */
  readonly rows: ReadonlyMap<string, readonly SqlValue[]> | undefined;
  /** SQLite's message where the table cannot be read. */
  readonly unreadable?: string;
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
  /** Old names and new ones. */
  readonly renamedColumns: ReadonlyMap<string, string>;
  /** SQLite's message where the table could be read before and no longer can. */
  readonly unreadable?: string;
}

/** What statements renamed; all names in lower case but for new names of columns. */
export interface Renames {
  /** Names of before, and what the tables are called in the end. */
  readonly tables: ReadonlyMap<string, string>;
  /** By the table's name in the end: its columns' names of before, and the new ones. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export const noRenames: Renames = { tables: new Map(), columns: new Map() };

/** `virtual`: the virtual tables by their own statements. */
export function readRows(db: Database, virtual: VirtualTables, mostCompared = MOST_COMPARED): DatabaseRows {
  const tables = db.run("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY rowid");
  const shadows = db.run("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'");
  const hidden = new Set(shadows.ok ? shadows.rows.map(([name]) => String(name)) : []);
  const found = (tables.ok ? tables.rows : []).map(([name]) => String(name)).filter((name) => !isInternal(name) && !hidden.has(name));
  return new Map(found.map((name) => [name.toLowerCase(), readTable(db, name, shownRows(db, name, virtual), mostCompared)]));
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

function readTable(db: Database, name: string, { from, columns, key }: ShownRows, mostCompared: number): TableRows {
  const counted = db.run(`SELECT count(*)${columns.map(({ read }) => `, count(${read})`).join("")} FROM ${from}`);
  const [count = 0, ...filled] = counted.ok ? (counted.rows[0] ?? []).map(Number) : [];
  const read = count > mostCompared ? undefined : db.run(`SELECT ${[...key, ...columns.map((column) => column.read)].join(", ")} FROM ${from}`);
  const rows = read?.ok === true ? new Map(read.rows.map((row) => [JSON.stringify(row.slice(0, key.length)), row.slice(key.length)])) : undefined;
  return { name, count, columns: columns.map((column) => column.name), filled, rows, ...(!counted.ok && { unreadable: counted.message }) };
}

/** Tables that are as they were are left out. */
export function compareRows(before: DatabaseRows, after: DatabaseRows, renames: Renames = noRenames): readonly TableChange[] {
  return [...before].flatMap(([name, table]) => {
    const now = after.get(name) ?? after.get(renames.tables.get(name) ?? "");
    const change = now === undefined ? gone(table) : compareTable(table, now, renames.columns.get(now.name.toLowerCase()) ?? new Map());
    return isAsBefore(change) ? [] : [change];
  });
}

function isAsBefore(change: TableChange): boolean {
  const hasNames = change.now === change.table && change.renamedColumns.size === 0 && change.lostColumns.length === 0;
  return hasNames && change.lost === 0 && change.before === change.after && change.columns.length === 0 && change.unreadable === undefined;
}

function gone({ name, count }: TableRows): TableChange {
  return { table: name, now: undefined, before: count, after: 0, lost: count, lostColumns: [], columns: [], renamedColumns: new Map() };
}

function compareTable(before: TableRows, after: TableRows, renamed: ReadonlyMap<string, string>): TableChange {
  const at = new Map(after.columns.map((column, index) => [column.toLowerCase(), index]));
  const placeOf = (column: string): number | undefined => at.get((renamed.get(column.toLowerCase()) ?? column).toLowerCase());
  const renamedColumns = new Map(before.columns.flatMap((column) => (at.has(column.toLowerCase()) || placeOf(column) === undefined ? [] : [[column, renamed.get(column.toLowerCase())!] as const])));
  const shared = { table: before.name, now: after.name, before: before.count, after: after.count, renamedColumns };
  // Its rows are those of another table, which tells of them.
  if (after.unreadable !== undefined) return { ...shared, after: before.count, lost: 0, lostColumns: [], columns: [], ...(before.unreadable === undefined && { unreadable: after.unreadable }) };
  const lostColumns = before.columns.filter((column, index) => placeOf(column) === undefined && before.filled[index]! > 0);
  if (before.rows === undefined || after.rows === undefined) {
    const columns = before.columns.flatMap((column, index) => emptied(before, after, column, index, placeOf(column)));
    return { ...shared, lostColumns, lost: Math.max(0, before.count - after.count), columns };
  }
  const lost = [...before.rows.keys()].filter((key) => !after.rows!.has(key)).length;
  const columns = before.columns.flatMap((column, index) => compareColumn(before.rows!, after.rows!, column, index, placeOf(column)));
  return { ...shared, lostColumns, lost, columns };
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
