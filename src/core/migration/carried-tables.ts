// What has to be made again with a table that is dropped and made anew: the tables that refer to it, through any depth,
// and the views and triggers that speak of one of them.

import { readVirtualTable } from "../schema/virtual-table";
import type { Schema, Table, Trigger, View } from "../schema/schema";

export interface Carried {
  /** The table itself first, and each after those that it refers to, as far as there is no ring. */
  readonly tables: readonly Table[];
  /** True where a table refers to itself, or several in a ring: then DROP TABLE runs their triggers. */
  readonly isRing: boolean;
  /** True where several refer to each other in a ring, so that no order has the parents first. */
  readonly isTangled: boolean;
  /** Views that speak of one of the tables, in the order in which they were made. */
  readonly views: readonly View[];
  /** Triggers of other tables that speak of one of them. */
  readonly triggers: readonly Trigger[];
}

/** `schema` as it is before. */
export function carriedWith(schema: Schema, table: Table): Carried {
  const tables = inOrder(table, reached(schema, table));
  return { tables, ...rings(tables), ...dependents(schema, tables) };
}

/** The table alone, its children left as they are. */
export function carriedAlone(schema: Schema, table: Table): Carried {
  return { tables: [table], ...rings([table]), ...dependents(schema, [table]) };
}

export function childrenOf(schema: Schema, table: Table): readonly Table[] {
  return schema.tables.filter((child) => child !== table && refersTo(child, table));
}

/** True where dropping the parent takes rows or values of the child. */
export function losesBy(child: Table, parent: Table): boolean {
  return child.foreignKeys.some((key) => isSame(key.parent, parent.name) && /^(?:CASCADE|SET)/.test(key.onDelete));
}

/** True where rows are known by their rowid alone, or something in the schema names it: then a copy must keep it. */
export function needsRowid(schema: Schema, table: Table): boolean {
  if (table.withoutRowid || table.columns.some(({ rowidAlias, name }) => rowidAlias || /^(?:rowid|_rowid_|oid)$/i.test(name))) return false;
  if (table.columns.every(({ primaryKey }) => primaryKey === 0)) return true;
  const isContent = schema.tables.some(({ kind, sql }) => kind === "virtual" && isSame(readVirtualTable(sql)?.options.get("content") ?? "", table.name));
  return isContent || [...schema.views, ...schema.triggers].some(({ sql }) => /\b(?:rowid|_rowid_|oid)\b/i.test(sql) && mentions(sql, table.name));
}

/** True where the text has the name as a word. */
export function mentions(sql: string, name: string): boolean {
  const words = /^[\w$\u0080-\uffff]+$/.test(name) ? sql.toLowerCase().match(/[\w$\u0080-\uffff]+/g) : undefined;
  return words === undefined ? sql.toLowerCase().includes(name.toLowerCase()) : (words?.includes(name.toLowerCase()) ?? false);
}

export function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function refersTo(child: Table, parent: Table): boolean {
  return child.foreignKeys.some((key) => isSame(key.parent, parent.name));
}

function reached(schema: Schema, table: Table): readonly Table[] {
  const found = new Set([table]);
  for (const parent of found) for (const child of childrenOf(schema, parent)) found.add(child);
  return [...found];
}

function inOrder(first: Table, tables: readonly Table[]): readonly Table[] {
  const ordered = [first];
  while (ordered.length < tables.length) {
    const left = tables.filter((table) => !ordered.includes(table));
    const isReady = (table: Table): boolean => left.every((other) => other === table || !refersTo(table, other));
    ordered.push(left.find(isReady) ?? left[0]!);
  }
  return ordered;
}

/** In order, a table that refers to itself or to a later one closes a ring. */
function rings(tables: readonly Table[]): Pick<Carried, "isRing" | "isTangled"> {
  const refersFrom = (offset: number): boolean => tables.some((table, at) => tables.slice(at + offset).some((later) => refersTo(table, later)));
  return { isRing: refersFrom(0), isTangled: refersFrom(1) };
}

function dependents(schema: Schema, tables: readonly Table[]): Pick<Carried, "views" | "triggers"> {
  const names = tables.map(({ name }) => name);
  const views = new Set<View>();
  for (let size = -1; size !== views.size; ) {
    size = views.size;
    for (const view of schema.views) if (names.some((name) => mentions(view.sql, name)) || [...views].some(({ name }) => mentions(view.sql, name))) views.add(view);
  }
  const all = [...names, ...[...views].map(({ name }) => name)];
  const isOwn = (trigger: Trigger): boolean => all.some((name) => isSame(trigger.table, name));
  return {
    views: schema.views.filter((view) => views.has(view)),
    triggers: schema.triggers.filter((trigger) => !isOwn(trigger) && all.some((name) => mentions(trigger.sql, name))),
  };
}
