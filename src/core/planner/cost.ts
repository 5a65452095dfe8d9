// What a plan costs, in linear units, and how many rows D1 would bill for it.
//
// Cost: for each loop, the runs that the loops outside it cause × 2^(LogEst/10), plus N·log2 N for each sort of N rows.
// Rows read follow the counter in D1's runtime (workerd, patches/sqlite/0001-row-counts-plain.patch): every row that a
// scan steps over, matches + 1 for an equality on an index, a second pass for what goes through a sorter, and the rows
// that an OFFSET skips. A LIMIT ends the loops early only where nothing has to be sorted or aggregated first.

import type { Schema, Table } from "../schema/schema";
import { findTable } from "../schema/schema";
import type { Predicate, TableUse, TermPredicate } from "./table-use";
import type { Access, PlanNode } from "./plan";
import type { Statistics } from "./statistics";

export interface Price {
  /** Linear units of SQLite's own cost, for the whole statement. */
  readonly cost: number;
  /** Rows that D1 counts as read, derived from the plan and the statistics. */
  readonly rowsRead: number;
}

export interface PricingFacts {
  readonly schema: Schema;
  readonly statistics: Statistics;
  readonly uses: readonly TableUse[];
  /** True for an INSERT: its plan lists foreign-key checks that SQLite skips at run time. */
  readonly inserts: boolean;
  /** True for INSERT, UPDATE and DELETE. */
  readonly writes: boolean;
  /** Index by name, with those under trial. */
  indexTable(name: string): Table | undefined;
  /** The column that an index begins with, those under trial too; undefined for an expression. */
  firstColumnOf(index: string): string | undefined;
  /** The share of its table that an index holds, from 0 to 1: less than 1 for a partial one. */
  indexShare(name: string): number;
}

/** What the reader of a statement notes for a list that it cannot see. */
const UNKNOWN_LIST = 25;

/** A LIMIT whose value is not known is taken to ask for this many rows. */
const UNKNOWN_LIMIT = 50;
/** The share of rows that a LIKE pattern is taken to let through. */
const PATTERN_SHARE = 0.1;

type Loop = Extract<Access, { readonly kind: "scan" | "search" }>;

export function price(plan: readonly PlanNode[], facts: PricingFacts): Price {
  const { cost, rowsRead } = new Pricing(facts).level(plan, 1);
  return { cost: round(cost), rowsRead: Math.max(0, Math.round(rowsRead)) };
}

interface LevelPrice {
  readonly cost: number;
  readonly rowsRead: number;
  readonly rowsOut: number;
}

/** The sums of one level while its nodes are added. */
class Level {
  /** What a LIMIT can cut short. */
  readonly loops = { cost: 0, read: 0 };
  /** What happens whatever is asked for: sorts, subqueries that run first, indexes that are built. */
  readonly after = { cost: 0, read: 0 };
  /** Rows that come out of the loops so far. */
  rows = 1;
  sorts = false;
  /** True where the plan has one temporary B-tree, whatever the statement asks for. */
  readonly sortsOnce: boolean;
  readonly seen: string[] = [];
  readonly uses: TableUse[] = [];

  constructor(
    readonly runs: number,
    nodes: readonly PlanNode[],
  ) {
    this.sortsOnce = nodes.filter(({ access }) => access.kind === "sort").length === 1;
  }

  inLoops(cost: number, read: number): void {
    this.loops.cost += cost;
    this.loops.read += read;
  }

  once(cost: number, read: number): void {
    this.after.cost += cost;
    this.after.read += read;
  }
}

class Pricing {
  readonly #facts: PricingFacts;
  /** Rows of co-routines and materialised subqueries, by name. */
  readonly #sources = new Map<string, { readonly rows: number; readonly stored: boolean }>();

  /** How many values an `IN (SELECT …)` of this level has, by what its own plan gives. */
  #listed: number | undefined;

  constructor(facts: PricingFacts) {
    this.#facts = facts;
  }

