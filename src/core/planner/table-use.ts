// Which tables a statement reads, and by which predicates, orders and groups: what an index could serve.
// It only proposes. Whether an index helps is for SQLite's planner to say, so a predicate too many does no harm.

import type { AstNode, Expr, FromClause, OneSelect, Select, SelectFrom, SelectTable, SortedColumn, With } from "sqlite3-parser";
import { traverse } from "sqlite3-parser";
import type { Schema, Table } from "../schema/schema";
import { findColumn, findTable } from "../schema/schema";
import { cover } from "../text/span";
import type { Span } from "../text/span";
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
    const scope: MutableUse[] = target === undefined ? [] : [target];
    if (ast.type === "UpdateStmt" && ast.from !== undefined) reader.from(ast.from, scope, []);
    if (ast.whereClause !== undefined) reader.conjuncts(ast.whereClause, scope, []);
    reader.ctes(ast.with);
    reader.subqueries(ast, scope);
  } else {
    reader.subqueries(ast, []);
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

type Scope = readonly MutableUse[];

const AGGREGATES = new Set(["count", "sum", "avg", "min", "max", "total", "group_concat", "string_agg", "json_group_array", "json_group_object"]);

class Reader {
  readonly #statement: Statement;
  readonly #schema: Schema;
  readonly #uses: MutableUse[];

  constructor(statement: Statement, schema: Schema, uses: MutableUse[]) {
    this.#statement = statement;
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
    for (const cte of clause?.ctes ?? []) this.select(cte.select, []);
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

  /** `most` is what ends the SELECT early besides its own LIMIT: EXISTS needs one row. */
  select(select: Select, outer: Scope, most?: number): void {
    this.ctes(select.with);
    const cores: OneSelect[] = [select.select, ...(select.compounds ?? []).map((compound) => compound.select)];
    for (const core of cores) {
      if (core.type !== "SelectFrom") {
        this.subqueries(core, outer);
        continue;
      }
      const scope: MutableUse[] = [];
      if (core.from !== undefined) this.from(core.from, scope, outer);
      if (core.whereClause !== undefined) this.conjuncts(core.whereClause, scope, outer);
      for (const part of [core.whereClause, core.having, ...core.columns, ...(core.groupBy ?? [])]) {
        if (part !== undefined) this.subqueries(part, scope);
      }
      this.#shape(select, core, scope, cores.length === 1, most);
    }
  }

  from(clause: FromClause, scope: MutableUse[], outer: Scope): void {
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

  #table(item: SelectTable, scope: MutableUse[], outer: Scope): void {
    switch (item.type) {
      case "TableSelectTable": {
        const use = this.target(item.tblName.objName.text, item.alias?.name.text ?? item.tblName.alias?.text, item.tblName);
        if (use !== undefined) scope.push(use);
        return;
      }
      case "SelectSelectTable":
        this.select(item.select, outer);
        return;
      case "SubSelectTable":
        this.from(item.from, scope, outer);
        return;
      case "TableCallSelectTable":
        for (const argument of item.args ?? []) this.subqueries(argument, scope);
        return;
    }
  }

  #using(columns: readonly { readonly text: string; readonly span: { readonly offset: number; readonly length: number } }[], scope: Scope): void {
    for (const column of columns) {
      const holders = scope.filter((use) => findColumn(use.table, column.text) !== undefined);
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
      for (const name of this.#namesIn(other, [...scope, ...outer])) from.add(name);
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

  #column(expr: Expr, scope: Scope): { readonly use: MutableUse; readonly column: string } | undefined {
    if (expr.type === "ParenthesizedExpr" && expr.exprs.length === 1) return this.#column(expr.exprs[0]!, scope);
    if (expr.type === "Id") {
      const use = scope.find((candidate) => findColumn(candidate.table, expr.name) !== undefined);
      return use === undefined ? undefined : { use, column: findColumn(use.table, expr.name)!.name };
    }
    if (expr.type === "QualifiedExpr") {
      const wanted = expr.table.text.toLowerCase();
      const use = scope.find((candidate) => candidate.name.toLowerCase() === wanted);
      const column = use === undefined ? undefined : findColumn(use.table, expr.column.text);
      return use === undefined || column === undefined ? undefined : { use, column: column.name };
    }
    return undefined;
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
    for (const use of scope) {
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

function comparison(op: string): PredicateKind | undefined {
  switch (op) {
    case "Equals":
    case "Is":
      return "equal";
    case "Less":
    case "LessEquals":
    case "Greater":
    case "GreaterEquals":
      return "range";
    default:
      return undefined;
  }
}

/** ORDER BY and GROUP BY may name a result column by alias or by number. */
function resultColumn(expr: Expr, core: SelectFrom): Expr {
  if (expr.type === "NumericLiteral") {
    const column = core.columns[Number(expr.value) - 1];
    return column?.type === "ExprResultColumn" ? column.expr : expr;
  }
  if (expr.type === "Id") {
    const wanted = expr.name.toLowerCase();
    for (const column of core.columns) {
      if (column.type === "ExprResultColumn" && column.alias?.name.text.toLowerCase() === wanted) return column.expr;
    }
  }
  return expr;
}

function aggregatesIn(core: SelectFrom): boolean {
  if (core.groupBy !== undefined) return true;
  let found = false;
  for (const column of core.columns) {
    traverse(column as AstNode, {
      nodes: {
        Select: () => "skip" as const,
        FunctionCallStarExpr: (node: { readonly filterOver: unknown }) => {
          if (!windowed(node.filterOver)) found = true;
        },
        FunctionCallExpr: (node: { readonly name: { readonly name: string }; readonly args: readonly unknown[] | undefined; readonly filterOver: unknown }) => {
          const name = node.name.name.toLowerCase();
          const scalar = (name === "min" || name === "max") && (node.args?.length ?? 0) > 1;
          if (AGGREGATES.has(name) && !scalar && !windowed(node.filterOver)) found = true;
        },
      },
    });
  }
  return found;
}

function windowed(tail: unknown): boolean {
  return (tail as { readonly overClause?: unknown } | undefined)?.overClause !== undefined;
}

function numberOf(expr: Expr): number | undefined {
  return expr.type === "NumericLiteral" ? Number(expr.value) : undefined;
}
