// A live database against what its migrations say: the differences, and a migration that would close them. What the
// database alone has is never dropped unasked: those statements are written as comments.

import type { Column, Schema, Table } from "../schema/schema";
import { findColumn, findTable } from "../schema/schema";
import { quoteName } from "../planner/proposed-index";
import { isSameSql, schemaDiff } from "./schema-diff";
import type { SchemaChange } from "./schema-diff";

export interface Drift {
  /** `added`: only in the database; `dropped`: only in the migrations; `changed`: what it was by the migrations, and is now. */
  readonly changes: readonly SchemaChange[];
  /** Empty where there is none. */
  readonly closing: string;
}

/** `expected` is the schema of the migrations that the database has. */
export function driftOf(expected: Schema, live: Schema): Drift {
  const changes = schemaDiff(expected, live);
  if (changes.length === 0) return { changes, closing: "" };
  const missing = [...missingTables(expected, live), ...missingColumns(expected, live), ...missingObjects(expected, live)];
  const extra = extraObjects(expected, live);
  const rebuilt = changedTables(expected, live);
  const closing = [
    ...(missing.length === 0 ? [] : ["-- What the migrations make and this database lacks:", ...missing, ""]),
    ...(rebuilt.length === 0 ? [] : ["-- These tables are defined otherwise, which only a rebuild can change:", ...rebuilt.map((name) => `--   ${name}`), ""]),
    ...(extra.length === 0 ? [] : ["-- Only in this database. Uncomment what is not wanted, or write a migration that makes it everywhere:", ...extra.map((sql) => `-- ${sql}`), ""]),
  ];
  return { changes, closing: closing.join("\n") };
}

function missingTables(expected: Schema, live: Schema): readonly string[] {
  return expected.tables.filter(({ name }) => findTable(live, name) === undefined).map(({ sql }) => ended(sql));
}

function missingColumns(expected: Schema, live: Schema): readonly string[] {
  return pairs(expected, live).flatMap(([table, now]) => table.columns.filter(({ name, generated }) => !generated && findColumn(now, name) === undefined).map((column) => addColumn(table, column)));
}

function addColumn(table: Table, column: Column): string {
  const { name, type, notNull, defaultValue, collation, primaryKey } = column;
  const key = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0]!.toLowerCase() === name.toLowerCase());
  const parts = [
    quoteName(name),
    type,
    defaultValue === undefined ? "" : `DEFAULT ${/^[\w'+.-]+$/.test(defaultValue) ? defaultValue : `(${defaultValue})`}`,
    notNull ? "NOT NULL" : "",
    collation === "BINARY" ? "" : `COLLATE ${collation}`,
    key === undefined ? "" : `REFERENCES ${quoteName(key.parent)} (${key.parentColumns.map(quoteName).join(", ")})${key.onDelete === "NO ACTION" ? "" : ` ON DELETE ${key.onDelete}`}`,
  ];
  const sql = `ALTER TABLE ${quoteName(table.name)} ADD COLUMN ${parts.filter((part) => part !== "").join(" ")};`;
  const cannot = primaryKey > 0 || (notNull && (defaultValue === undefined || /^\(|current_/i.test(defaultValue)));
  return cannot ? `-- Fails on a table with rows: ${sql}` : sql;
}

function missingObjects(expected: Schema, live: Schema): readonly string[] {
  const lacks = <T extends { readonly name: string; readonly sql: string | undefined }>(mine: readonly T[], theirs: readonly T[], kind: string): readonly string[] =>
    mine.flatMap((item) => {
      const other = theirs.find(({ name }) => name.toLowerCase() === item.name.toLowerCase());
      if (item.sql === undefined || (other !== undefined && isSameSql(item.sql, other.sql ?? ""))) return [];
      return [...(other === undefined ? [] : [`DROP ${kind} ${quoteName(item.name)};`]), ended(item.sql)];
    });
  return [...lacks(expected.indexes, live.indexes, "INDEX"), ...lacks(expected.views, live.views, "VIEW"), ...lacks(expected.triggers, live.triggers, "TRIGGER")];
}

function extraObjects(expected: Schema, live: Schema): readonly string[] {
  const known = new Set([...expected.tables, ...expected.indexes, ...expected.views, ...expected.triggers].map(({ name }) => name.toLowerCase()));
  const extra = (items: readonly { readonly name: string; readonly sql: string | undefined }[], kind: string): readonly string[] =>
    items.filter(({ name, sql }) => sql !== undefined && !known.has(name.toLowerCase())).map(({ name }) => `DROP ${kind} ${quoteName(name)};`);
  const columns = pairs(expected, live).flatMap(([table, now]) => now.columns.filter(({ name }) => findColumn(table, name) === undefined).map(({ name }) => `ALTER TABLE ${quoteName(table.name)} DROP COLUMN ${quoteName(name)};`));
  return [...extra(live.triggers, "TRIGGER"), ...extra(live.views, "VIEW"), ...extra(live.indexes, "INDEX"), ...columns, ...extra(live.tables, "TABLE")];
}

/** Names of tables that differ in more than missing or additional columns. */
function changedTables(expected: Schema, live: Schema): readonly string[] {
  const changed = new Set(schemaDiff(expected, live).flatMap(({ change, object }) => (change === "changed" ? (/^(?:table|column) ([^.]+)/.exec(object)?.[1] ?? []) : object.startsWith("foreign key of ") ? object.slice("foreign key of ".length) : [])));
  const added = new Set(pairs(expected, live).flatMap(([table, now]) => (table.columns.length === now.columns.length ? [] : [table.name])));
  return [...changed].filter((name) => !(added.has(name) && !schemaDiff(expected, live).some(({ change, object }) => change === "changed" && object.startsWith(`column ${name}.`))));
}

function pairs(expected: Schema, live: Schema): readonly (readonly [Table, Table])[] {
  return expected.tables.flatMap((table) => {
    const now = findTable(live, table.name);
    return now === undefined ? [] : [[table, now] as const];
  });
}

function ended(sql: string): string {
  return `${sql.trim().replace(/;$/, "")};`;
}
