// What D1's counter sees of one loop of a plan: how often it is entered, what it finds there, and how it ends. Each
// figure is a `SELECT count(*)` over the rows that are really there. The counter: workerd,
// patches/sqlite/0001-row-counts-plain.patch; it goes up at every seek that may find something and at every step on.

import type { Database } from "../../schema/engine";
import type { Schema } from "../../schema/schema";
import { NotCounted, quote } from "./block";
import type { BlockSource, Comparison, Term } from "./block";
import type { Access } from "../plan";

/** Rows of the loops outside: a FROM clause and its conditions. */
export interface RowSet {
  readonly from: string;
  readonly where: readonly string[];
  /** Sources whose columns can be named. */
  readonly ids: ReadonlySet<string>;
}

/** One row, for what runs once. */
export const once: RowSet = { from: "(SELECT 1)", where: [], ids: new Set() };

export type LoopAccess = Extract<Access, { readonly kind: "scan" | "search" }>;

export interface CountingFacts {
  readonly database: Database;
  readonly schema: Schema;
  /** `WITH …`, for every query. */
  readonly with: string;
}

/** Runs the counting queries, and keeps what was counted. */
export class RowCounter {
  readonly #facts: CountingFacts;
  readonly #known = new Map<string, number>();

  constructor(facts: CountingFacts) {
    this.#facts = facts;
  }

  get schema(): Schema {
    return this.#facts.schema;
  }

  /** The number that a query gives; 0 for NULL. */
  number(sql: string): number {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    const result = this.#facts.database.run(`${this.#facts.with}${sql}`);
    if (!result.ok) throw new NotCounted(`a counting query failed (${result.message})`);
    const found = Number(result.rows[0]?.[0] ?? 0);
    this.#known.set(sql, found);
    return found;
  }

  /** Rows of a set, with more conditions. */
  rows({ from, where }: RowSet, ...more: readonly string[]): number {
    return from === once.from && where.length + more.length === 0 ? 1 : this.number(`SELECT count(*) FROM ${from}${whereOf([...where, ...more])}`);
  }

  /** Rows of a table, or of what one of its indexes holds. */
  size(source: BlockSource, index: string | undefined): number {
    return this.number(`SELECT count(*) FROM ${this.held(source, index).from}`);
  }

  /** The source with what an index holds of it: less than all where it is partial. */
  held(source: BlockSource, index: string | undefined): BlockSource {
    const where = index === undefined ? undefined : this.schema.indexes.find(({ name }) => name.toLowerCase() === index.toLowerCase())?.where;
    if (where === undefined) return source;
    const rowid = source.table?.withoutRowid === false && !source.table.columns.some(({ rowidAlias }) => rowidAlias) ? ", rowid" : "";
    return { ...source, from: `(SELECT *${rowid} FROM ${source.from} WHERE ${where})` };
  }
}

export function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}

/** The rows of a set, each with those of a source that fulfil the conditions. */
export function joined(rows: RowSet, source: BlockSource, conditions: readonly string[]): RowSet {
  return { from: `${rows.from} CROSS JOIN ${source.from} AS ${source.id}`, where: [...rows.where, ...conditions], ids: new Set([...rows.ids, source.id]) };
}

/** What the plan's index serves of the conditions: one comparison for each column that the plan names. */
export function constraintsOf(access: LoopAccess, source: BlockSource, terms: readonly Term[], rows: RowSet): readonly Comparison[] {
  const usable = terms.flatMap(({ comparisons }) => comparisons).filter(({ id, needs }) => id === source.id && [...needs].every((one) => rows.ids.has(one)));
  const rowid = source.table?.columns.find(({ rowidAlias }) => rowidAlias)?.name ?? "rowid";
  const column = (name: string): string => (name === "rowid" ? rowid : name).toLowerCase();
  const equal = access.equal.map((name) => {
    const wanted = column(name);
    const found = usable.filter((one) => one.column === wanted && one.kind !== "range");
    const chosen = found.find(({ kind }) => kind === "equal") ?? found[0] ?? transitive(source, wanted, terms, rows);
    if (chosen === undefined) throw new NotCounted(`what \`${name}\` of \`${source.name}\` is compared with was not found`);
    return chosen;
  });
  const ranged = new Set(access.range.map(column));
  const range = usable.filter((one) => one.kind === "range" && ranged.has(one.column));
  if (ranged.size > 0 && range.length === 0) throw new NotCounted(`the range of \`${source.name}\` was not found`);
  return [...equal, ...range];
}

