// Which tables a statement reads, and by which predicates, orders and groups: what an index could serve.
// It only proposes. Whether an index helps is for SQLite's planner to say, so a predicate too many does no harm.

import type { AstNode, Expr, FromClause, OneSelect, Select, SelectFrom, SelectTable, SortedColumn, With } from "sqlite3-parser";
import { traverse } from "sqlite3-parser";
import type { Schema, Table } from "../schema/schema";
import { findColumn, findTable, findView } from "../schema/schema";
import { cover } from "../text/span";
import type { Span } from "../text/span";
import { aggregatesIn, comparison, numberOf, resultColumn } from "./select-shape";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";

export type PredicateKind = "equal" | "in" | "null" | "range";

export interface Predicate {
  /** Column name as the schema spells it. */
  readonly column: string;
  readonly kind: PredicateKind;
  /** How many values an IN list holds; 1 for all else. */
  readonly values: number;
  /** The names (aliases) of other tables that the compared value comes from; empty for constants and parameters. */
  readonly from: readonly string[];
  readonly span: Span;
}

export interface OrderTerm {
  readonly column: string;
  readonly descending: boolean;
}

/** One table in one FROM clause, or the target of an UPDATE or DELETE. */
export interface TableUse {
  readonly table: Table;
  /** The name under which the plan shows it: the alias, else the table's name. */
  readonly name: string;
  readonly span: Span;
  readonly predicates: readonly Predicate[];
  /** ORDER BY of its SELECT where all terms are plain columns of this table; else empty. */
  readonly order: readonly OrderTerm[];
  /** GROUP BY or DISTINCT columns, where all are plain columns of this table; else empty. */
  readonly group: readonly string[];
  /** Where ORDER BY's terms, else GROUP BY's, stand; undefined where there are none. */
  readonly sortSpan: Span | undefined;
  /** The LIMIT of its SELECT: a number, `unknown` for a parameter, undefined for none. */
  readonly limit: number | "unknown" | undefined;
  /** The OFFSET, where it is a literal. */
  readonly offset: number;
  /** True where its SELECT aggregates, so that a LIMIT cannot end the scan early. */
  readonly aggregates: boolean;
}

/** Every use of a stored table in the statement, in the order of the text. Views and virtual tables are left out. */
export function tableUses(statement: Statement, schema: Schema): readonly TableUse[] {
  const uses: MutableUse[] = [];
  const reader = new Reader(statement, schema, uses);
  const { ast } = statement;
  if (ast.type === "UpdateStmt" || ast.type === "DeleteStmt") {
    const target = reader.target(ast.tblName.objName.text, ast.tblName.alias?.text, ast.tblName);
    const scope: Scope = { uses: target === undefined ? [] : [target], derived: [] };
    if (ast.type === "UpdateStmt" && ast.from !== undefined) reader.from(ast.from, scope, nowhere);
    if (ast.whereClause !== undefined) reader.conjuncts(ast.whereClause, scope, nowhere);
    reader.ctes(ast.with);
    reader.subqueries(ast, scope);
  } else {
    reader.subqueries(ast, nowhere);
  }
  return uses;
}

interface MutableUse {
  readonly table: Table;
  readonly name: string;
  readonly span: Span;
  predicates: Predicate[];
  order: readonly OrderTerm[];
  group: readonly string[];
  sortSpan: Span | undefined;
  limit: number | "unknown" | undefined;
  offset: number;
  aggregates: boolean;
}

/** A view or a subquery in a FROM clause: which column of which table stands behind each of its own. */
interface Derived {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Found>;
  /** Its tables, where SQLite can read them as if they stood in the outer FROM clause. */
  readonly flat: readonly MutableUse[];
}

interface Found {
  readonly use: MutableUse;
  readonly column: string;
}

interface Scope {
  readonly uses: MutableUse[];
  readonly derived: Derived[];
}

const nowhere: Scope = { uses: [], derived: [] };

function both(inner: Scope, outer: Scope): Scope {
  return { uses: [...inner.uses, ...outer.uses], derived: [...inner.derived, ...outer.derived] };
}

/** Views of views end somewhere. */
const DEEPEST = 6;

class Reader {
  readonly #statement: Pick<Statement, "spanOf">;
  readonly #schema: Schema;
  readonly #uses: MutableUse[];

  readonly #depth: number;

