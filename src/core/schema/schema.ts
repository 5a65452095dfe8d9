// The schema as an immutable value: what the migrations of one database add up to, and which line made each part.

import type { Span } from "../text/span";

/** Where a part of the schema was made: the file, and the span of the statement or column definition. */
export interface Origin {
  readonly file: string;
  readonly span: Span;
}

export type Affinity = "INTEGER" | "TEXT" | "BLOB" | "REAL" | "NUMERIC";

export interface Column {
  readonly name: string;
  /** The declared type as written; empty where there is none. */
  readonly type: string;
  readonly affinity: Affinity;
  readonly notNull: boolean;
  /** The default expression as written. */
  readonly defaultValue: string | undefined;
  /** Position in the primary key from 1, or 0. */
  readonly primaryKey: number;
  readonly generated: boolean;
  readonly collation: string;
  /** True for the rowid under another name: `INTEGER PRIMARY KEY`. */
  readonly rowidAlias: boolean;
  readonly origin: Origin | undefined;
}

export interface IndexPart {
  /** Undefined for an expression. */
  readonly column: string | undefined;
  /** The expression's text where it is no plain column. */
  readonly expression: string | undefined;
  readonly descending: boolean;
  readonly collation: string;
}

export interface Index {
  readonly name: string;
  readonly table: string;
  readonly unique: boolean;
  /** `c` = CREATE INDEX, `u` = UNIQUE constraint, `pk` = PRIMARY KEY: SQLite's own letters. */
  readonly made: "c" | "u" | "pk";
  readonly parts: readonly IndexPart[];
  /** The WHERE clause of a partial index. */
  readonly where: string | undefined;
  /** Undefined for automatic indexes of constraints. */
  readonly sql: string | undefined;
  readonly origin: Origin | undefined;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly parent: string;
  /** The parent's columns; its primary key where none were named. Empty where the parent is unknown. */
  readonly parentColumns: readonly string[];
  readonly onDelete: string;
  readonly onUpdate: string;
}

export interface Table {
  readonly name: string;
  readonly sql: string;
  /** `virtual` tables keep their own CREATE statement in `sql`, whatever stands in for them in the engine. */
  readonly kind: "table" | "virtual";
  readonly columns: readonly Column[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly withoutRowid: boolean;
  readonly strict: boolean;
  readonly origin: Origin | undefined;
}

export interface View {
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly string[];
  readonly origin: Origin | undefined;
}

export interface Trigger {
  readonly name: string;
  readonly table: string;
  readonly sql: string;
  readonly origin: Origin | undefined;
}

/** Names are looked up without case, as SQLite does: use `findTable` and its like. */
export interface Schema {
  readonly tables: readonly Table[];
  readonly indexes: readonly Index[];
  readonly views: readonly View[];
  readonly triggers: readonly Trigger[];
}

function named<T extends { readonly name: string }>(items: readonly T[], name: string): T | undefined {
  let byName = known.get(items) as Map<string, T> | undefined;
  if (byName === undefined) {
    known.set(items, (byName = new Map()));
    for (const item of items) if (!byName.has(item.name.toLowerCase())) byName.set(item.name.toLowerCase(), item);
  }
  return byName.get(name.toLowerCase());
}

const known = new WeakMap<readonly object[], Map<string, object>>();

export function findTable(schema: Schema, name: string): Table | undefined {
  return named(schema.tables, name);
}

export function findView(schema: Schema, name: string): View | undefined {
  return named(schema.views, name);
}

export function findColumn(table: Table, name: string): Column | undefined {
  return named(table.columns, name);
}

/** Of a table or a view by that name; empty where there is none. */
export function columnNames(schema: Schema, name: string): readonly string[] {
  return findTable(schema, name)?.columns.map((column) => column.name) ?? findView(schema, name)?.columns ?? [];
}

export function indexesOf(schema: Schema, table: string): readonly Index[] {
  const wanted = table.toLowerCase();
  return schema.indexes.filter((index) => index.table.toLowerCase() === wanted);
}
