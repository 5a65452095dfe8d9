// How many rows D1's counter would report for a statement on rows that are really there: the plan says which loops run,
// and counting queries made of the statement's own conditions say how many rows each of them steps over. What cannot be
// counted this way is estimated, and the result says so. D1.md and the conformance test say how near that comes.

import type { AstNode, DeleteStmt, OneSelect, Select, SelectFrom, UpdateStmt, With } from "sqlite3-parser";
import type { Database, SqlValue } from "../schema/engine";
import type { Schema } from "../schema/schema";
import { placeholders } from "../sql/parameters";
import { nodesOf } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { Blocks, NotCounted, groupOf, orderOf, quote, termsOf } from "./counted-block";
import type { Block, BlockSource, Comparison, Term } from "./counted-block";
import { RowCounter, constraintsOf, endsAtOne, joined, once, readsOfLoop, whereOf } from "./counted-loop";
import type { LoopAccess, RowSet } from "./counted-loop";
import { render, resultNames } from "./counted-text";
import type { Piece, Scope, Source } from "./counted-text";
import type { PlanNode } from "./plan";
import { aggregatesIn } from "./select-shape";

export interface CountedRows {
  /** What `meta.rows_read` would be. */
  readonly rows: number;
  /** False where it is the estimate. */
  readonly counted: boolean;
  /** Why it is, in words. */
  readonly notes: readonly string[];
}

export interface CountingInput {
  readonly statement: Statement;
  /** As SQLite explains the statement on this database. */
  readonly plan: readonly PlanNode[];
  /** Bound values, the first parameter's first. */
  readonly values: readonly SqlValue[];
  /** With rows. It is only read. */
  readonly database: Database;
  readonly schema: Schema;
  /** The rows read by plan and statistics alone. */
  readonly estimate: number;
}

export function countedRows(input: CountingInput): CountedRows {
  try {
    return { rows: Math.round(new Counting(input).statement(input.plan)), counted: true, notes: [] };
  } catch (error) {
    if (!(error instanceof NotCounted)) throw error;
    return { rows: input.estimate, counted: false, notes: [error.message] };
  }
}

interface Level {
  readonly read: number;
  /** Rows that come out. */
  readonly out: number;
}

/** With the rows of its loops. */
interface LoopLevel extends Level {
  readonly rows: RowSet;
}

/** Conditions of an outer SELECT on a subquery of its FROM clause, which SQLite judges inside where it can. */
interface Pushed {
  readonly terms: readonly Term[];
  /** The subquery's. */
  readonly name: string;
}

class Counting {
  readonly #input: CountingInput;
  readonly #source: Source;
  readonly #counter: RowCounter;
  readonly #blocks = new Blocks();
  /** Rows of what the plan keeps apart, by its name there. */
  readonly #stored = new Map<string, { readonly isTable: boolean }>();

  constructor(input: CountingInput) {
    this.#input = input;
    const { statement, schema, database, values } = input;
    // In the form that the engine runs, parameters stand elsewhere, but in the same order.
    const places = nodesOf(statement.ast as AstNode).flatMap((node) => (node.type === "VariableExpr" ? [node.span.offset] : [])).sort((a, b) => a - b);
    const numbers = new Map(placeholders(statement).map(({ number }, at) => [places[at] ?? -1, values[number - 1] ?? null]));
    const clause = withOf(statement);
    const ctes = new Map((clause?.ctes ?? []).map(({ tblName, select, columns }) => [tblName.text.toLowerCase(), { select, columns: columns?.map((column) => column.colName.text) }]));
    this.#source = { text: statement.engineText, values: numbers, schema, ctes };
    this.#counter = new RowCounter({ database, schema, with: clause === undefined ? "" : withText(clause, this.#source) });
  }