  /** Of several lists nobody says which belongs to which column. */
  #valuesOfList(nodes: readonly PlanNode[]): number | undefined {
    const lists = nodes.filter(({ access, detail }) => access.kind === "subquery" && !access.correlated && detail.startsWith("LIST"));
    return lists.length === 1 ? Math.max(1, this.level(lists[0]!.children, 1).rowsOut) : undefined;
  }

  /** Prices siblings: loops nest in the order in which the plan lists them. */
  level(nodes: readonly PlanNode[], runs: number): LevelPrice {
    const level = new Level(runs, nodes);
    const listedOutside = this.#listed;
    this.#listed = this.#valuesOfList(nodes);
    for (const node of sortsLast(nodes)) this.#add(node, nodes, level);
    const limit = level.uses.find((use) => use.limit !== undefined);
    if (!nodes.some(({ access }) => access.kind === "sort" && access.purpose === "GROUP BY")) level.rows = this.#groups(level.uses, level.rows);
    this.#listed = listedOutside;
    const { loops, after, rows } = level;
    const fraction = limit === undefined || level.sorts || limit.aggregates ? 1 : Math.min(1, wanted(limit) / Math.max(1, rows));
    return { cost: loops.cost * fraction + after.cost, rowsRead: loops.read * fraction + after.read, rowsOut: limit === undefined ? rows : Math.min(rows, wanted(limit)) };
  }

  #add(node: PlanNode, siblings: readonly PlanNode[], level: Level): void {
    const { access } = node;
    switch (access.kind) {
      case "scan":
      case "search":
        if (!this.#isKeyCheck(access, level)) this.#addLoop(node, access, level);
        // SQLite skips the checks of an INSERT where the key is NULL, and finds the parent by its key else.
        else if (!this.#facts.inserts) this.#addKeyCheck(node, access, level);
        return;
      case "or": {
        // Each arm is one level below its own `INDEX n` line.
        const arms = node.children.map((arm) => this.level(arm.children, level.runs * level.rows));
        level.inLoops(sum(arms, "cost"), sum(arms, "rowsRead"));
        level.rows *= Math.max(1, sum(arms, "rowsOut"));
        return;
      }
      case "sort":
        this.#addSort(access, level);
        return;
      case "bloom": {
        // An index that is built anew fills the filter in the same pass.
        const built = siblings.some(({ access: other }) => other.kind === "search" && other.automatic && other.name === access.name);
        const size = built ? 0 : this.#tableRows(access.name);
        level.once(size, size);
        return;
      }
      case "subquery": {
        const inner = this.level(node.children, access.correlated ? level.runs * Math.max(1, level.rows) : level.runs);
        level.inLoops(inner.cost, inner.rowsRead);
        return;
      }
      case "source": {
        const inner = this.level(node.children, level.runs);
        this.#sources.set(access.name.toLowerCase(), { rows: inner.rowsOut, stored: access.stored });
        level.once(inner.cost, inner.rowsRead);
        return;
      }
      case "compound": {
        const inner = this.level(node.children, level.runs);
        level.once(inner.cost, inner.rowsRead);
        level.rows = (level.rows === 1 ? 0 : level.rows) + inner.rowsOut;
        return;
      }
      case "constant":
        return;
    }
  }

  #addLoop(node: PlanNode, access: Loop, level: Level): void {
    const visit = this.#visit(access, level.seen);
    const times = level.runs * level.rows;
    // Of a subquery's rows SQLite knows less than what was just worked out.
    const one = visit.stored ? 2 ** (node.cost / 10) : Math.max(1, visit.read);
    level.inLoops(times * one, times * visit.read);
    if (access.automatic) level.once(visit.tableRows * Math.log2(Math.max(2, visit.tableRows)), visit.tableRows);
    level.rows *= visit.out;
    // What an EXISTS limits or groups is its own.
    if (visit.use !== undefined && !access.exists) level.uses.push(visit.use);
    level.seen.push(access.name.toLowerCase());
  }

  #addSort(access: Extract<Access, { readonly kind: "sort" }>, level: Level): void {
    const sorted = Math.max(1, level.rows);
    // Rows that come in order but for the last terms are sorted in small groups, one after the other.
    if (access.partial) return level.inLoops(level.runs * sorted, level.runs * sorted);
    level.sorts ||= access.purpose !== "DISTINCT";
    // What is sorted passes the counter again; DISTINCT looks up instead, unless it has to put its rows in order as well.
    const again = access.purpose !== "DISTINCT" || (level.sortsOnce && level.uses.some(ordersDistinct));
    level.once(level.runs * sorted * Math.log2(Math.max(2, sorted)), again ? level.runs * sorted : 0);
    // What comes after a grouping sees groups.
    if (access.purpose === "GROUP BY") level.rows = this.#groups(level.uses, level.rows);
  }

  /** Rows that are left after a SELECT over these tables has aggregated `rows`; all of them where it does not. */
  #groups(uses: readonly TableUse[], rows: number): number {
    const grouped = uses.find((use) => use.aggregates && use.group.length > 0);
    if (grouped === undefined) return rows;
    return Math.min(rows, grouped.group.reduce((product, column) => product * this.#facts.statistics.distinct(grouped.table, column), 1));
  }

  /** One run of a loop: rows that the counter sees, and rows that pass on to the loops inside. */
  #visit(access: Loop, outer: readonly string[]): { readonly read: number; readonly out: number; readonly tableRows: number; readonly stored: boolean; readonly use: TableUse | undefined } {
    const use = this.#useOf(access);
    const table = use?.table ?? this.#tableOf(access);
    if (table === undefined || access.virtual) {
      const source = this.#sources.get(access.name.toLowerCase());
      const rows = source?.rows ?? (access.virtual ? 25 : 1);
      // A co-routine hands its rows over; no cursor steps over them again.
      return { read: source?.stored === false ? 0 : rows, out: rows, tableRows: rows, stored: false, use };
    }
    const tableRows = this.#facts.statistics.size(table.name).rows;
    const share = access.index === undefined ? 1 : this.#facts.indexShare(access.index);
    const found = Math.max(1, (access.kind === "scan" ? tableRows : this.#matched(access, table, use, tableRows)) * share);
    const matched = access.exists && access.kind === "search" ? Math.min(1, found) : found;
    const read = access.kind === "scan" ? matched : matched + this.#steps(access, table, use, tableRows);
    const predicates = use?.predicates ?? [];
    // Who names one row by its key asks for a row that is there: what else is compared only makes sure of it.
    const isNamed = access.kind === "search" && matched <= 1 && searchColumns(access, table).every((name) => predicates.some(({ column, from }) => from.length === 0 && column.toLowerCase() === name.toLowerCase()));
    const out = isNamed || use === undefined ? matched : matched * this.#shareLeft(access, table, use, outer);
    return { read, out: Math.max(out, 1e-6), tableRows, stored: true, use };
  }

  /** The share of the rows of a loop that what its index does not compare lets through. */
  #shareLeft(access: Loop, table: Table, use: TableUse, outer: readonly string[]): number {
    const isKnown = ({ from }: Pick<Predicate, "from">): boolean => from.every((name) => outer.includes(name.toLowerCase()));
    const ofPredicates = (predicates: readonly Predicate[]): number =>
      predicates.filter((predicate) => isKnown(predicate) && !used(access, predicate.column, table)).reduce((share, predicate) => share * this.#selectivity(table, predicate), 1);
    const hasExpression = [...access.equal, ...access.range].includes("<expr>");
    const ofTerms = (terms: readonly TermPredicate[]): number =>
      terms.filter((term) => isKnown(term) && term.part.column === undefined && !hasExpression).reduce((share, term) => share * this.#selectivity(table, { ...term, column: "" }), 1);
    // A side of an OR by whose index the loop goes has done its part.
    const isByArm = use.arms.some(({ predicates }) => predicates.some(({ column }) => used(access, column, table)));
    const ofArms = use.arms.length === 0 || isByArm ? 1 : Math.min(1, use.arms.reduce((sum, { predicates, terms, patterns }) => sum + ofPredicates(predicates) * ofTerms(terms) * PATTERN_SHARE ** patterns, 0));
    return ofPredicates(use.predicates) * ofTerms(use.terms) * ofArms * PATTERN_SHARE ** use.patterns;
  }

  /** What a search reads besides its rows: the step to the first row past them, and the values of an IN list. */
  #steps(access: Loop, table: Table, use: TableUse | undefined, tableRows: number): number {
    if (isExtreme(access)) return 0;
    const found = this.#listsOf(access, table, use);
    const listed = found.reduce((product, { values }) => product * values, 1);
    // A list of one value that stands in the text is an equality.
    const lists = found.length === 0 || (listed === 1 && this.#listed === undefined) ? 0 : Math.min(listed, tableRows);
    const whole = access.range.length === 0 && (access.rowid ? !table.withoutRowid : false);
    const stops = access.exists || whole || (access.range.length === 0 && this.#facts.statistics.isUnique(table, access.equal));
    return lists + (stops ? 0 : Math.max(1, lists));
  }

  /** A loop of a statement that writes, over a table that it does not read itself: a check of keys that refer to the row. */
  #isKeyCheck(access: Loop, level: Level): boolean {
    if (!this.#facts.writes || access.virtual || findTable(this.#facts.schema, access.name) === undefined) return false;
    const name = access.name.toLowerCase();
    const uses = this.#facts.uses.filter((use) => use.name.toLowerCase() === name).length;
    return level.seen.filter((seen) => seen === name).length >= uses;
  }

  /** The rows that refer to each row that is deleted or gets another key: looked up one table after the other. */
  #addKeyCheck(node: PlanNode, access: Loop, level: Level): void {
    const visit = this.#visit(access, []);
    const times = level.runs * level.rows;
    level.once(times * 2 ** (node.cost / 10), times * visit.read);
  }

  /** The IN predicates that a search goes through value by value. */
  #listsOf(access: Loop, table: Table, use: TableUse | undefined): readonly Predicate[] {
    const lists = searchColumns(access, table).flatMap((column) => use?.predicates.find((predicate) => predicate.kind === "in" && predicate.column.toLowerCase() === column.toLowerCase()) ?? []);
    const listed = this.#listed;
    return listed === undefined ? lists : lists.map((list) => (list.values === UNKNOWN_LIST ? { ...list, values: listed } : list));
  }

  #matched(access: Loop, table: Table, use: TableUse | undefined, tableRows: number): number {
    // SEARCH without constraints is the min/max optimisation: one row with an index, all without.
    if (isExtreme(access)) return this.#leadsToExtreme(access, use) ? 1 : tableRows;
    const searched = searchColumns(access, table);
    const isNull = (column: string): boolean => use?.predicates.some((predicate) => predicate.kind === "null" && predicate.column.toLowerCase() === column.toLowerCase()) === true;
    const columns = searched.filter((column) => !isNull(column));
    let rows = access.rowid && !table.withoutRowid && columns.length > 0 ? 1 : columns.length === 0 ? tableRows : this.#facts.statistics.rowsPerKey(table, columns);
    for (const column of searched) if (isNull(column)) rows *= this.#facts.statistics.shareOf(table, column, "null");
    for (const list of this.#listsOf(access, table, use)) rows *= list.values;
    // SQLite's own guess: a quarter for each bound, and another quarter where there are two.
    const bounds = access.range.length;
    if (bounds > 0) rows *= bounds === 1 ? 1 / 4 : 1 / 64;
    return Math.max(1, Math.min(rows, tableRows));
  }

  /** `max(b)` takes the last row of an index on b, but goes through all of one on (a, b). */
  #leadsToExtreme(access: Loop, use: TableUse | undefined): boolean {
    if (access.index === undefined) return access.rowid;
    const first = this.#facts.firstColumnOf(access.index);
    return first === undefined || use?.reads === undefined || use.reads.has(first.toLowerCase());
  }

  #selectivity(table: Table, predicate: Predicate): number {
    switch (predicate.kind) {
      case "equal":
        return 1 / this.#facts.statistics.distinct(table, predicate.column);
      case "in":
        return Math.min(1, predicate.values / this.#facts.statistics.distinct(table, predicate.column));
      case "null":
        return this.#facts.statistics.shareOf(table, predicate.column, "null");
      case "range":
        return 0.25;
    }
  }

  #useOf(access: Loop): TableUse | undefined {
    const wantedName = access.name.toLowerCase();
    const named = this.#facts.uses.filter((use) => use.name.toLowerCase() === wantedName);
    if (named.length <= 1) return named[0];
    const columns = [...access.equal, ...access.range];
    return named.find((use) => columns.every((column) => use.predicates.some((predicate) => predicate.column.toLowerCase() === column.toLowerCase()))) ?? named[0];
  }

  #tableOf(access: Loop): Table | undefined {
    if (access.index !== undefined) return this.#facts.indexTable(access.index) ?? findTable(this.#facts.schema, access.name);
    return findTable(this.#facts.schema, access.name);
  }

  #tableRows(name: string): number {
    const use = this.#facts.uses.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    const table = use?.table ?? findTable(this.#facts.schema, name);
    return table === undefined ? (this.#sources.get(name.toLowerCase())?.rows ?? 1) : this.#facts.statistics.size(table.name).rows;
  }
}

