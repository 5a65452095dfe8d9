// What joins two tables: the conditions along the foreign keys between them, in either direction.

import type { ForeignKey, Schema, Table } from "../schema/schema";
import { findTable } from "../schema/schema";
import type { ScopeTable } from "./scope";
import { quotedName } from "./tokens";

export interface JoinCondition {
  readonly sql: string;
  /** The table whose foreign key it follows. */
  readonly child: string;
}

/** The conditions that join a table, under its label, to those that are there already. */
export function joinConditions(joined: Pick<ScopeTable, "label" | "table">, others: readonly Pick<ScopeTable, "label" | "table">[]): readonly JoinCondition[] {
  const { table } = joined;
  if (table === undefined) return [];
  return others.flatMap((other) => {
    if (other.table === undefined || other.label === joined.label) return [];
    return [...along(table, joined.label, other.table, other.label), ...along(other.table, other.label, table, joined.label)];
  });
}

/** Lower-case names of the tables that a foreign key leads to or comes from. */
export function neighbours(tables: readonly Table[], schema: Schema): ReadonlySet<string> {
  const found = new Set<string>();
  const own = new Set(tables.map(({ name }) => name.toLowerCase()));
  for (const { foreignKeys } of tables) for (const { parent } of foreignKeys) if (findTable(schema, parent) !== undefined) found.add(parent.toLowerCase());
  for (const { name, foreignKeys } of schema.tables) if (foreignKeys.some(({ parent }) => own.has(parent.toLowerCase()))) found.add(name.toLowerCase());
  return found;
}

function along(child: Table, childLabel: string, parent: Table, parentLabel: string): readonly JoinCondition[] {
  return child.foreignKeys.filter((key) => key.parent.toLowerCase() === parent.name.toLowerCase()).flatMap((key) => conditionOf(key, childLabel, parentLabel, child.name));
}

function conditionOf({ columns, parentColumns }: ForeignKey, child: string, parent: string, name: string): readonly JoinCondition[] {
  if (columns.length === 0 || columns.length !== parentColumns.length) return [];
  const qualified = (label: string, column: string): string => `${quotedName(label)}.${quotedName(column)}`;
  return [{ sql: columns.map((column, at) => `${qualified(child, column)} = ${qualified(parent, parentColumns[at]!)}`).join(" AND "), child: name }];
}