  statement(plan: readonly PlanNode[]): number {
    const { ast } = this.#input.statement;
    switch (ast.type) {
      case "SelectStmt":
        return this.#select(ast.body, plan, this.#source, [], once).read;
      case "InsertStmt": {
        const { body } = ast;
        const parents = rowidParents(this.#input.schema, ast.tblName.objName.text);
        if (body.type !== "SelectInsertBody") return parents + (ast.returning === undefined ? 0 : 2);
        const { read, out } = body.select.select.type === "SelectValues" ? { read: 0, out: body.select.select.values.length } : this.#select(body.select, this.#ownLoops(plan, body.select), this.#source, [], once);
        return read + out * (parents + (ast.returning === undefined ? 0 : 2));
      }
      case "UpdateStmt":
      case "DeleteStmt": {
        const block = this.#blocks.target(ast.tblName.objName.text, ast.tblName.alias?.text, ast.type === "UpdateStmt" ? ast.from : undefined, ast.whereClause, this.#source);
        const isOwn = ({ access }: PlanNode): boolean => (access.kind !== "scan" && access.kind !== "search") || block.sources.some(({ name }) => name === access.name.toLowerCase());
        const { read, out, rows } = this.#level(plan.filter(isOwn), block, once);
        const checks = plan.filter((node) => !isOwn(node)).reduce((sum, node) => sum + this.#keyCheck(node, block, rows), 0);
        return read + checks + (out === 0 ? 0 : secondPass(ast, plan.find(isOwn), block, this.#input.schema) * out);
      }
      default:
        throw new NotCounted("only reads and writes of rows are counted");
    }
  }

  /** What D1 reads of a child table for each row that goes, or whose key changes. */
  #keyCheck({ access, detail }: PlanNode, block: Block, gone: RowSet): number {
    const target = block.sources[0]!;
    if (access.kind !== "scan" && access.kind !== "search") return 0;
    const child = this.#input.schema.tables.find(({ name }) => name.toLowerCase() === access.name.toLowerCase());
    const key = child?.foreignKeys.find(({ parent }) => parent.toLowerCase() === target.table?.name.toLowerCase());
    if (child === undefined || key === undefined) throw new NotCounted(`\`${detail}\` is not counted`);
    const source: BlockSource = { id: "child", name: child.name.toLowerCase(), from: quote(child.name), table: child, select: undefined, leftOn: undefined };
    const sql = key.columns.map((column, at) => `child.${quote(column)} = ${target.id}.${quote(key.parentColumns[at] ?? column)}`);
    const constraints = sql.map((one, at): Comparison => ({ id: source.id, column: key.columns[at]!.toLowerCase(), kind: "equal", sql: one, needs: gone.ids, other: "1" }));
    const checked = readsOfLoop(access, source, constraints, gone, this.#counter);
    // A CASCADE or SET NULL looks its rows up again, notes them, and looks each of them up.
    return /CASCADE|SET/i.test(key.onDelete) ? 2 * checked + 2 * this.#counter.rows(joined(gone, source, sql)) : checked;
  }

  /** An INSERT's plan also lists checks of keys, which do not run. */
  #ownLoops(plan: readonly PlanNode[], select: Select): readonly PlanNode[] {
    const names = new Set(nodesOf(select).flatMap((node) => (node.type === "TableSelectTable" ? [(node.alias?.name.text ?? node.tblName.objName.text).toLowerCase()] : [])));
    return plan.filter(({ access }) => (access.kind !== "scan" && access.kind !== "search") || access.virtual || names.has(access.name.toLowerCase()));
  }

  /** A SELECT, compound or not, that runs once for each row of the set. */
  #select(select: Select, plan: readonly PlanNode[], source: Source, outer: readonly Scope[], runs: RowSet, most?: number, pushed?: Pushed): Level {
    const cores = [select.select, ...(select.compounds ?? []).map((compound) => compound.select)];
    if (cores.length > 1) return this.#compound(select, cores, plan, source, outer, runs);
    return this.#core(select, select.select, plan, source, outer, runs, most, pushed);
  }

  #core(select: Select, core: OneSelect, plan: readonly PlanNode[], source: Source, outer: readonly Scope[], runs: RowSet, most?: number, pushed?: Pushed): Level {
    if (core.type !== "SelectFrom") return { read: 0, out: core.values.length };
    const inner = windowed(core) ? plan.find(({ access, children }) => access.kind === "source" && access.name.startsWith("(subquery") && children.some(({ access: child }) => child.kind === "sort" || child.kind === "scan" || child.kind === "search")) : undefined;
    if (inner !== undefined) return this.#window(inner, select, core, plan, source, outer, runs);
    this.#keep(plan);
    const isStored = (name: string): boolean => this.#stored.has(name) || (name === "" && [...this.#stored.keys()].some((one) => one.startsWith("(subquery")));
    const block = this.#withExists(this.#blocks.select(select, core, source, outer, isStored), plan, isStored);
    return this.#level(plan, pushed === undefined ? block : withPushed(block, pushed), runs, most);
  }

  #keep(plan: readonly PlanNode[]): void {
    for (const { access } of plan) if (access.kind === "source") this.#stored.set(access.name.toLowerCase(), { isTable: access.stored });
  }

