// The indexes worth a trial for one statement: equality first, then one range or the order; then those that hold all
// that is read, and those for a constant condition. Nothing here decides; the planner does. The list is small, in a
// fixed order with the plainest first, and never holds what exists already.

import type { Schema } from "../schema/schema";
import { findColumn, indexesOf } from "../schema/schema";
import type { Statement } from "../sql/statement";
import { columnPart, indexKey, indexOn, isIndexed, partText } from "./proposed-index";
import type { ProposedIndex, ProposedPart } from "./proposed-index";
import type { PredicateKind, TableUse } from "./table-use";

/** More columns than this rarely pay for their writes. */
const MOST_COLUMNS = 4;
/** An index that holds all that is read may be longer. */
const MOST_COLUMNS_COVERING = 5;
/** Long texts do not belong into an index. */
const WIDE = /(description|content|body|text|html|markdown|json|data|payload|metadata|notes?|message|summary|config|settings|options|blob|url|icon|avatar|image|address|reason|comment|details)/i;
const MOST_CONDITIONS = 3;
/** More of them are one query's own report, and nothing that others ask for. */
const MOST_EXPRESSIONS = 1;

/** Whole indexes with the columns that are compared, sorted or grouped. */
export function candidateIndexes(uses: readonly TableUse[], schema: Schema): readonly ProposedIndex[] {
  return newIndexes(schema, uses.flatMap((use) => plainIndexes(use, schema)));
}

/** Indexes that also hold all that is read, and those of only the rows that a constant condition lets through. */
export function specialIndexes(uses: readonly TableUse[], schema: Schema): readonly ProposedIndex[] {
  return newIndexes(schema, uses.flatMap((use) => [...coveringIndexes(use), ...partialIndexes(use)]));
}

/** Indexes by which the rows that refer to a deleted one are found. */
export function keyIndexes({ ast }: Statement, schema: Schema): readonly ProposedIndex[] {
  if (ast.type !== "DeleteStmt") return [];
  const parent = ast.tblName.objName.text.toLowerCase();
  return newIndexes(
    schema,
    schema.tables.flatMap((table) =>
      table.foreignKeys.filter((key) => key.parent.toLowerCase() === parent).map((key) => indexOn(table.name, ...key.columns.map((column) => findColumn(table, column)?.name ?? column))),
    ),
  );
}

function newIndexes(schema: Schema, indexes: readonly ProposedIndex[]): readonly ProposedIndex[] {
  const found = new Map<string, ProposedIndex>();
  for (const index of indexes) {
    const key = indexKey(index);
    if (index.parts.length > 0 && index.parts.filter(({ expression }) => expression !== undefined).length <= MOST_EXPRESSIONS && !found.has(key) && !isIndexed(schema, index)) found.set(key, index);
  }
  return [...found.values()];
}

/** Something that is compared: a column, an expression, a column by another collation. */
interface Compared {
  readonly part: ProposedPart;
  readonly kind: PredicateKind;
  readonly joined: boolean;
}

type Parts = readonly ProposedPart[];

function plainIndexes(use: TableUse, schema: Schema): readonly ProposedIndex[] {
  const compared = comparedIn(use);
  const keys = uniqueKeys(use, schema);
  return [...shapes(compared, use), ...use.arms.flatMap((arm) => shapesOfArm(comparedIn(arm), compared))].map((parts) => indexOf(use, upToKey(keys, withoutRowid(use, parts)).slice(0, MOST_COLUMNS)));
}

function coveringIndexes(use: TableUse): readonly ProposedIndex[] {
  return shapes(comparedIn(use), use).flatMap((parts) => withAllRead(use, withoutRowid(use, parts))).map((parts) => indexOf(use, parts));
}

function indexOf(use: TableUse, parts: Parts, where?: string): ProposedIndex {
  return { table: use.table.name, parts, where };
}

function comparedIn({ predicates, terms }: Pick<TableUse, "predicates" | "terms">): readonly Compared[] {
  // What another collation compares is of no use to an index in the column's own.
  const collated = new Set(terms.flatMap(({ part, span }) => (part.column === undefined ? [] : [`${part.column} ${span.start}`])));
  return [
    ...predicates.filter(({ column, span }) => !collated.has(`${column} ${span.start}`)).map(({ column, kind, from }) => ({ part: columnPart(column), kind, joined: from.length > 0 })),
    ...terms.map(({ part, kind, from }) => ({ part, kind, joined: from.length > 0 })),
  ];
}

/** Lists of parts for one use: all that is compared by equality in useful orders, then each range, the order, the grouping. */
function shapes(compared: readonly Compared[], use: TableUse): readonly Parts[] {
  // How many rows hold NULL is anyone's guess, so IS NULL alone proposes no column.
  const equal = compared.filter(({ kind }) => kind === "equal" || kind === "in");
  const constant = unique(equal.filter(({ joined }) => !joined));
  const joined = unique(equal.filter((one) => one.joined && one.kind === "equal"));
  const ranges = unique(compared.filter(({ kind }) => kind === "range"));
  const lists: Parts[] = [];
  for (const prefix of [constant, [...joined, ...without(constant, joined)], [...constant, ...without(joined, constant)], joined, unique(equal)]) {
    lists.push(...continued(prefix, ranges, use));
  }
  // One at a time, so that the choice can be minimal, and so that a filter without selectivity is left out.
  for (const part of unique(equal)) {
    lists.push([part]);
    for (const range of without(ranges, [part])) lists.push([part, range]);
    const order = without(use.order, [part]);
    if (order.length > 0) lists.push([part, ...directed(order)]);
  }
  return lists;
}

