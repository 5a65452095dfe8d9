// What a column of before gets when its table is filled again from the table of after: the value that is there, the one
// that a backup kept, or one that the constraints accept.

import { listedValues } from "./listed-values";
import { quoteName } from "../../planner/proposed-index";
import type { Column, Schema, Table } from "../../schema/schema";
import { findColumn, indexesOf } from "../../schema/schema";
import { parseFirstStatement } from "../../sql/parse-first-statement";
import type { Descent } from "./lineage";

/** The backup tables that the companion of a migration keeps, by table of before in lower case. */
export type Backups = ReadonlyMap<string, string>;

export interface ColumnValue {
  readonly column: string;
  /** Undefined where no value is sure to be accepted. */
  readonly sql: string | undefined;
}

/** The columns of before that INSERT names, with their values as expressions over `from`. Others get their default, and later what a backup has. */
export function columnValues({ before, columns }: Descent, schema: Schema, from: string, backups: Backups): readonly ColumnValue[] {
  const key = keyOf(before);
  return before.columns.flatMap((column): readonly ColumnValue[] => {
    if (column.generated) return [];
    const held = columns.get(lower(column.name));
    if (held !== undefined) return [{ column: column.name, sql: quoteName(held) }];
    if (!isRequired(column)) return [];
    const filler = fillerFor(before, column, schema);
    const backup = backups.get(lower(before.name));
    const joined = key?.map((name) => ({ name, held: name === "rowid" ? "rowid" : columns.get(lower(name)) }));
    if (backup === undefined || joined === undefined || joined.some((one) => one.held === undefined)) return [{ column: column.name, sql: filler }];
    const where = joined.map((one) => `kept.${quoteName(keptKey(one.name))} IS ${quoteName(from)}.${quoteName(one.held!)}`).join(" AND ");
    const kept = `(SELECT kept.${quoteName(column.name)} FROM ${quoteName(backup)} AS kept WHERE ${where})`;
    return [{ column: column.name, sql: filler === undefined ? kept : `coalesce(${kept}, ${filler})` }];
  });
}

/** What a backup calls a part of the key; the rowid has no name of its own there. */
export function keptKey(name: string): string {
  return name === "rowid" ? "kept_rowid" : name;
}

/** The columns that tell the rows of a table apart; `rowid` where it has no primary key; undefined where there is neither. */
export function keyOf(table: Table): readonly string[] | undefined {
  const keys = table.columns.filter(({ primaryKey }) => primaryKey > 0).sort((a, b) => a.primaryKey - b.primaryKey);
  if (keys.length > 0) return keys.map(({ name }) => name);
  return table.kind === "virtual" || table.withoutRowid || findColumn(table, "rowid") !== undefined ? undefined : ["rowid"];
}

export function isRequired(column: Column): boolean {
  return column.notNull && column.defaultValue === undefined && !column.rowidAlias;
}

/** A value that says nothing. Undefined for a reference: which row it named is not known. */
function fillerFor(table: Table, column: Column, schema: Schema): string | undefined {
  const name = lower(column.name);
  if (table.foreignKeys.some(({ columns }) => columns.some((one) => lower(one) === name))) return undefined;
  const isUnique = column.primaryKey > 0 || indexesOf(schema, table.name).some(({ unique, parts }) => unique && parts.some((part) => part.column !== undefined && lower(part.column) === name));
  if (isUnique) return column.affinity === "TEXT" || column.affinity === "BLOB" ? "lower(hex(randomblob(16)))" : "abs(random())";
  const [listed] = listedValues(table).get(name) ?? [];
  if (listed !== undefined) return typeof listed === "number" ? String(listed) : quoteText(listed);
  return column.affinity === "TEXT" ? "''" : column.affinity === "BLOB" ? "x''" : "0";
}

/** The definition of a column as CREATE TABLE has it. */
export function columnDefinition(table: Table, name: string): string | undefined {
  const parsed = parseFirstStatement(table.sql);
  if (parsed.status !== "ok" || parsed.root.type !== "CreateTableStmt" || parsed.root.body.type !== "ColumnsAndConstraintsCreateTableBody") return undefined;
  const found = parsed.root.body.columns.find(({ colName }) => lower(colName.text) === lower(name));
  // The parser's span of a definition reaches back to the first one, so only its end is used.
  return found && table.sql.slice(found.colName.span.offset, found.span.offset + found.span.length).trim();
}

/** A text as SQL writes it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function lower(name: string): string {
  return name.toLowerCase();
}