  /** SQLite makes a join of some EXISTS: what it reads becomes part of the block. */
  #withExists(block: Block, plan: readonly PlanNode[], isStored: (name: string) => boolean): Block {
    let made = block;
    for (const { access } of plan) {
      if ((access.kind !== "scan" && access.kind !== "search") || !access.exists) continue;
      const term = made.terms.find(({ expr }) => expr.type === "ExistsExpr" && tablesOf(expr.select).includes(access.name.toLowerCase()));
      const core = term?.expr.type === "ExistsExpr" ? term.expr.select.select : undefined;
      if (term?.expr.type !== "ExistsExpr" || core?.type !== "SelectFrom") throw new NotCounted("an EXISTS was not found");
      const inner = this.#blocks.select(term.expr.select, core, term.source, term.scopes, isStored);
      if (inner.sources.length !== 1) throw new NotCounted("an EXISTS over a join is not counted");
      made = { ...made, sources: [...made.sources, ...inner.sources.map((one) => ({ ...one, existsTerms: inner.terms }))], terms: made.terms.filter((one) => one !== term) };
    }
    return made;
  }

  #compound(select: Select, cores: readonly OneSelect[], plan: readonly PlanNode[], source: Source, outer: readonly Scope[], runs: RowSet): Level {
    const alone: Select = { ...select, compounds: undefined, orderBy: undefined, limit: undefined };
    const parts: { readonly children: readonly PlanNode[]; readonly detail: string }[] = [];
    const open = (nodes: readonly PlanNode[]): void => {
      for (const { access, detail, children } of nodes) {
        if (access.kind !== "compound") continue;
        if (/^(COMPOUND|MERGE)/.test(detail) || children.every((child) => /^(LEFT|RIGHT|MERGE)/.test(child.detail))) open(children);
        else if (children.length === 1 && /^MERGE/.test(children[0]!.detail)) open(children);
        else parts.push({ children, detail });
      }
    };
    open(plan);
    const isMerged = plan.some(({ detail }) => detail.startsWith("MERGE"));
    if (select.limit !== undefined && !isMerged) throw new NotCounted("a compound with LIMIT is not counted");
    if (parts.length !== cores.length || runs !== once) throw new NotCounted("this compound is not counted");
    const levels = cores.map((core, at) => this.#core({ ...alone, select: core }, core, parts[at]!.children, source, outer, runs));
    const read = levels.reduce((sum, level) => sum + level.read, 0);
    const out = this.#counter.number(`SELECT count(*) FROM (${render(select, source, outer).sql})`);
    // What is made different in a table of its own is read from there.
    const isTable = parts.some(({ detail }) => detail.includes("TEMP B-TREE"));
    const sorted = plan.some(({ access }) => access.kind === "sort");
    return { read: read + (isTable ? Math.max(1, out) : 0) + (sorted ? out : 0), out };
  }

  #level(plan: readonly PlanNode[], block: Block, runs: RowSet, most?: number): LoopLevel {
    let read = 0;
    for (const node of plan) if (node.access.kind === "source") read += this.#derived(node, block);
    const loops = plan.filter(({ access }) => access.kind === "scan" || access.kind === "search" || access.kind === "or");
    const walk = new Walk(block, runs, loops, this.#counter, this.#stored);
    const sorts = plan.flatMap(({ access }) => (access.kind === "sort" ? [access] : []));
    const group = groupOf(block);
    const aggregates = block.core !== undefined && aggregatesIn(block.core);
    const blocks = sorts.some(({ purpose, partial }) => purpose !== "DISTINCT" && purpose !== "other" && !partial);
    const limit = this.#limit(block, most, aggregates && block.core?.groupBy === undefined);
    const early = limit !== undefined && !blocks && !aggregates ? walk.upTo(limit) : undefined;
    read += early ?? walk.all();
    const rows = early === undefined ? walk.out : Math.min(limit!, walk.out);
    for (const { access } of plan) if (access.kind === "bloom" && !loops.some(({ access: loop }) => loop.kind === "search" && loop.automatic && loop.name === access.name)) read += this.#bloom(access.name, block);
    read += this.#subqueries(plan, block, walk);
    read += sortReads(sorts, block, walk, this.#counter, rows, runs);
    const groups = group !== undefined && (aggregates || sorts.some(({ purpose }) => purpose === "DISTINCT")) ? walk.groups(group) : rows;
    const out = aggregates && block.core?.groupBy === undefined ? 1 : groups;
    return { read, out: limit === undefined ? out : Math.min(out, limit), rows: walk.at(undefined) };
  }

  #bloom(name: string, block: Block): number {
    const source = block.sources.find((one) => one.name === name.toLowerCase());
    return source === undefined ? 0 : this.#counter.size(source, undefined);
  }

  #limit({ select, source }: Block, most: number | undefined, makesOne: boolean): number | undefined {
    if (makesOne || select?.limit === undefined) return makesOne ? undefined : most;
    const number = (node: AstNode): number => this.#counter.number(`SELECT ${render(node, source, []).sql}`);
    const asked = number(select.limit.expr);
    return asked < 0 ? undefined : asked + (select.limit.offset === undefined ? 0 : Math.max(0, number(select.limit.offset)));
  }

  /** A subquery in a FROM clause, whose rows the plan keeps apart. */
  #derived(node: PlanNode, block: Block): number {
    if (node.access.kind !== "source") return 0;
    const name = node.access.name.toLowerCase();
    this.#stored.set(name, { isTable: node.access.stored });
    const cte = this.#source.ctes.get(name);
    const found = block.sources.find((one) => one.name === name || (one.name === "(subquery" && name.startsWith("(subquery")) || one.from === quote(node.access.kind === "source" ? node.access.name : ""));
    const inner = found?.select ?? (cte === undefined ? undefined : { select: cte.select, source: this.#source });
    if (inner === undefined) throw new NotCounted(`\`${node.detail}\` is not counted`);
    const step = node.children.find(({ detail }) => detail === "RECURSIVE STEP");
    return step === undefined ? this.#select(inner.select, node.children, inner.source, [], once, undefined, found && { terms: block.terms.filter(({ needs }) => needs.size === 1 && needs.has(found.id)), name: found.name }).read : this.#recursive(inner.select, node, step);
  }

  /** Every row of a recursive query goes through a queue, and the step runs for each. */
  #recursive(select: Select, node: PlanNode, step: PlanNode): number {
    const name = node.access.kind === "source" ? node.access.name : "";
    const setup = node.children.find(({ detail }) => detail === "SETUP")?.children ?? [];
    const [second] = select.compounds ?? [];
    if (second === undefined || (select.compounds?.length ?? 0) !== 1) throw new NotCounted("a recursive query of several steps is not counted");
    const rows = this.#counter.number(`SELECT count(*) FROM ${quote(name)}`);
    this.#stored.set(name.toLowerCase(), { isTable: false });
    const alone: Select = { ...select, compounds: undefined, orderBy: undefined, limit: undefined };
    const first = this.#core(alone, select.select, setup, this.#source, [], once);
    const next = this.#core({ ...alone, select: second.select }, second.select, step.children, this.#source, [], once);
    return first.read + next.read + rows + 1;
  }

  /** Window functions read their rows from a co-routine into a table, and step through that for each row again. */
  #window(node: PlanNode, select: Select, core: SelectFrom, plan: readonly PlanNode[], source: Source, outer: readonly Scope[], runs: RowSet): Level {
    const bare: Select = { ...select, orderBy: undefined, limit: undefined };
    this.#keep(node.children);
    const block = this.#blocks.select(bare, core, source, outer, (name) => this.#stored.has(name));
    const sorts = node.children.filter(({ access }) => access.kind === "sort").length;
    const { read, out } = this.#level(node.children.filter(({ access }) => access.kind !== "sort"), block, runs);
    const cursors = 2 + (/\b(lag|lead|nth_value|first_value|last_value)\s*\(/i.test(source.text) ? 1 : 0);
    const after = plan.filter((other) => other !== node && other.access.kind === "sort").length;
    return { read: read + (sorts + cursors + after) * out + 1, out };
  }

  #subqueries(plan: readonly PlanNode[], block: Block, walk: Walk): number {
    let read = 0;
    const taken = new Set<Select>();
    const visit = (nodes: readonly PlanNode[]): void => {
      for (const node of nodes) {
        if (node.access.kind === "scan" || node.access.kind === "search") visit(node.children);
        if (node.access.kind !== "subquery") continue;
        const place = this.#placeOf(node, block, taken);
        taken.add(place.select);
        const runs = node.access.correlated ? walk.at(place.term) : once;
        const inner = node.children.filter(({ detail }) => detail !== "CREATE BLOOM FILTER");
        const at = place.at;
        const core = place.select.select;
        const needsOne = place.one && core.type === "SelectFrom" && !aggregatesIn(core) ? 1 : undefined;
        const { read: found } = this.#select(place.select, inner, at.source, at.scopes, runs, needsOne);
        read += found;
      }
    };
    visit(plan);
    return read;
  }

  /** Which SELECT of the block a subquery of the plan is: the first that reads what the plan reads there. */
  #placeOf(node: PlanNode, block: Block, taken: ReadonlySet<Select>): { readonly select: Select; readonly term: Term | undefined; readonly at: Pick<Term, "source" | "scopes">; readonly one: boolean } {
    const wanted = new Set(namesRead(node.children));
    const inTerms = block.terms.flatMap((term) => selectsIn(term.expr).map((found) => ({ ...found, term, at: term as Pick<Term, "source" | "scopes"> })));
    const elsewhere = block.cores.flatMap((at, depth) => {
      const order = depth === 0 ? (block.select?.orderBy ?? []) : [];
      const parts: readonly AstNode[] = [...at.core.columns, ...(at.core.having === undefined ? [] : [at.core.having]), ...(at.core.groupBy ?? []), ...order];
      return parts.flatMap((part) => selectsIn(part).map((found) => ({ ...found, term: undefined, at })));
    });
    const found = [...inTerms, ...elsewhere].find(({ select }) => !taken.has(select) && (wanted.size === 0 || tablesOf(select).some((name) => wanted.has(name))));
    if (found === undefined) throw new NotCounted("a subquery of the plan was not found in the statement");
    return found;
  }
}