  constructor(statement: Pick<Statement, "spanOf">, schema: Schema, uses: MutableUse[], depth = 0) {
    this.#statement = statement;
    this.#depth = depth;
    this.#schema = schema;
    this.#uses = uses;
  }

  target(name: string, alias: string | undefined, node: AstNode): MutableUse | undefined {
    const table = findTable(this.#schema, name);
    if (table === undefined || table.kind === "virtual") return undefined;
    const use: MutableUse = {
      table,
      name: alias ?? table.name,
      span: this.#statement.spanOf(node),
      predicates: [],
      order: [],
      group: [],
      sortSpan: undefined,
      limit: undefined,
      offset: 0,
      aggregates: false,
    };
    this.#uses.push(use);
    return use;
  }

  ctes(clause: With | undefined): void {
    for (const cte of clause?.ctes ?? []) this.select(cte.select, nowhere);
  }

  /** Reads every SELECT below a node that is not read as part of its own FROM clause. */
  subqueries(node: AstNode, outer: Scope): void {
    traverse(node, {
      nodes: {
        Select: (select: Select) => {
          this.select(select, outer);
          return "skip" as const;
        },
        ExistsExpr: (exists: { readonly select: Select }) => {
          this.select(exists.select, outer, 1);
          return "skip" as const;
        },
      },
    });
  }

  /**
   * `most` is what ends the SELECT early besides its own LIMIT: EXISTS needs one row. The result is what an outer FROM
   * clause sees of it; undefined for a compound.
   */
  select(select: Select, outer: Scope, most?: number): Omit<Derived, "name"> | undefined {
    this.ctes(select.with);
    const cores: OneSelect[] = [select.select, ...(select.compounds ?? []).map((compound) => compound.select)];
    for (const core of cores) {
      if (core.type !== "SelectFrom") {
        this.subqueries(core, outer);
        continue;
      }
      const scope: Scope = { uses: [], derived: [] };
      if (core.from !== undefined) this.from(core.from, scope, outer);
      if (core.whereClause !== undefined) this.conjuncts(core.whereClause, scope, outer);
      for (const part of [core.whereClause, core.having, ...core.columns, ...(core.groupBy ?? [])]) {
        if (part !== undefined) this.subqueries(part, scope);
      }
      this.#shape(select, core, scope, cores.length === 1, most);
      if (cores.length === 1) return this.#derive(select, core, scope);
    }
    return undefined;
  }

  #derive(select: Select, core: SelectFrom, scope: Scope): Omit<Derived, "name"> {
    const columns = new Map<string, Found>();
    const add = (name: string, found: Found | undefined): void => {
      if (found !== undefined && !columns.has(name.toLowerCase())) columns.set(name.toLowerCase(), found);
    };
    for (const column of core.columns) {
      if (column.type === "ExprResultColumn") {
        const { expr } = column;
        const own = expr.type === "Id" ? expr.name : expr.type === "QualifiedExpr" ? expr.column.text : undefined;
        const name = column.alias?.name.text ?? own;
        if (name !== undefined) add(name, this.#column(expr, scope));
        continue;
      }
      const only = column.type === "TableStarResultColumn" ? column.table.text.toLowerCase() : undefined;
      const isMeant = ({ name }: { readonly name: string }): boolean => only === undefined || name.toLowerCase() === only;
      for (const use of scope.uses.filter(isMeant)) for (const { name } of use.table.columns) add(name, { use, column: name });
      for (const inner of scope.derived.filter(isMeant)) for (const [name, found] of inner.columns) add(name, found);
    }
    const simple = !aggregatesIn(core) && core.distinctness !== "Distinct" && select.limit === undefined;
    return { columns, flat: simple ? [...scope.uses, ...scope.derived.flatMap(({ flat }) => flat)] : [] };
  }

  from(clause: FromClause, scope: Scope, outer: Scope): void {
    if (clause.select !== undefined) this.#table(clause.select, scope, outer);
    for (const join of clause.joins ?? []) {
      this.#table(join.table, scope, outer);
      if (join.constraint?.type === "OnJoinConstraint") {
        this.conjuncts(join.constraint.expr, scope, outer);
        this.subqueries(join.constraint.expr, scope);
      } else if (join.constraint?.type === "UsingJoinConstraint") {
        this.#using(join.constraint.columns, scope);
      }
    }
  }

  conjuncts(expr: Expr, scope: Scope, outer: Scope): void {
    if (expr.type === "ParenthesizedExpr" && expr.exprs.length === 1) {
      this.conjuncts(expr.exprs[0]!, scope, outer);
    } else if (expr.type === "BinaryExpr" && expr.op === "And") {
      this.conjuncts(expr.left, scope, outer);
      this.conjuncts(expr.right, scope, outer);
    } else {
      this.#predicate(expr, scope, outer);
    }
  }

  #table(item: SelectTable, scope: Scope, outer: Scope): void {
    switch (item.type) {
      case "TableSelectTable": {
        const { text } = item.tblName.objName;
        const alias = item.alias?.name.text ?? item.tblName.alias?.text;
        const use = this.target(text, alias, item.tblName);
        if (use !== undefined) scope.uses.push(use);
        else this.#named(alias ?? text, this.#view(text, item.tblName), scope);
        return;
      }
      case "SelectSelectTable":
        this.#named(item.alias?.name.text ?? "", this.select(item.select, outer), scope);
        return;
      case "SubSelectTable":
        this.from(item.from, scope, outer);
        return;
      case "TableCallSelectTable":
        for (const argument of item.args ?? []) this.subqueries(argument, scope);
        return;
    }
  }

