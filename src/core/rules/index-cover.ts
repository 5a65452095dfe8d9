// Which existing index does already what another one does: the same columns, or more behind the same beginning.

import { findTable, indexesOf } from "../schema/schema";
import type { ForeignKey, Index, Schema, Table } from "../schema/schema";
import { quoteName } from "../planner/proposed-index";
import { listed } from "./index-advice";
import type { RuleFix } from "./rule";

export type Cover =
  /** The table itself is in the order of this column. */
  | { readonly kind: "rowid"; readonly column: string }
  | { readonly kind: "same" | "longer"; readonly index: Index };

/** What makes an index of the migrations needless; undefined where nothing does. */
export function coverOf(schema: Schema, index: Index): Cover | undefined {
  const table = findTable(schema, index.table);
  if (table === undefined || index.made !== "c" || index.origin === undefined || index.parts.length === 0) return undefined;
  const alias = table.columns.find((column) => column.rowidAlias)?.name;
  if (alias !== undefined && index.where === undefined && index.parts.length === 1 && index.parts[0]!.column === alias) return { kind: "rowid", column: alias };
  // What only the code makes may not be there yet.
  const others = indexesOf(schema, table.name).filter((other) => other !== index && (other.made !== "c" || other.origin !== undefined));
  const same = others.find((other) => isSame(index, other) && comesFirst(schema, other, index));
  if (same !== undefined) return { kind: "same", index: same };
  const longer = index.unique ? [] : others.filter((other) => other.parts.length > index.parts.length && begins(index, other));
  return longer.length === 0 ? undefined : { kind: "longer", index: longer.reduce((best, other) => (other.parts.length > best.parts.length ? other : best)) };
}

/** As a name for a sentence. */
export function coverName(schema: Schema, { name, made, table, parts }: Index): string {
  if (made === "c") return `\`${name}\``;
  const columns = listed(parts.flatMap(({ column }) => column ?? []));
  return made === "u" ? `the UNIQUE constraint on ${columns}` : findTable(schema, table)?.withoutRowid === true ? `the table itself, which is ordered by its primary key ${columns}` : `the primary key ${columns}`;
}

export function dropFix(index: Index, because: string): RuleFix {
  return {
    title: `Drop index \`${index.name}\` in a new migration`,
    safety: "review",
    migration: { name: `drop_${index.name.replace(/[^A-Za-z0-9_]+/g, "_")}`, sql: `-- ${because}\nDROP INDEX ${quoteName(index.name)};\n` },
  };
}

/** Whether an index finds the children of a foreign key's parent: an index on just these columns, whole. */
export function servesForeignKey(table: Table, index: Index): boolean {
  return table.foreignKeys.some((key) => {
    const wanted = new Set(key.columns.map((column) => column.toLowerCase()));
    return index.parts.slice(0, wanted.size).every(({ column }) => wanted.has(column?.toLowerCase() ?? "")) && index.parts.length >= wanted.size;
  });
}

/** Whether one of the table's indexes, or its rowid, finds the children of a parent row. */
export function supportsForeignKey(indexes: readonly Index[], table: Table, key: ForeignKey): boolean {
  const wanted = new Set(key.columns.map((column) => column.toLowerCase()));
  if (wanted.size === 1 && table.columns.some((column) => column.rowidAlias && wanted.has(column.name.toLowerCase()))) return true;
  return indexes.some((index) => {
    const leading = index.parts.slice(0, wanted.size).map((part) => part.column?.toLowerCase() ?? "");
    // SQLite's own lookup is `child.column = value`, which implies IS NOT NULL and nothing else.
    const whole = index.where === undefined || /^\s*\(?\s*["`[]?\w+["`\]]?\s+IS\s+NOT\s+NULL\s*\)?\s*$/i.test(index.where);
    return whole && leading.length === wanted.size && leading.every((column) => wanted.has(column));
  });
}

/** Of two that do the same the one that holds rows apart stays, else the older one. */
function comesFirst(schema: Schema, other: Index, index: Index): boolean {
  if (other.unique !== index.unique) return other.unique;
  return other.made !== "c" || schema.indexes.indexOf(other) < schema.indexes.indexOf(index);
}

function isSame(index: Index, other: Index): boolean {
  // A UNIQUE index holds rows apart, which a plain one does not.
  return index.parts.length === other.parts.length && begins(index, other) && !(index.unique && !other.unique);
}

function begins(index: Index, other: Index): boolean {
  const same = index.parts.every((part, at) => {
    const longer = other.parts[at]!;
    return keyOf(part) === keyOf(longer) && part.collation.toUpperCase() === longer.collation.toUpperCase() && part.descending === longer.descending;
  });
  return same && plain(index.where) === plain(other.where);
}

function keyOf({ column, expression }: Index["parts"][number]): string {
  return column === undefined ? plain(expression) : `"${column.toLowerCase()}`;
}

/** White space is all that may differ: in a string every letter counts. */
function plain(sql: string | undefined): string {
  return (sql ?? "").replace(/\s+/g, " ").trim();
}