/** The loops of one level, one inside the other. */
class Walk {
  readonly #block: Block;
  readonly #runs: RowSet;
  readonly #loops: readonly { readonly node: PlanNode; readonly source: BlockSource }[];
  readonly #counter: RowCounter;
  readonly #stored: ReadonlyMap<string, { readonly isTable: boolean }>;
  #rows: RowSet;

  constructor(block: Block, runs: RowSet, loops: readonly PlanNode[], counter: RowCounter, stored: ReadonlyMap<string, { readonly isTable: boolean }>) {
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
    if (access.kind === "search" && this.#endsAtExtreme(access, source)) return Math.min(1, this.#counter.rows(joined(rows, source, constraints.map(({ sql }) => sql))));
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
    const fits = arms.filter((terms) => access.equal.every((name) => terms.some(({ comparisons }) => comparisons.some(({ column, id }) => id === source.id && (column === name.toLowerCase() || name === "rowid")))));
    if (fits.length === 0) throw new NotCounted("an arm of an OR was not found");
    const constraints = constraintsOf(access, source, [...fits[0]!, ...this.#terms(source)], rows);
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

function sortReads(sorts: readonly { readonly purpose: string; readonly partial: boolean }[], block: Block, walk: Walk, _counter: RowCounter, rows: number, runs: RowSet): number {
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

/**
 * Rows read for each row that a write changes, besides those that it finds. A write of several rows that would disturb
 * its own search, or that sets off more, notes the rows first and looks each of them up; an UPDATE reads its notes too.
 * SQLite: `flags` and `bComplex` in src/update.c and src/delete.c.
 */
function secondPass(ast: UpdateStmt | DeleteStmt, node: PlanNode | undefined, block: Block, schema: Schema): number {
  const access = node?.access;
  const source = block.sources[0];
  const table = source?.table;
  if (table === undefined || (access?.kind !== "scan" && access?.kind !== "search")) return 0;
  const lists = block.terms.some(({ comparisons }) => comparisons.some(({ kind }) => kind === "in"));
  const isOne = access.kind === "search" && ((access.rowid && !table.withoutRowid && access.range.length === 0) || endsAtOne(access, source!, schema)) && !lists;
  const asks = block.terms.some(({ expr }) => selectsIn(expr).length > 0);
  const triggers = schema.triggers.filter((one) => one.table.toLowerCase() === table.name.toLowerCase());
  if (ast.type === "DeleteStmt") {
    const isParent = schema.tables.some(({ foreignKeys }) => foreignKeys.some(({ parent }) => parent.toLowerCase() === table.name.toLowerCase()));
    const isSimple = table.foreignKeys.length === 0 && !isParent && !triggers.some(({ sql }) => /\bDELETE\s+ON\b/i.test(sql));
    return isSimple && (isOne || !asks) ? 0 : isOne && table.withoutRowid ? 0 : 1;
  }
  const set = new Set(ast.sets.flatMap(({ colNames }) => colNames.map(({ text }) => text.toLowerCase())));
  const changes = (columns: readonly (string | undefined)[]): boolean => columns.some((column) => column !== undefined && set.has(column.toLowerCase()));
  const index = access.index === undefined ? undefined : schema.indexes.find(({ name }) => name.toLowerCase() === access.index!.toLowerCase());
  const disturbs = index !== undefined && changes(index.parts.map(({ column }) => column));
  if (isOne) return 0;
  return asks || disturbs || table.foreignKeys.some(({ columns }) => changes(columns)) || triggers.some((one) => firesOn(one.sql, changes)) ? 2 : 0;
}

/** Whether an UPDATE of these columns sets a trigger off. */
function firesOn(sql: string, changes: (columns: readonly string[]) => boolean): boolean {
  const match = /\bUPDATE(?:\s+OF\s+([^]*?))?\s+ON\b/i.exec(sql);
  return match !== null && (match[1] === undefined || changes(match[1].split(",").map((name) => name.trim().replace(/^["`[]|["`\]]$/g, ""))));
}

function withPushed(block: Block, { terms, name }: Pushed): Block {
  const { core, select, source, scopes } = block;
  if (core === undefined || select === undefined || select.limit !== undefined || terms.length === 0 || windowed(core)) return block;
  const columns = new Map<string, Piece>();
  for (const [at, key] of resultNames(select, source).entries()) {
    const column = core.columns[at];
    // Behind a `*` the columns are not where they are counted; what aggregates is known too late.
    if (column?.type !== "ExprResultColumn" || aggregatesIn({ ...core, groupBy: undefined, columns: [column] })) continue;
    columns.set(key.toLowerCase(), render(column.expr, source, scopes));
  }
  const names = [[{ name, columns }]];
  const inside = terms.filter(({ expr }) => nodesOf(expr).every((node) => (node.type !== "Id" || columns.has(node.name.toLowerCase())) && (node.type !== "QualifiedExpr" || columns.has(node.column.text.toLowerCase()))));
  return { ...block, terms: [...block.terms, ...inside.flatMap(({ expr, source: own }) => termsOf(expr, own, names))] };
}

/** Whether window functions stand in a SELECT's result columns. */
function windowed(core: SelectFrom): boolean {
  return core.columns.some((column) => nodesOf(column).some((node) => (node.type === "FunctionCallExpr" || node.type === "FunctionCallStarExpr") && node.filterOver?.overClause !== undefined));
}

/** The column of a SELECT whose only result is `min(column)` or `max(column)`, in lower case. */
function extremeColumn({ core }: Block): string | undefined {
  const only = core?.columns.length === 1 && core.groupBy === undefined ? core.columns[0] : undefined;
  const call = only?.type === "ExprResultColumn" && only.expr.type === "FunctionCallExpr" ? only.expr : undefined;
  const [argument, ...more] = call?.args ?? [];
  if (call === undefined || !/^(min|max)$/i.test(call.name.name) || argument === undefined || more.length > 0) return undefined;
  return argument.type === "Id" ? argument.name.toLowerCase() : argument.type === "QualifiedExpr" ? argument.column.text.toLowerCase() : undefined;
}

/** The SELECTs directly inside an expression, with whether one row of them is enough. */
function selectsIn(root: AstNode): readonly { readonly select: Select; readonly one: boolean }[] {
  const found: { readonly select: Select; readonly one: boolean }[] = [];
  const inner = new Set<Select>();
  for (const node of nodesOf(root)) {
    const select = node.type === "SubqueryExpr" || node.type === "ExistsExpr" ? node.select : node.type === "InSelectExpr" ? node.rhs : undefined;
    if (select === undefined || inner.has(select)) continue;
    for (const deeper of nodesOf(select)) if (deeper.type === "Select" && deeper !== select) inner.add(deeper);
    found.push({ select, one: node.type !== "InSelectExpr" });
  }
  return found;
}

function namesRead(plan: readonly PlanNode[]): readonly string[] {
  return plan.flatMap(({ access, children }) => [...(access.kind === "scan" || access.kind === "search" ? [access.name.toLowerCase()] : access.kind === "source" ? [access.name.toLowerCase()] : []), ...namesRead(children)]);
}

function tablesOf(select: Select): readonly string[] {
  return nodesOf(select).flatMap((node) =>
    node.type === "TableSelectTable" || node.type === "TableCallSelectTable" ? [(node.alias?.name.text ?? node.tblName.objName.text).toLowerCase(), node.tblName.objName.text.toLowerCase()] : [],
  );
}

function withOf({ ast }: Statement): With | undefined {
  switch (ast.type) {
    case "SelectStmt":
      return ast.body.with;
    case "InsertStmt":
    case "UpdateStmt":
    case "DeleteStmt":
      return ast.with;
    default:
      return undefined;
  }
}

function withText({ ctes }: With, source: Source): string {
  const parts = ctes.map(({ tblName, columns, select }) => {
    const names = columns === undefined ? "" : ` (${columns.map((column) => quote(column.colName.text)).join(", ")})`;
    return `${quote(tblName.text)}${names} AS (${render(select, source, []).sql})`;
  });
  return `WITH RECURSIVE ${parts.join(", ")} `;
}

/** Foreign keys to a rowid: each new row looks its parent up. */
function rowidParents(schema: Schema, name: string): number {
  const table = schema.tables.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return (table?.foreignKeys ?? []).filter(({ parent, parentColumns }) => {
    const found = schema.tables.find((one) => one.name.toLowerCase() === parent.toLowerCase());
    return parentColumns.length === 1 && found?.columns.some(({ name: column, rowidAlias }) => rowidAlias && column.toLowerCase() === parentColumns[0]!.toLowerCase());
  }).length;
}
