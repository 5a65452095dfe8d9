// How the values of a column are spread, guessed from its type, its constraints and its name where nobody has counted
// them. Assumptions are all made here.

import type { Column, Schema, Table } from "../schema/schema";
import { findColumn, findTable, indexesOf } from "../schema/schema";
import { allowedValues } from "./allowed-values";

/** What is known of the tables of a schema, by name. */
export interface TableSizes {
  rows(table: string): number;
  /** How many rows the one has for each of the other is more than a guess: both were said or counted, or one follows from the other. */
  areRelated(table: string, parent: string): boolean;
}

/** A CHECK that allows no more values than this is taken to see all of them used. */
const FEW_VALUES = 100;

/** How many different values a column is taken to hold. */
export function guessDistinct(table: Table, column: Column, schema: Schema, sizes: TableSizes): number {
  const rows = sizes.rows(table.name);
  const name = column.name.toLowerCase();
  const parent = declaredParent(table, name) ?? namedParent(table, name, schema);
  if (parent !== undefined) {
    const parents = findTable(schema, parent) === undefined ? rows : sizes.rows(parent);
    return Math.min(parents, sizes.areRelated(table.name, parent) ? rows : Math.sqrt(rows));
  }
  // Queries ask for what is active and not deleted, which is most of it.
  const usual = guessFlag(column, 1);
  if (usual !== undefined) return 1 / Math.max(usual, 1 - usual);
  const allowed = allowedValues(table).get(name);
  if (allowed !== undefined && allowed <= FEW_VALUES) return allowed;
  return Math.min(guessByName(table, column, schema, rows), allowed ?? rows);
}

function guessByName(table: Table, column: Column, schema: Schema, rows: number): number {
  const name = column.name.toLowerCase();
  if (/^bool/i.test(column.type) || /^(is|has|can|should|allow|enable)_/.test(name) || /^(active|enabled|deleted|archived|hidden|visible|public|published|verified|read|done|completed|paid|default)$/.test(name)) return 2;
  if (/(^|_)(status|state|type|kind|role|level|priority|currency|category|method|frequency|severity|gender|lang|language|locale|provider|source|mode|period|year|month)$/.test(name)) return 6;
  // Most rows are alive, so that nearly all of them share one value: NULL.
  if (isRemoval(name)) return 1;
  if (/_at(_ms)?$|^(created|updated|timestamp|time)$/.test(name)) return rows;
  if (/date$|_on$|^day$/.test(name)) return Math.min(rows, 1_000);
  if (/(email|hash|token|slug|uuid|guid|key|code|username|handle|url|uri|path|domain)$/.test(name)) return rows;
  if (/id$/.test(name)) return REFERENCE.test(column.name) || leadsOthers(table, name, schema) ? Math.sqrt(rows) : rows;
  return rows / 10;
}

/** The share of rows, from 0 to 1, that are taken to hold NULL. */
export function guessNulls(column: Column): number {
  if (column.notNull || column.rowidAlias || (column.primaryKey > 0 && column.type !== "")) return 0;
  const name = column.name.toLowerCase();
  if (isRemoval(name)) return 0.9;
  // What is still to be done is little beside what was done.
  if (/^(sent|processed|read|seen|delivered|completed|finished|published|notified|synced|verified|confirmed|paid|used|consumed|resolved|closed|handled|exported|indexed)_?(at|on|date)$/.test(name)) return 0.1;
  if (/^(created|updated|modified|inserted)_?(at|on|date)?$/.test(name)) return 0;
  return 0.5;
}

/** The share of rows, from 0 to 1, whose flag is taken to have this value; undefined where the column is no flag. */
export function guessFlag(column: Column, literal: string | number | undefined): number | undefined {
  const name = column.name.toLowerCase().replace(/^is_/, "");
  if (literal !== 0 && literal !== 1) return undefined;
  if (/^(deleted|archived|removed|revoked|cancelled|banned|disabled|suspended|hidden|blocked)$/.test(name)) return literal === 0 ? 0.9 : 0.1;
  if (/^(active|enabled|visible|public|published|verified)$/.test(name)) return literal === 1 ? 0.9 : 0.1;
  return undefined;
}

function isRemoval(name: string): boolean {
  return /^(deleted|archived|removed|revoked|cancelled|banned|disabled|suspended)_?(at|on|date|by)$/.test(name);
}

function declaredParent(table: Table, column: string): string | undefined {
  return table.foreignKeys.find((key) => key.columns.length === 1 && key.columns[0]!.toLowerCase() === column)?.parent;
}

/** `user_id` refers to `users` where there is such a table, declared or not; so does `created_by_user_id`. */
function namedParent(table: Table, column: string, schema: Schema): string | undefined {
  const stem = /^(.+?)_?id$/.exec(column)?.[1];
  if (stem === undefined) return undefined;
  const words = stem.split("_");
  for (let from = 0; from < words.length; from++) {
    const parent = tableNamed(words.slice(from).join("_"), schema);
    // A table's own number under another name, such as `order_id` in `orders`, is its key.
    if (parent !== undefined && parent !== table && findColumn(table, column)?.primaryKey === 0) return parent.name;
  }
  return undefined;
}

/** Nobody puts more columns behind one that already finds a single row. */
function leadsOthers(table: Table, column: string, schema: Schema): boolean {
  return indexesOf(schema, table.name).some(({ parts }) => parts.slice(0, -1).some((part) => part.column?.toLowerCase() === column));
}

function tableNamed(stem: string, schema: Schema): Table | undefined {
  const forms = [stem, `${stem}s`, `${stem}es`, stem.replace(/y$/, "ies"), stem.replace(/person$/, "people")];
  const plain = (name: string): string => name.toLowerCase().replaceAll("_", "");
  return schema.tables.find(({ name }) => forms.some((form) => plain(form) === plain(name)));
}

/** Names of those whom many rows are about, though their table is elsewhere; other ids are names of the row itself. */
const REFERENCE =
  /(^|_|[a-z])(user|owner|author|actor|creator|sender|recipient|receiver|assignee|reviewer|member|customer|client|tenant|org|organi[sz]ation|team|workspace|project|account|company|parent|group|category|entity|target|subject|resource|shop|store|site|channel|room|thread|conversation|chat|guild|device|product|item|post|page|article|campaign|course|event|order)_?id$/i;