function continued(prefix: Parts, ranges: Parts, use: TableUse): readonly Parts[] {
  const order = without(use.order, prefix);
  const grouping = without(use.grouping, prefix);
  return [
    prefix,
    ...without(ranges, prefix).map((range) => [...prefix, range]),
    ...(order.length > 0 ? [[...prefix, ...directed(order)]] : []),
    ...(grouping.length > 0 ? [[...prefix, ...grouping]] : []),
  ];
}

/** One side of an OR has an index of its own, with or without what holds for all sides. */
function shapesOfArm(arm: readonly Compared[], all: readonly Compared[]): readonly Parts[] {
  const equals = (from: readonly Compared[]): Parts => unique(from.filter(({ kind }) => kind === "equal" || kind === "in"));
  const ranges = unique(arm.filter(({ kind }) => kind === "range"));
  const own = equals(arm);
  const shared = equals(all.filter((one) => !one.joined));
  return [own, [...shared, ...without(own, shared)], [...own, ...without(shared, own)]].flatMap((prefix) => [prefix, ...without(ranges, prefix).map((range) => [...prefix, range])]).filter((parts) => parts.length > 0);
}

/** The same with the other columns that the statement reads, so that the table itself need not be visited. */
function withAllRead(use: TableUse, parts: Parts): readonly Parts[] {
  const { reads, table } = use;
  if (reads === undefined || parts.some(({ column }) => column === undefined)) return [];
  const held = new Set(parts.map((part) => part.column!.toLowerCase()));
  const rest = table.columns.filter((column) => reads.has(column.name.toLowerCase()) && !held.has(column.name.toLowerCase()) && !column.rowidAlias);
  const all = parts.length + rest.length;
  return rest.length === 0 || all > MOST_COLUMNS_COVERING || all >= table.columns.length || rest.some(({ name, affinity }) => affinity === "BLOB" || WIDE.test(name)) ? [] : [[...parts, ...rest.map(({ name }) => columnPart(name))]];
}

function partialIndexes(use: TableUse): readonly ProposedIndex[] {
  const nulls = use.conditions.filter(({ kind }) => kind === "null");
  const groups = [...(nulls.length > 0 ? [nulls] : []), ...use.conditions.filter(({ kind }) => kind === "value").map((condition) => [condition])];
  return groups.slice(0, MOST_CONDITIONS).flatMap((conditions) => {
    const fixed = new Set(conditions.map(({ column }) => column));
    const isFixed = ({ column }: ProposedPart): boolean => column !== undefined && fixed.has(column);
    const rest = comparedIn(use).filter(({ part }) => !isFixed(part));
    const constant = unique(rest.filter(({ kind, joined }) => (kind === "equal" || kind === "in") && !joined));
    const lists = continued(constant, unique(rest.filter(({ kind }) => kind === "range")), use).map((parts) => withoutRowid(use, parts.filter((part) => !isFixed(part))));
    const where = conditions.map(({ sql }) => sql).join(" AND ");
    return lists.map((parts) => indexOf(use, parts.slice(0, MOST_COLUMNS), where));
  });
}

/** SQLite reads an index in both directions, so only mixed directions have to be stored. */
function directed(order: Parts): Parts {
  const mixed = order.some((part) => part.descending !== order[0]!.descending);
  return mixed ? order : order.map((part) => ({ ...part, descending: false }));
}

/** Every index ends in the rowid: as the last column it adds nothing. */
function withoutRowid(use: TableUse, parts: Parts): Parts {
  const alias = use.table.columns.find((column) => column.rowidAlias)?.name;
  const at = parts.findIndex((part) => part.column !== undefined && part.column === alias);
  return at === -1 ? parts : parts.slice(0, at);
}

/** Behind a whole unique key there is at most one row: more columns only make the index longer. */
function upToKey(keys: readonly ReadonlySet<string>[], parts: Parts): Parts {
  const held = new Set<string>();
  const end = parts.findIndex((part) => {
    if (part.column !== undefined && part.collation === undefined) held.add(part.column.toLowerCase());
    return keys.some((key) => [...key].every((column) => held.has(column)));
  });
  return end === -1 ? parts : parts.slice(0, end + 1);
}

function uniqueKeys(use: TableUse, schema: Schema): readonly ReadonlySet<string>[] {
  return indexesOf(schema, use.table.name)
    .filter((index) => index.unique && index.where === undefined && index.parts.every((part) => part.column !== undefined))
    .map((index) => new Set(index.parts.map((part) => part.column!.toLowerCase())));
}

function unique(compared: readonly Compared[]): Parts {
  return [...new Map(compared.map(({ part }) => [nameOf(part), part])).values()];
}

function without(parts: Parts, others: Parts): Parts {
  const names = new Set(others.map(nameOf));
  return parts.filter((part) => !names.has(nameOf(part)));
}

function nameOf(part: ProposedPart): string {
  return partText(part).toLowerCase();
}
