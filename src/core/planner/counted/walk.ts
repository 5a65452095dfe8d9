// The loops of one level of a plan, one inside the other, over the rows that are really there: what each reads, what
// comes out of them all, and where a LIMIT ends them.

import { NotCounted, groupOf, orderOf, quote, termsOf } from "./block";
import type { Block, BlockSource, Term } from "./block";
import { constraintsOf, endsAtOne, once, readsOfLoop, whereOf } from "./loop";
import type { LoopAccess, RowCounter, RowSet } from "./loop";
import type { Piece } from "./text";
import type { PlanNode } from "../plan";

/** Whether the rows that the plan keeps under a name lie in a table, or are handed over one by one. */
export type Stored = ReadonlyMap<string, { readonly isTable: boolean }>;

/** The loops of one level, one inside the other. */
export class Walk {
  readonly #block: Block;
  readonly #runs: RowSet;
  readonly #loops: readonly { readonly node: PlanNode; readonly source: BlockSource }[];
  readonly #counter: RowCounter;
  readonly #stored: Stored;
  #rows: RowSet;

  constructor(block: Block, runs: RowSet, loops: readonly PlanNode[], counter: RowCounter, stored: Stored) {
    this.#block = block;
    this.#runs = runs;
    this.#counter = counter;
    this.#stored = stored;
    const left = [...block.sources];
    this.#loops = loops.flatMap((node) => {
      const name = loopName(node);
      const at = left.findIndex((source) => source.name === name || (source.name === "(subquery" && name.startsWith("(subquery")) || source.from === quote(name));
      // A co-routine of window functions is no source of the statement.
      if (at < 0 && name.startsWith("(subquery")) return [];
      if (at < 0) throw new NotCounted(`\`${node.detail}\` was not found in the statement`);
      const source = left.splice(at, 1)[0]!;
      return [{ node, source: this.#isApart(source) ? { ...source, isHanded: true } : source }];
    });
    this.#rows = this.#after(this.#loops.length, runs);
  }

  /** Rows that come out of the loops, for all runs together. */
  get out(): number {
    return this.#counter.rows(this.#rows);
  }

  groups(by: readonly { readonly sql: string }[]): number {
    return by.length === 0 ? Math.min(1, this.out) : this.#counter.number(`SELECT count(*) FROM (SELECT DISTINCT ${by.map(({ sql }) => sql).join(", ")} FROM ${this.#rows.from}${whereOf(this.#rows.where)})`);
  }

  /** The rows for which a condition's subquery runs: those that the other conditions of its loop leave. */
  at(term: Term | undefined): RowSet {
    if (term === undefined) return this.#rows;
    for (let depth = 0; depth <= this.#loops.length; depth++) {
      const rows = this.#after(depth, this.#runs, term);
      if ([...term.needs].every((id) => rows.ids.has(id))) return rows;
    }
    return this.#rows;
  }

  /** What all loops read, from end to end. */
  all(from: RowSet = this.#runs, start = 0): number {
    let read = 0;
    for (let depth = start; depth < this.#loops.length; depth++) {
      read += this.#reads(depth, depth === start ? from : this.#after(depth, from, undefined, start));
    }
    return read;
  }

