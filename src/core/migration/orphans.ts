// Rows whose foreign key names a row that is not there, as `PRAGMA foreign_key_check` would list them, by what the tables
// hold at one moment.

import type { SqlValue } from "../schema/engine";
import type { ForeignKey, Schema } from "../schema/schema";
import type { DatabaseRows, TableRows } from "./table-rows";

export interface Orphans {
  readonly table: string;
  readonly key: ForeignKey;
  readonly rows: number;
}

/** Of keys between tables whose rows are known. */
export function orphansIn(rows: DatabaseRows, { tables }: Schema): readonly Orphans[] {
  return tables.flatMap(({ name, foreignKeys }) =>
    foreignKeys.flatMap((key): readonly Orphans[] => {
      const children = valuesOf(rows.get(name.toLowerCase()), key.columns);
      const parents = valuesOf(rows.get(key.parent.toLowerCase()), key.parentColumns);
      if (children === undefined || parents === undefined || key.parentColumns.length !== key.columns.length) return [];
      const known = new Set(parents.map(text));
      const orphans = children.filter((values) => !values.includes(null) && !known.has(text(values)));
      return orphans.length === 0 ? [] : [{ table: name, key, rows: orphans.length }];
    }),
  );
}

function valuesOf(table: TableRows | undefined, columns: readonly string[]): readonly (readonly SqlValue[])[] | undefined {
  const places = columns.map((column) => table?.columns.findIndex((name) => name.toLowerCase() === column.toLowerCase()) ?? -1);
  if (table?.rows === undefined || places.includes(-1)) return undefined;
  return [...table.rows.values()].map((row) => places.map((place) => row[place]!));
}

/** Without the type, which affinities make the same. */
function text(values: readonly SqlValue[]): string {
  return JSON.stringify(values.map(String));
}