/** `a.x = b.y AND b.y = 5` makes `a.x = 5`. */
function transitive(source: BlockSource, column: string, terms: readonly Term[], rows: RowSet): Comparison | undefined {
  const all = terms.flatMap(({ comparisons }) => comparisons).filter(({ kind }) => kind === "equal");
  for (const own of all.filter((one) => one.id === source.id && one.column === column)) {
    const other = /^\(*(q\d+)\."([^"]+)"\)*$/.exec(own.other);
    const known = other === null ? undefined : all.find((one) => one.id === other[1] && one.column === other[2]!.toLowerCase() && one !== own && [...one.needs].every((id) => rows.ids.has(id)));
    if (known !== undefined) return { ...own, sql: `(${source.id}.${quote(column)} = ${known.other})`, needs: known.needs, other: known.other };
  }
  return undefined;
}

/** One loop for all rows of the set together, when nothing ends it early. `scale` counts a part that runs once only once. */
export function readsOfLoop(access: LoopAccess, source: BlockSource, constraints: readonly Comparison[], rows: RowSet, counter: RowCounter): number {
  const runs = counter.rows(rows);
  if (runs === 0) return 0;
  if (access.kind === "scan") return scanned(access, source, rows, runs, counter);
  return searched(access, counter.held(source, access.index), constraints, rows, runs, counter);
}

function searched(access: LoopAccess, source: BlockSource, constraints: readonly Comparison[], rows: RowSet, runs: number, counter: RowCounter): number {
  const conditions = constraints.map(({ sql }) => sql);
  const found = counter.rows(joined(rows, source, conditions));
  // What a co-routine hands over is not read to build the index.
  const built = access.automatic && !source.isHanded ? Math.max(1, counter.size(source, undefined)) : 0;
  const lists = constraints.filter(({ kind }) => kind === "in");
  if (lists.length > 0) return built + throughLists(access, source, constraints, lists, rows, found, runs, counter);
  if (access.range.length > 0) return built + found + runs;
  if (isRowid(access, source)) return built + counter.rows(rows, ...constraints.map(({ other }) => `(${other}) IS NOT NULL`));
  return built + found + (endsAtOne(access, source, counter.schema) ? 0 : entered(rows, source, conditions, counter));
}

function scanned(access: LoopAccess, source: BlockSource, rows: RowSet, runs: number, counter: RowCounter): number {
  if (access.virtual) return counter.rows(joined(rows, source, []));
  return runs * Math.max(1, counter.size(source, access.index));
}

function isRowid(access: LoopAccess, source: BlockSource): boolean {
  return access.rowid && source.table?.withoutRowid === false;
}

/** Runs that find a row: they take one step past the last one. */
function entered(rows: RowSet, source: BlockSource, conditions: readonly string[], counter: RowCounter): number {
  return counter.rows(rows, `EXISTS (SELECT 1 FROM ${source.from} AS ${source.id}${whereOf(conditions)})`);
}

/** The values of an IN are laid into a table of their own, which is read, and each is looked up. */
function throughLists(access: LoopAccess, source: BlockSource, constraints: readonly Comparison[], lists: readonly Comparison[], rows: RowSet, found: number, runs: number, counter: RowCounter): number {
  const wrapped = lists.map(({ other }, at) => `(WITH listed(value) AS (SELECT DISTINCT * FROM (${other})) SELECT value FROM listed WHERE value IS NOT NULL) AS v${at}`);
  const correlated = lists.some(({ needs }) => needs.size > 0);
  if (correlated) return runs + found;
  const values = wrapped.map((sql) => counter.number(`SELECT count(*) FROM ${sql}`));
  const pairs = values.reduce((product, many) => product * many, 1);
  const stepped = runs * values.reduce((sum, many, at) => sum + Math.max(1, many) * values.slice(0, at).reduce((product, other) => product * other, 1), 0);
  if (isRowid(access, source)) return stepped + runs * pairs;
  if (endsAtOne(access, source, counter.schema)) return stepped + found;
  const equal = constraints.map((one) => (one.kind === "in" ? `${source.id}.${quote(one.column)} = v${lists.indexOf(one)}.value` : one.sql));
  const all: RowSet = { ...rows, from: `${rows.from} ${wrapped.map((sql) => `CROSS JOIN ${sql}`).join(" ")}` };
  const hit = access.range.length > 0 ? runs * pairs : entered(all, source, equal, counter);
  return stepped + found + hit;
}

/** Whether the index gives at most one row, so that SQLite takes no step past it. */
export function endsAtOne(access: LoopAccess, source: BlockSource, { indexes }: Schema): boolean {
  if (access.exists) return false;
  const { table } = source;
  if (table === undefined || access.automatic) return false;
  const held = new Set(access.equal.map((name) => name.toLowerCase()));
  const index = access.index === undefined ? indexes.find((one) => one.made === "pk" && one.table === table.name) : indexes.find(({ name }) => name.toLowerCase() === access.index!.toLowerCase());
  if (index?.unique !== true || index.parts.some(({ column }) => column === undefined || !held.has(column.toLowerCase()))) return false;
  return index.parts.length === 1 || index.parts.every(({ column }) => table.columns.some(({ name, notNull, primaryKey }) => name === column && (notNull || (table.withoutRowid && primaryKey > 0))));
}
