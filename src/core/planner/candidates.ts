// The indexes worth a trial for one statement: equality columns first, then one range or the order.
// Nothing here decides; the planner does. The list is small, in a fixed order, and never holds what exists already.

import type { Schema } from "../schema/schema";
import { indexesOf } from "../schema/schema";
import type { OrderTerm, TableUse } from "./table-use";
import type { ProposedIndex } from "./planner";

/** More columns than this rarely pay for their writes. */
const MOST_COLUMNS = 4;

export function candidateIndexes(uses: readonly TableUse[], schema: Schema): readonly ProposedIndex[] {
  const found = new Map<string, ProposedIndex>();
  for (const use of uses) {
    for (const columns of columnLists(use, schema)) {
      const kept = columns.slice(0, MOST_COLUMNS);
      if (kept.length === 0 || isIndexed(schema, use.table.name, kept)) continue;
      const index = { table: use.table.name, columns: kept };
      found.set(JSON.stringify(index), index);
    }
  }
  return [...found.values()];
}

/** Whether an index that begins with these columns exists already. */
export function isIndexed(schema: Schema, table: string, columns: readonly OrderTerm[]): boolean {
  return indexesOf(schema, table).some(
    (index) =>
      index.where === undefined &&
      columns.length <= index.parts.length &&
      columns.every((term, at) => index.parts[at]!.column?.toLowerCase() === term.column.toLowerCase() && index.parts[at]!.descending === term.descending),
  );
}

function columnLists(use: TableUse, schema: Schema): readonly (readonly OrderTerm[])[] {
  // How many rows hold NULL is anyone's guess, so IS NULL alone proposes no column.
  const compared = use.predicates.filter((predicate) => predicate.kind === "equal" || predicate.kind === "in");
  const equal = unique(compared.map((predicate) => predicate.column));
  const constant = unique(compared.filter((predicate) => predicate.from.length === 0).map((predicate) => predicate.column));
  const joined = unique(compared.filter((predicate) => predicate.kind === "equal" && predicate.from.length > 0).map((predicate) => predicate.column));
  const ranges = unique(use.predicates.filter((predicate) => predicate.kind === "range").map((predicate) => predicate.column));
  const lists: OrderTerm[][] = [];
  const prefixes = [constant, [...joined, ...constant.filter((column) => !joined.includes(column))], [...constant, ...joined.filter((column) => !constant.includes(column))], joined, equal];
  for (const prefix of prefixes) {
    const base = prefix.map(ascending);
    const held = new Set(prefix);
    lists.push(base);
    for (const range of ranges) {
      if (!held.has(range)) lists.push([...base, ascending(range)]);
    }
    const order = use.order.filter((term) => !held.has(term.column));
    if (order.length > 0) lists.push([...base, ...directed(order)]);
    const group = use.group.filter((column) => !held.has(column));
    if (group.length > 0) lists.push([...base, ...group.map(ascending)]);
  }
  // One column at a time, so that the choice can be minimal, and so that a filter without selectivity is left out.
  for (const column of equal) {
    lists.push([ascending(column)]);
    for (const range of ranges) if (range !== column) lists.push([ascending(column), ascending(range)]);
    const order = use.order.filter((term) => term.column !== column);
    if (order.length > 0) lists.push([ascending(column), ...directed(order)]);
  }
  const keys = uniqueKeys(use, schema);
  return lists.map((list) => upToKey(keys, withoutRowid(use, list)));
}

/** SQLite reads an index in both directions, so only mixed directions have to be stored. */
function directed(order: readonly OrderTerm[]): readonly OrderTerm[] {
  const mixed = order.some((term) => term.descending !== order[0]!.descending);
  return mixed ? order : order.map((term) => ascending(term.column));
}

/** Every index ends in the rowid: as the last column it adds nothing. */
function withoutRowid(use: TableUse, list: readonly OrderTerm[]): readonly OrderTerm[] {
  const alias = use.table.columns.find((column) => column.rowidAlias)?.name;
  const at = list.findIndex((term) => term.column === alias);
  return at === -1 ? list : list.slice(0, at);
}

/** Behind a whole unique key there is at most one row: more columns only make the index longer. */
function upToKey(keys: readonly ReadonlySet<string>[], list: readonly OrderTerm[]): readonly OrderTerm[] {
  const held = new Set<string>();
  const end = list.findIndex((term) => {
    held.add(term.column.toLowerCase());
    return keys.some((key) => [...key].every((column) => held.has(column)));
  });
  return end === -1 ? list : list.slice(0, end + 1);
}

function uniqueKeys(use: TableUse, schema: Schema): readonly ReadonlySet<string>[] {
  return indexesOf(schema, use.table.name)
    .filter((index) => index.unique && index.where === undefined && index.parts.every((part) => part.column !== undefined))
    .map((index) => new Set(index.parts.map((part) => part.column!.toLowerCase())));
}

function ascending(column: string): OrderTerm {
  return { column, descending: false };
}

function unique(columns: readonly string[]): string[] {
  return [...new Set(columns)];
}
