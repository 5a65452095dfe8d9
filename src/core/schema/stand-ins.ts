// FTS5 and R*Tree are part of D1 but not of sql.js. This writes their statements as ones that the engine has, such that
// real queries compile and plan: FTS5 as FTS4 (MATCH, the column named like the table, `rank`), R*Tree and fts5vocab
// as plain tables, and FTS5's commands ('delete', 'rebuild') as what they do. The engine itself adds `bm25` and
// `highlight`.

import type { Table } from "./schema";
import { readCommands } from "./search-commands";
import { columnName, readVirtualTable } from "./virtual-table";
import type { VirtualTable } from "./virtual-table";

/** What the stand-ins need of a schema: its virtual tables with their own CREATE statements. */
export interface VirtualTables {
  readonly tables: readonly Pick<Table, "name" | "kind" | "sql">[];
}

/** The statement as the engine can run it: the same text where nothing stands in. */
export function forEngine(sql: string, schema: VirtualTables): string {
  if (/\bvirtual\b/i.test(sql)) {
    const table = readVirtualTable(sql);
    if (table !== undefined) return standIn(table) ?? sql;
  }
  if (!/\b(insert|replace)\b/i.test(sql)) return sql;
  const virtual = schema.tables.filter((table) => table.kind === "virtual");
  return virtual.some((table) => occursTwice(sql, table.name)) ? withoutCommands(sql, virtual) : sql;
}

/** A command names its table twice; looking for that first keeps large seeds from being read token by token. */
function occursTwice(sql: string, name: string): boolean {
  return sql.toLowerCase().split(name.toLowerCase(), 3).length > 2;
}

function standIn(table: VirtualTable): string | undefined {
  switch (table.module) {
    case "fts5":
      return searchTable(table);
    case "fts5vocab":
      return vocabulary(table);
    case "rtree":
      return coordinates(table, "REAL");
    case "rtree_i32":
      return coordinates(table, "INTEGER");
    default:
      return undefined;
  }
}

/**
 * FTS4's `languageid` is the one hidden column that it can give a name of choice: it serves as `rank`. The stand-in
 * keeps its own content, so that triggers of external content tables work in any order, unless FTS4's shadow table
 * would take the name of the content table itself.
 */
function searchTable(table: VirtualTable): string {
  const columns = table.columns.map((column) => quote(column.name));
  const unindexed = table.columns.filter((column) => column.rest.toUpperCase() === "UNINDEXED");
  const content = table.options.get("content");
  const ownName = content?.toLowerCase() === `${table.name}_content`.toLowerCase();
  const options = [
    ...unindexed.map((column) => `notindexed=${quote(column.name)}`),
    ...(/\bporter\b/i.test(table.options.get("tokenize") ?? "") ? ["tokenize=porter"] : []),
    ...(ownName ? [`content=${quote(content!)}`] : []),
    'languageid="rank"',
  ];
  return `CREATE VIRTUAL TABLE ${table.head} USING fts4(${[...columns, ...options].join(", ")})`;
}

function coordinates(table: VirtualTable, type: string): string {
  const columns = table.columns.map((column, at) => {
    if (at === 0) return `${quote(column.name)} INTEGER PRIMARY KEY`;
    if (!column.name.startsWith("+")) return `${quote(column.name)} ${type}`;
    const auxiliary = columnName(`${column.name.slice(1)} ${column.rest}`);
    return `${quote(auxiliary.name)} ${auxiliary.rest}`;
  });
  return `CREATE TABLE ${table.head}(${[...columns, ...boxes(table)].join(", ")})`;
}

/** Each pair of coordinates is a lower and an upper one; the constraint is named as R*Tree's message names it. */
function boxes(table: VirtualTable): readonly string[] {
  const names = table.columns.slice(1).flatMap(({ name }) => (name.startsWith("+") ? [] : [name]));
  return names.flatMap((upper, at) => {
    const lower = names[at - 1]!;
    return at % 2 === 0 ? [] : [`CONSTRAINT ${quote(`${table.name}.(${lower}<=${upper})`)} CHECK (${quote(lower)} <= ${quote(upper)})`];
  });
}

function vocabulary(table: VirtualTable): string {
  const form = columnName(table.columns.at(-1)?.name ?? "").name.toLowerCase();
  const columns = form === "instance" ? ["doc", "col", "offset"] : form === "col" ? ["col", "doc", "cnt"] : ["doc", "cnt"];
  return `CREATE TABLE ${table.head}("term" TEXT PRIMARY KEY, ${columns.map(quote).join(", ")})`;
}

function withoutCommands(sql: string, virtual: VirtualTables["tables"]): string {
  let result = "";
  let at = 0;
  for (const command of readCommands(sql)) {
    const table = virtual.find((one) => one.name.toLowerCase() === command.table.toLowerCase());
    const definition = table && readVirtualTable(table.sql);
    if (definition?.module !== "fts5") continue;
    const replacement = effect(command.command, command.rowid, definition);
    if (replacement === undefined) continue;
    result += sql.slice(at, command.span.start) + replacement;
    at = command.span.end;
  }
  return result + sql.slice(at);
}

/** What a command does to the stand-in; undefined where FTS4 knows the same command. */
function effect(command: string, rowid: string | undefined, table: VirtualTable): string | undefined {
  const name = quote(table.name);
  switch (command) {
    case "delete":
      return rowid === undefined ? `DELETE FROM ${name} WHERE 0` : `DELETE FROM ${name} WHERE rowid IN (${rowid})`;
    case "delete-all":
      return `DELETE FROM ${name}`;
    case "rebuild": {
      const content = table.options.get("content");
      if (content === undefined || content === "") return undefined;
      const columns = table.columns.map((column) => quote(column.name)).join(", ");
      const key = quote(table.options.get("content_rowid") ?? "rowid");
      return `INSERT OR REPLACE INTO ${name}(rowid, ${columns}) SELECT ${key}, ${columns} FROM ${quote(content)}`;
    }
    case "optimize":
    case "integrity-check":
      return undefined;
    default:
      return `DELETE FROM ${name} WHERE 0`;
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