  /** What the loops read until `limit` rows came out; undefined where they come to their end before. */
  upTo(limit: number): number | undefined {
    const [first] = this.#loops;
    if (first === undefined) return undefined;
    if (limit === 0) return 0;
    if (this.#runs !== once) return limit === 1 && this.#loops.length === 1 ? this.#firstMatch() : undefined;
    if (this.out < limit || first.node.access.kind === "or" || this.#isApart(first.source)) return undefined;
    const access = first.node.access as LoopAccess;
    const constraints = access.kind === "search" ? constraintsOf(access, first.source, this.#terms(first.source), this.#runs) : [];
    if (constraints.some(({ kind }) => kind === "in")) return undefined;
    const { id, from, table } = first.source;
    const own = `(SELECT *${table?.withoutRowid === false && !table.columns.some(({ rowidAlias }) => rowidAlias) ? ", rowid" : ""}, row_number() OVER (${this.#orderWithin(access, first.source)}) AS plumbline_row FROM ${from} AS ${id}${whereOf(constraints.map(({ sql }) => sql))})`;
    const ranked: RowSet = { from: `${once.from} CROSS JOIN ${own} AS ${id}`, where: this.#filters(new Set([id]), undefined), ids: new Set([id]) };
    const all = this.#after(this.#loops.length, ranked, undefined, 1);
    const last = this.#counter.number(`SELECT ${id}.plumbline_row FROM ${all.from}${whereOf(all.where)} ORDER BY 1 LIMIT 1 OFFSET ${limit - 1}`);
    const cut: RowSet = { ...ranked, where: [...ranked.where, `${id}.plumbline_row <= ${last}`] };
    return last + this.all(cut, 1);
  }

  /** What a single loop in the order of its groups reads until so many are complete; undefined where there is more to it. */
  upToGroups(limit: number, group: readonly Piece[]): number | undefined {
    const [first, ...more] = this.#loops;
    const access = first?.node.access;
    if (first === undefined || more.length > 0 || this.#runs !== once || group.length === 0 || (access?.kind !== "scan" && access?.kind !== "search") || this.#isApart(first.source)) return undefined;
    if (access.kind === "search" && this.#loops.length === 1 && constraintsOf(access, first.source, this.#terms(first.source), this.#runs).some(({ kind }) => kind === "in")) return undefined;
    if (this.groups(group) <= limit) return undefined;
    const keys = group.map(({ sql }) => sql).join(", ");
    const down = orderOf(this.#block)[0]?.descending === true ? group.map(({ sql }) => `${sql} DESC`).join(", ") : keys;
    const from = `${this.#rows.from}${whereOf(this.#rows.where)}`;
    // One row more says that the last group is complete.
    return 1 + this.#counter.number(`SELECT sum(many) FROM (SELECT count(*) AS many FROM ${from} GROUP BY ${keys} ORDER BY ${down} LIMIT ${limit})`);
  }

  /**
   * `a IN (…) ORDER BY b LIMIT n` on an index on (a, b): of each value no more is read than what is among the first `n`
   * so far, and what is sorted is read again; the values come in the same direction. Undefined where the plan is another.
   */
  upToInLists(limit: number): number | undefined {
    const [first, ...more] = this.#loops;
    const access = first?.node.access;
    if (first === undefined || more.length > 0 || this.#runs !== once || access?.kind !== "search" || access.range.length > 0) return undefined;
    const { source } = first;
    const constraints = constraintsOf(access, source, this.#terms(source), this.#runs);
    const [list, ...others] = constraints.filter(({ kind }) => kind === "in");
    const [order, ...rest] = orderOf(this.#block);
    const index = this.#counter.schema.indexes.find(({ name }) => name.toLowerCase() === access.index?.toLowerCase());
    const next = index?.parts[access.equal.length]?.column;
    if (list === undefined || others.length > 0 || order === undefined || rest.length > 0 || next === undefined || order.piece.sql !== `${source.id}.${quote(next)}`) return undefined;
    const column = `${source.id}.${quote(list.column)}`;
    const values = `(SELECT DISTINCT * FROM (${list.other}))`;
    const many = this.#counter.number(`SELECT count(*) FROM ${values}`);
    const ranked = `SELECT ${column} AS value, row_number() OVER (ORDER BY ${order.piece.sql}${order.descending ? " DESC" : ""}) AS place FROM ${this.#rows.from}${whereOf([...this.#rows.where, `${column} ${order.descending ? ">=" : "<="} listed.value`])}`;
    const kept = this.#counter.number(`WITH listed(value) AS ${values} SELECT sum((SELECT count(*) FROM (${ranked}) WHERE place <= ${limit} AND value = listed.value)) FROM listed`);
    return many + 2 * kept + 2 * many;
  }

  /** For each run, the rows up to the first that fulfils everything. */
  #firstMatch(): number {
    const { node, source } = this.#loops[0]!;
    const access = node.access as LoopAccess;
    if (node.access.kind === "or") throw new NotCounted("an OR that ends early is not counted");
    const constraints = access.kind === "search" ? constraintsOf(access, source, this.#terms(source), this.#runs) : [];
    const used = new Set(constraints.map(({ sql }) => sql));
    const rest = this.#filters(new Set([...this.#runs.ids, source.id]), undefined).filter((sql) => !used.has(sql));
    return this.#untilFirst(access, source, [...used], rest, this.#runs);
  }

  /** For each row of the set, what a loop reads up to the first row that fulfils the rest; all of it where there is none. */
  #untilFirst(access: LoopAccess, source: BlockSource, used: readonly string[], rest: readonly string[], rows: RowSet): number {
    if (access.kind === "search" && access.rowid && source.table?.withoutRowid === false) return this.#counter.rows(rows);
    const where = whereOf(used);
    if (rest.length === 0 && access.kind === "search" && access.range.length === 0) return this.#counter.rows(rows, `EXISTS (SELECT 1 FROM ${source.from} AS ${source.id}${where})`);
    const ranked = `SELECT row_number() OVER (${this.#orderWithin(access, source)}) AS n, ${rest.length === 0 ? "1" : rest.join(" AND ")} AS ok FROM ${source.from} AS ${source.id}${where}`;
    const none = access.kind === "scan" ? `max(1, (SELECT count(*) FROM (${ranked})))` : `(SELECT count(*) + (count(*) > 0) FROM (${ranked}))`;
    return this.#counter.number(`SELECT sum(coalesce((SELECT min(n) FROM (${ranked}) WHERE ok), ${none})) FROM ${rows.from}${whereOf(rows.where)}`);
  }

  /** The order in which a loop gives its rows, as the statement asks for it or as the index has it. */
  #orderWithin(access: LoopAccess, source: BlockSource): string {
    const asked = orderOf(this.#block).filter(({ piece }) => [...piece.needs].every((id) => id === source.id) && piece.needs.size > 0);
    const index = access.index === undefined ? undefined : this.#counter.schema.indexes.find(({ name }) => name.toLowerCase() === access.index!.toLowerCase());
    const byIndex = (index?.parts ?? []).flatMap(({ column, descending }) => (column === undefined ? [] : [`${source.id}.${quote(column)}${descending ? " DESC" : ""}`]));
    const isDown = asked[0]?.descending === true;
    const terms = asked.length > 0 ? asked.map(({ piece, descending }) => `${piece.sql}${descending ? " DESC" : ""}`) : byIndex;
    const rowid = source.table?.withoutRowid === false ? [`${source.id}.rowid${isDown ? " DESC" : ""}`] : [];
    const all = [...terms, ...rowid];
    return all.length === 0 ? "" : `ORDER BY ${all.join(", ")}`;
  }

  #reads(depth: number, rows: RowSet): number {
    const { node, source } = this.#loops[depth]!;
    if (node.access.kind === "or") return node.children.reduce((sum, arm) => sum + this.#arm(arm, source, rows), 0);
    const access = node.access as LoopAccess;
    if (this.#isApart(source) && access.kind === "scan") return 0;
    if (access.kind === "search" && access.equal.length + access.range.length === 0) return this.#extreme(access, source, rows);
    const constraints = access.kind === "search" ? constraintsOf(access, source, this.#terms(source), rows) : [];
    if (access.kind === "search" && this.#endsAtExtreme(access, source)) return this.#counter.rows(rows, `EXISTS (SELECT 1 FROM ${source.from} AS ${source.id}${whereOf(constraints.map(({ sql }) => sql))})`);
    if (access.exists) return this.#existsReads(access, source, rows);
    return readsOfLoop(access, source, constraints, rows, this.#counter);
  }

  /** Nothing is read of a co-routine's rows: they are handed over. */
  #isApart(source: BlockSource): boolean {
    return source.table === undefined && source.select !== undefined && (this.#stored.get(source.name) ?? [...this.#stored].find(([name]) => source.from === quote(name) || (source.name === "(subquery" && name.startsWith("(subquery")))?.[1])?.isTable !== true;
  }

  #existsReads(access: LoopAccess, source: BlockSource, rows: RowSet): number {
    const constraints = access.kind === "search" ? constraintsOf(access, source, this.#terms(source), rows) : [];
    const used = new Set(constraints.map(({ sql }) => sql));
    const rest = (source.existsTerms ?? []).map(({ sql }) => sql).filter((sql) => !used.has(sql));
    return this.#untilFirst(access, source, [...used], rest, rows) + (access.automatic ? this.#counter.size(source, undefined) : 0);
  }

  /** One arm of an OR: its own search, with its own conditions. */
  #arm(arm: PlanNode, source: BlockSource, rows: RowSet): number {
    const [inner] = arm.children;
    if (inner === undefined || inner.access.kind !== "search") throw new NotCounted("an OR of scans is not counted");
    const access = inner.access;
    const arms = this.#terms(source).flatMap((term) => armsOf(term));
    const has = (terms: readonly Term[], name: string): boolean => terms.some(({ comparisons }) => comparisons.some(({ column, id }) => id === source.id && (column === name.toLowerCase() || name === "rowid")));
    // What the whole WHERE clause adds may serve an arm too, so the arm that has most of the columns itself is meant.
    const columns = [...access.equal, ...access.range];
    const fits = arms.filter((terms) => terms.every(({ comparisons }) => comparisons.every(({ column }) => columns.some((name) => name === "rowid" || name.toLowerCase() === column))));
    const best = fits.sort((a, b) => columns.filter((name) => has(b, name)).length - columns.filter((name) => has(a, name)).length)[0];
    if (best === undefined) throw new NotCounted("an arm of an OR was not found");
    const constraints = constraintsOf(access, source, [...best, ...this.#terms(source)], rows);
    return readsOfLoop(access, source, constraints, rows, this.#counter);
  }

  /** `min()` and `max()`: one row where the index begins with the column, all of them otherwise. */
  #extreme(access: LoopAccess, source: BlockSource, rows: RowSet): number {
    const size = this.#counter.size(source, access.index);
    const index = this.#counter.schema.indexes.find(({ name }) => name.toLowerCase() === access.index?.toLowerCase());
    const column = extremeColumn(this.#block);
    const leads = access.rowid || (index !== undefined && index.parts[0]?.column?.toLowerCase() === column);
    return this.#counter.rows(rows) * (leads ? Math.min(1, size) : Math.max(1, size));
  }

  /** A single `max(b)` behind `a = ?` in an index on (a, b) ends at its first row. */
  #endsAtExtreme(access: LoopAccess, source: BlockSource): boolean {
    const column = extremeColumn(this.#block);
    const index = this.#counter.schema.indexes.find(({ name }) => name.toLowerCase() === access.index?.toLowerCase());
    if (column === undefined || index === undefined || this.#loops.length > 1 || endsAtOne(access, source, this.#counter.schema)) return false;
    return index.parts[access.equal.length]?.column?.toLowerCase() === column && this.#block.terms.length <= access.equal.length + access.range.length;
  }

  #terms(source: BlockSource): readonly Term[] {
    return [...(source.existsTerms ?? source.leftOn ?? []), ...this.#block.terms];
  }

  /** Conditions that can be judged with these sources. */
  #filters(ids: ReadonlySet<string>, without: Term | undefined): readonly string[] {
    return this.#block.terms.filter((term) => term !== without && [...term.needs].every((id) => ids.has(id))).map(({ sql }) => sql);
  }

  /** The rows after so many loops, with all conditions that can be judged by then. */
  #after(depth: number, from: RowSet, without?: Term, start = 0): RowSet {
    let joins = from.from;
    const ids = new Set(from.ids);
    const found: string[] = [];
    const exists: string[] = [];
    for (const { node, source } of this.#loops.slice(start, depth)) {
      if (source.existsTerms !== undefined) {
        exists.push(`EXISTS (SELECT 1 FROM ${source.from} AS ${source.id}${whereOf(source.existsTerms.map(({ sql }) => sql))})`);
        continue;
      }
      if (node.access.kind === "search" && source.leftOn === undefined) found.push(...constraintsOf(node.access, source, this.#terms(source), { from: joins, where: [], ids }).map(({ sql }) => sql));
      ids.add(source.id);
      joins += source.leftOn === undefined ? ` CROSS JOIN ${source.from} AS ${source.id}` : ` LEFT JOIN ${source.from} AS ${source.id} ON ${source.leftOn.length === 0 ? "1" : source.leftOn.map(({ sql }) => sql).join(" AND ")}`;
    }
    const own = without === undefined ? [] : without.comparisons.map(({ sql }) => sql);
    const all = new Set([...this.#filters(ids, without), ...found.filter((sql) => !own.includes(sql)), ...exists]);
    const filters = [...all].filter((sql) => !from.where.includes(sql));
    return { from: joins, where: [...from.where, ...filters], ids };
  }
}

/** What goes through temporary B-trees passes the counter again. `rows` come out of the loops. */
export function sortReads(sorts: readonly { readonly purpose: string; readonly partial: boolean }[], block: Block, walk: Walk, rows: number, runs: RowSet): number {
  const group = groupOf(block);
  const grouped = block.core !== undefined && group !== undefined && (block.core.groupBy !== undefined || sorts.some(({ purpose }) => purpose === "DISTINCT"));
  const least = runs === once ? 1 : 0;
  let read = 0;
  for (const { purpose } of sorts) {
    if (purpose === "GROUP BY") read += Math.max(least, rows);
    else if (purpose === "ORDER BY") read += Math.max(least, grouped ? walk.groups(group) : rows);
    // One table makes the rows different and sorts them.
    else if (purpose === "DISTINCT" && (block.select?.orderBy?.length ?? 0) > 0 && !sorts.some((other) => other.purpose === "ORDER BY")) read += Math.max(least, rows);
  }
  return read;
}

function loopName({ access, children }: PlanNode): string {
  if (access.kind === "scan" || access.kind === "search") return access.name.toLowerCase();
  const inner = children[0]?.children[0]?.access;
  return inner?.kind === "scan" || inner?.kind === "search" ? inner.name.toLowerCase() : "";
}

/** The conditions of each side of an OR. */
function armsOf(term: Term): readonly (readonly Term[])[] {
  const sides: (typeof term.expr)[] = [];
  const open = (expr: typeof term.expr): void => {
    if (expr.type === "ParenthesizedExpr" && expr.exprs.length === 1) open(expr.exprs[0]!);
    else if (expr.type === "BinaryExpr" && expr.op === "Or") [expr.left, expr.right].forEach(open);
    else sides.push(expr);
  };
  open(term.expr);
  return sides.length < 2 ? [] : sides.map((side) => termsOf(side, term.source, term.scopes));
}

/** The column of a SELECT whose only result is `min(column)` or `max(column)`, in lower case. */
function extremeColumn({ core }: Block): string | undefined {
  const only = core?.columns.length === 1 && core.groupBy === undefined ? core.columns[0] : undefined;
  const call = only?.type === "ExprResultColumn" && only.expr.type === "FunctionCallExpr" ? only.expr : undefined;
  const [argument, ...more] = call?.args ?? [];
  if (call === undefined || !/^(min|max)$/i.test(call.name.name) || argument === undefined || more.length > 0) return undefined;
  return argument.type === "Id" ? argument.name.toLowerCase() : argument.type === "QualifiedExpr" ? argument.column.text.toLowerCase() : undefined;
}