/** `SELECT DISTINCT a, b … ORDER BY a, b`, of which SQLite makes a GROUP BY. */
function ordersDistinct({ order, group }: TableUse): boolean {
  return order.length > 0 && order.length === group.length && order.every((part, at) => "column" in part && part.column === group[at]);
}

/** A B-tree for `count(DISTINCT x)` is listed before the loops that fill it. */
function sortsLast(nodes: readonly PlanNode[]): readonly PlanNode[] {
  const isSort = ({ access }: PlanNode): boolean => access.kind === "sort";
  return [...nodes.filter((node) => !isSort(node)), ...nodes.filter(isSort)];
}

/** A search for nothing in particular: the first or the last row, for `min()` and `max()`. */
function isExtreme(access: Loop): boolean {
  return access.kind === "search" && access.equal.length === 0 && access.range.length === 0;
}

function searchColumns(access: Loop, table: Table): readonly string[] {
  return access.equal.map((name) => (name === "rowid" ? (table.columns.find((column) => column.rowidAlias)?.name ?? name) : name));
}

function used(access: Loop, column: string, table: Table): boolean {
  const isRowid = table.columns.some(({ name, rowidAlias }) => rowidAlias && name === column);
  return [...access.equal, ...access.range].some((name) => (name === "rowid" ? isRowid : name.toLowerCase() === column.toLowerCase()));
}

function wanted(use: TableUse): number {
  return (use.limit === "unknown" || use.limit === undefined ? UNKNOWN_LIMIT : use.limit) + use.offset;
}

function sum(items: readonly LevelPrice[], key: keyof LevelPrice): number {
  return items.reduce((total, item) => total + item[key], 0);
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
