// How many rows D1's counter would report for a statement on rows that are really there: the plan says which loops run,
// and counting queries made of the statement's own conditions say how many rows each of them steps over. What cannot be
// counted this way is estimated, and the result says so. `test/conformance` holds it against D1 itself.

import type { AstNode, OneSelect, Select, SelectFrom } from "sqlite3-parser";
import type { Database, SqlValue } from "../schema/engine";
import type { Schema } from "../schema/schema";
import { placeholders } from "../sql/parameters";
import { nodesOf } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { Blocks, NotCounted, groupOf, quote, termsOf } from "./counted/block";
import type { Block, Term } from "./counted/block";
import { RowCounter, once } from "./counted/loop";
import type { RowSet } from "./counted/loop";
import { namesRead, selectsIn, tablesOf, windowed, withOf, withText } from "./counted/shapes";
import { render, resultNames } from "./counted/text";
import type { Piece, Scope, Source } from "./counted/text";
import { Walk, sortReads } from "./counted/walk";
import { keyCheck, rowidParents, secondPass } from "./counted/writes";
import type { PlanNode } from "./plan";
import { aggregatesIn } from "./select-shape";

export interface CountedRows {
  /** What `meta.rows_read` would be. */
  readonly rows: number;
  /** False where all of it or a part is estimated. */
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
    const counting = new Counting(input);
    const rows = Math.round(counting.statement(input.plan));
    return { rows, counted: counting.notes.size === 0, notes: [...counting.notes] };
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

/** In what surroundings a SELECT runs. */
interface Surroundings {
  readonly source: Source;
  /** From the inside out. */
  readonly outer: readonly Scope[];
  /** The rows for each of which it runs. */
  readonly runs: RowSet;
  /** Rows after which nobody wants more. */
  readonly most?: number;
  readonly pushed?: Pushed;
}

/** Conditions of an outer SELECT on a subquery of its FROM clause, which SQLite judges inside where it can. */
interface Pushed {
  readonly terms: readonly Term[];
  /** The subquery's. */
  readonly name: string;
}

class Counting {
  /** What was counted too high, in words. */
  readonly notes = new Set<string>();
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

  get #whole(): Surroundings {
    return { source: this.#source, outer: [], runs: once };
  }

  statement(plan: readonly PlanNode[]): number {
    const { ast } = this.#input.statement;
    switch (ast.type) {
      case "SelectStmt":
        return this.#select(ast.body, plan, this.#whole).read;
      case "InsertStmt": {
        const { body } = ast;
        const parents = rowidParents(this.#input.schema, ast.tblName.objName.text);
        if (body.type !== "SelectInsertBody") return parents + (ast.returning === undefined ? 0 : 2);
        const { read, out } = body.select.select.type === "SelectValues" ? { read: 0, out: body.select.select.values.length } : this.#select(body.select, this.#ownLoops(plan, body.select), this.#whole);
        return read + out * (parents + (ast.returning === undefined ? 0 : 2));
      }
      case "UpdateStmt":
      case "DeleteStmt": {
        const block = this.#blocks.target(ast, this.#source);
        const isOwn = ({ access }: PlanNode): boolean => (access.kind !== "scan" && access.kind !== "search") || block.sources.some(({ name }) => name === access.name.toLowerCase());
        const { read, out, rows } = this.#level(plan.filter(isOwn), block, once);
        const checks = plan.filter((node) => !isOwn(node)).reduce((sum, node) => sum + keyCheck(node, block, rows, this.#counter), 0);
        return read + checks + (out === 0 ? 0 : secondPass(ast, plan.find(isOwn), block, this.#input.schema) * out);
      }
      default:
        throw new NotCounted("only reads and writes of rows are counted");
    }
  }

  /** An INSERT's plan also lists checks of keys, which do not run. */
  #ownLoops(plan: readonly PlanNode[], select: Select): readonly PlanNode[] {
    const names = new Set(nodesOf(select).flatMap((node) => (node.type === "TableSelectTable" ? [(node.alias?.name.text ?? node.tblName.objName.text).toLowerCase()] : [])));
    return plan.filter(({ access }) => (access.kind !== "scan" && access.kind !== "search") || access.virtual || names.has(access.name.toLowerCase()));
  }

  /** A SELECT, compound or not, that runs once for each row of the set. */
  #select(select: Select, plan: readonly PlanNode[], around: Surroundings): Level {
    const cores = [select.select, ...(select.compounds ?? []).map((compound) => compound.select)];
    if (cores.length > 1) return this.#compound(select, cores, plan, around);
    return this.#core(select, select.select, plan, around);
  }

  #core(select: Select, core: OneSelect, plan: readonly PlanNode[], around: Surroundings): Level {
    const { source, outer, runs, most, pushed } = around;
    if (core.type !== "SelectFrom") return { read: 0, out: core.values.length };
    const inner = windowed(core) ? plan.find(({ access, children }) => access.kind === "source" && access.name.startsWith("(subquery") && children.some(({ access: child }) => child.kind === "sort" || child.kind === "scan" || child.kind === "search")) : undefined;
    if (inner !== undefined) return this.#window(inner, select, core, plan, around);
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

  #compound(select: Select, cores: readonly OneSelect[], plan: readonly PlanNode[], around: Surroundings): Level {
    const { source, outer, runs } = around;
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
    const levels = cores.map((core, at) => this.#core({ ...alone, select: core }, core, parts[at]!.children, around));
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
    const early = limit === undefined ? undefined : blocks ? walk.upToInLists(limit) : aggregates ? walk.upToGroups(limit, group ?? []) : walk.upTo(limit);
    if (early === undefined && limit !== undefined && !blocks && runs !== once && loops.length > 1) this.notes.add("a join that ends at its first row is counted to its end");
    read += early ?? walk.all();
    const rows = early === undefined ? walk.out : Math.min(limit!, walk.out);
    for (const { access } of plan) if (access.kind === "bloom" && !loops.some(({ access: loop }) => loop.kind === "search" && loop.automatic && loop.name === access.name)) read += this.#bloom(access.name, block);
    read += this.#subqueries(plan, block, walk);
    // What was read through lists includes the sort.
    if (early === undefined || !blocks) read += sortReads(sorts, block, walk, rows, runs);
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
    return step === undefined ? this.#select(inner.select, node.children, { source: inner.source, outer: [], runs: once, ...(found && { pushed: { terms: block.terms.filter(({ needs }) => needs.size === 1 && needs.has(found.id)), name: found.name } }) }).read : this.#recursive(inner.select, node, step);
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
    const first = this.#core(alone, select.select, setup, this.#whole);
    const next = this.#core({ ...alone, select: second.select }, second.select, step.children, this.#whole);
    return first.read + next.read + rows + 1;
  }

  /** Window functions read their rows from a co-routine into a table, and step through that for each row again. */
  #window(node: PlanNode, select: Select, core: SelectFrom, plan: readonly PlanNode[], { source, outer, runs }: Surroundings): Level {
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
        const needsOne = place.one && core.type === "SelectFrom" && !aggregatesIn(core);
        const { read: found } = this.#select(place.select, inner, { source: at.source, outer: at.scopes, runs, ...(needsOne && { most: 1 }) });
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
    const elsewhere = block.parts.flatMap((at) => at.parts.flatMap((part) => selectsIn(part).map((found) => ({ ...found, term: undefined, at }))));
    const found = [...inTerms, ...elsewhere].find(({ select }) => !taken.has(select) && (wanted.size === 0 || tablesOf(select).some((name) => wanted.has(name))));
    if (found === undefined) throw new NotCounted("a subquery of the plan was not found in the statement");
    return found;
  }
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
