// What kind of table one is, by its definition and its name, for its size where nobody has said or counted it: a lookup
// table is not a ledger. What is not plainly something else is ordinary.

import type { Index, Schema, Table } from "../schema/schema";
import { findTable, indexesOf } from "../schema/schema";
import { allowedValues } from "./allowed-values";

export type TableKind =
  | { readonly kind: "ordinary" | "lookup" | "log" }
  /** Its key can only have so many values. */
  | { readonly kind: "listed"; readonly rows: number }
  /** Rows that link those of other tables. */
  | { readonly kind: "link"; readonly parents: readonly Table[] };

export function tableKind(table: Table, schema: Schema): TableKind {
  const ofSchema = known.get(schema) ?? new Map<Table, TableKind>();
  known.set(schema, ofSchema);
  let kind = ofSchema.get(table);
  if (kind === undefined) ofSchema.set(table, (kind = readKind(table, schema)));
  return kind;
}

const known = new WeakMap<Schema, Map<Table, TableKind>>();

function readKind(table: Table, schema: Schema): TableKind {
  const rows = listedRows(table, schema);
  if (rows !== undefined) return { kind: "listed", rows };
  if (SMALL_TABLES.has(table.name.toLowerCase()) || isSharedList(table)) return { kind: "lookup" };
  const parents = linked(table, schema);
  if (parents.length > 0) return { kind: "link", parents };
  if (isLog(table)) return { kind: "log" };
  return { kind: isLookup(table, schema) ? "lookup" : "ordinary" };
}

/** Tables by these names hold what a person types in, so an application rarely has more than a page of it. */
const SMALL_TABLES = new Set([
  "categories", "config", "configs", "configuration", "countries", "currencies", "features", "feature_flags", "languages",
  "meta", "metadata", "options", "permissions", "plans", "plugins", "roles", "schema_migrations", "schema_version",
  "settings", "statuses", "system_config", "system_settings", "app_settings", "types", "versions",
]);

/** `help_categories`, `payment_types`: of the application, not of each of its users. */
function isSharedList({ name, columns, foreignKeys }: Table): boolean {
  const isNamedSo = /_(categories|types|statuses|states|countries|currencies|languages|levels)$/i.test(name);
  return isNamedSo && foreignKeys.every(({ parent }) => parent.toLowerCase() === name.toLowerCase()) && !columns.some((column) => OWNERS.test(column.name));
}

const OWNERS = /(^|_)(user|owner|account|customer|client|tenant|org|organi[sz]ation|company|workspace|team|member|author)_?(id|uuid)$/i;

/** A CHECK that allows more than this keeps nonsense out and says nothing of the size. */
const MOST_LISTED = 1_000;

/** How many rows there can be where a CHECK limits the values of the whole key: `CHECK (id = 1)` allows one row. */
function listedRows(table: Table, schema: Schema): number | undefined {
  const allowed = allowedValues(table);
  if (allowed.size === 0) return undefined;
  const keys = [primaryKey(table), ...uniqueIndexes(table, schema).map((index) => index.parts.flatMap(({ column }) => column ?? []))];
  const sizes = keys.flatMap((columns) => {
    const values = columns.map((column) => allowed.get(column.toLowerCase()));
    return columns.length > 0 && values.every((many) => many !== undefined) ? [values.reduce((product, many) => product * many, 1)] : [];
  });
  const fewest = Math.min(...sizes);
  return fewest <= MOST_LISTED ? fewest : undefined;
}

/** The tables that a key of two or more foreign keys, and of nothing else, leads to. */
function linked(table: Table, schema: Schema): readonly Table[] {
  const references = new Map(table.foreignKeys.flatMap(({ columns, parent }) => (columns.length === 1 ? [[columns[0]!.toLowerCase(), parent] as const] : [])));
  const keys = [primaryKey(table), ...uniqueIndexes(table, schema).map((index) => index.parts.flatMap(({ column }) => column ?? []))];
  const key = keys.find((columns) => columns.length > 1 && columns.every((column) => references.has(column.toLowerCase())));
  const parents = key?.flatMap((column) => findTable(schema, references.get(column.toLowerCase())!) ?? []) ?? [];
  return parents.length > 1 && parents.every((parent) => parent !== table) ? parents : [];
}

/** Something is written down at every event, and never changed. */
function isLog(table: Table): boolean {
  const isNamedSo = /(^|_)(logs?|events?|history|audit|audits|activity|activities|visits|hits|page_?views|clicks|impressions|metrics|telemetry|analytics)$/i.test(table.name);
  return isNamedSo && table.columns.some(({ name }) => TIME.test(name)) && !table.columns.some(({ name }) => /^(updated|modified|start|starts|end|ends)(_at|_on|_date|_time)?$/i.test(name));
}

const TIME = /(_at|_on|_ms|date|time|timestamp)$|^(created|day|ts|at|when)$/i;

/**
 * A list to choose from: other tables point to it, it points to nothing, it has no time, it is found by a code or a name
 * of its own, and it holds little more than that. Tags are no such list: rows are linked to them freely.
 */
function isLookup(table: Table, schema: Schema): boolean {
  const users = schema.tables.filter((other) => other !== table && other.foreignKeys.some(({ parent }) => parent.toLowerCase() === table.name.toLowerCase()));
  if (users.length === 0 || users.some((user) => linked(user, schema).length > 0)) return false;
  if (table.foreignKeys.some(({ parent }) => parent.toLowerCase() !== table.name.toLowerCase())) return false;
  const own = table.columns.filter(({ name, rowidAlias }) => !rowidAlias && !/^(id|parent_id)$/i.test(name));
  const isNamed = [primaryKey(table), ...uniqueIndexes(table, schema).map(({ parts }) => parts.map(({ column }) => column ?? ""))].some((key) => key.length === 1 && NAMES.test(key[0]!));
  return isNamed && own.every(({ name }) => NAMES.test(name) || BESIDE_NAMES.test(name));
}

const NAMES = /^(name|code|key|slug|label|title|symbol|iso_?code)$/i;
const BESIDE_NAMES = /^(description|icon|emoji|colou?r|position|rank|level|weight|kind|type|unit|units|minor_units|decimals|locale|(sort|display)_?(order|index)|(is_)?(active|enabled|default|visible))$/i;

function primaryKey(table: Table): readonly string[] {
  return table.columns.filter(({ primaryKey }) => primaryKey > 0).map(({ name }) => name);
}

function uniqueIndexes(table: Table, schema: Schema): readonly Index[] {
  return indexesOf(schema, table.name).filter(({ unique, where, parts }) => unique && where === undefined && parts.every(({ column }) => column !== undefined));
}