  #named(name: string, derived: Omit<Derived, "name"> | undefined, scope: Scope): void {
    if (derived !== undefined) scope.derived.push({ ...derived, name });
  }

  /** What is found in a view stands where the statement names it. */
  #view(name: string, place: AstNode): Omit<Derived, "name"> | undefined {
    const view = findView(this.#schema, name);
    const parsed = view === undefined || this.#depth >= DEEPEST ? undefined : parseStatement(view.sql);
    if (parsed?.ok !== true || parsed.ast.type !== "CreateViewStmt") return undefined;
    const span = this.#statement.spanOf(place);
    return new Reader({ spanOf: () => span }, this.#schema, this.#uses, this.#depth + 1).select(parsed.ast.select, nowhere);
  }

  #using(columns: readonly { readonly text: string; readonly span: { readonly offset: number; readonly length: number } }[], scope: Scope): void {
    for (const column of columns) {
      const holders = scope.uses.filter((use) => findColumn(use.table, column.text) !== undefined);
      for (const holder of holders) {
        this.#add(holder, column.text, "equal", 1, holders.filter((other) => other !== holder).map((other) => other.name), this.#statement.spanOf(column));
      }
    }
  }

  #predicate(expr: Expr, scope: Scope, outer: Scope): void {
    switch (expr.type) {
      case "BinaryExpr": {
        const kind = comparison(expr.op);
        if (kind === undefined) return;
        this.#compare(expr, expr.left, [expr.right], kind, 1, scope, outer);
        this.#compare(expr, expr.right, [expr.left], kind, 1, scope, outer);
        return;
      }
      case "BetweenExpr":
        if (!expr.not) this.#compare(expr, expr.lhs, [expr.start, expr.end], "range", 1, scope, outer);
        return;
      case "InListExpr":
        if (!expr.not) this.#compare(expr, expr.lhs, expr.rhs ?? [], "in", Math.max(1, expr.rhs?.length ?? 1), scope, outer);
        return;
      case "InSelectExpr":
      case "InTableExpr":
        // SQLite assumes 25 values of a list that it cannot see.
        if (!expr.not) this.#compare(expr, expr.lhs, [], "in", 25, scope, outer);
        return;
      case "IsNullExpr":
        this.#compare(expr, expr.expr, [], "null", 1, scope, outer);
        return;
      default:
        return;
    }
  }

  #compare(whole: Expr, side: Expr, others: readonly Expr[], kind: PredicateKind, values: number, scope: Scope, outer: Scope): void {
    const found = this.#column(side, scope);
    if (found === undefined) return;
    const from = new Set<string>();
    for (const other of others) {
      for (const name of this.#namesIn(other, both(scope, outer))) from.add(name);
    }
    // A column compared with its own row is no bound that an index could use.
    if (from.has(found.use.name)) return;
    const literalNull = kind === "equal" && others[0]?.type === "NullLiteral";
    this.#add(found.use, found.column, literalNull ? "null" : kind, values, [...from], this.#statement.spanOf(whole));
  }

  #add(use: MutableUse, column: string, kind: PredicateKind, values: number, from: readonly string[], span: Span): void {
    const name = findColumn(use.table, column)?.name;
    if (name !== undefined) use.predicates.push({ column: name, kind, values, from, span });
  }

  #column(expr: Expr, scope: Scope): Found | undefined {
    if (expr.type === "ParenthesizedExpr" && expr.exprs.length === 1) return this.#column(expr.exprs[0]!, scope);
    if (expr.type === "Id") {
      const use = scope.uses.find((candidate) => findColumn(candidate.table, expr.name) !== undefined);
      if (use !== undefined) return { use, column: findColumn(use.table, expr.name)!.name };
      return scope.derived.flatMap(({ columns }) => columns.get(expr.name.toLowerCase()) ?? [])[0];
    }
    if (expr.type !== "QualifiedExpr") return undefined;
    const wanted = expr.table.text.toLowerCase();
    const use = scope.uses.find((candidate) => candidate.name.toLowerCase() === wanted);
    const column = use === undefined ? undefined : findColumn(use.table, expr.column.text);
    if (use !== undefined && column !== undefined) return { use, column: column.name };
    return scope.derived.find(({ name }) => name.toLowerCase() === wanted)?.columns.get(expr.column.text.toLowerCase());
  }

  /** The tables whose columns an expression names; also WITH names, subqueries and table functions, by their alias. */
  #namesIn(expr: Expr, scope: Scope): readonly string[] {
    const found: string[] = [];
    traverse(expr as AstNode, {
      nodes: {
        Id: (node: Expr) => void found.push(...(this.#column(node, scope) === undefined ? [] : [this.#column(node, scope)!.use.name])),
        QualifiedExpr: (node: Extract<Expr, { type: "QualifiedExpr" }>) => void found.push(this.#column(node, scope)?.use.name ?? node.table.text),
      },
    });
    return found;
  }

  #shape(select: Select, core: SelectFrom, scope: Scope, single: boolean, most: number | undefined): void {
    const aggregates = aggregatesIn(core);
    const limit = select.limit === undefined ? most : (numberOf(select.limit.expr) ?? "unknown");
    const offset = select.limit?.offset === undefined ? 0 : (numberOf(select.limit.offset) ?? 0);
    const order = single ? this.#orderOf(select.orderBy ?? [], core, scope) : undefined;
    const group = this.#groupOf(core, scope);
    const sorted = [...(single ? (select.orderBy ?? []) : []), ...(select.orderBy === undefined ? (core.groupBy ?? []) : [])].map((node) => this.#statement.spanOf(node));
    for (const use of [...scope.uses, ...scope.derived.flatMap(({ flat }) => flat)]) {
      use.aggregates = aggregates;
      use.sortSpan = sorted.length === 0 ? undefined : cover(sorted);
      if (single) {
        use.limit = limit;
        use.offset = offset;
      }
      if (order?.use === use) use.order = order.terms;
      if (group?.use === use) use.group = group.columns;
    }
  }

  #orderOf(terms: readonly SortedColumn[], core: SelectFrom, scope: Scope): { readonly use: MutableUse; readonly terms: readonly OrderTerm[] } | undefined {
    let owner: MutableUse | undefined;
    const result: OrderTerm[] = [];
    for (const term of terms) {
      const found = this.#column(resultColumn(term.expr, core), scope);
      if (found === undefined || (owner !== undefined && found.use !== owner)) return undefined;
      owner = found.use;
      result.push({ column: found.column, descending: term.order === "Desc" });
    }
    return owner === undefined ? undefined : { use: owner, terms: result };
  }

  #groupOf(core: SelectFrom, scope: Scope): { readonly use: MutableUse; readonly columns: readonly string[] } | undefined {
    const exprs =
      core.groupBy !== undefined
        ? core.groupBy.map((expr) => resultColumn(expr, core))
        : core.distinctness === "Distinct"
          ? core.columns.map((column) => (column.type === "ExprResultColumn" ? column.expr : undefined))
          : [];
    let owner: MutableUse | undefined;
    const columns: string[] = [];
    for (const expr of exprs) {
      const found = expr === undefined ? undefined : this.#column(expr, scope);
      if (found === undefined || (owner !== undefined && found.use !== owner)) return undefined;
      owner = found.use;
      columns.push(found.column);
    }
    return owner === undefined ? undefined : { use: owner, columns };
  }
}
