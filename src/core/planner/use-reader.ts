// Reads the tables of a statement's FROM clauses with what is compared, sorted and grouped of each, through views and
// subqueries as far as SQLite looks through them.

import type { AstNode, Expr, FromClause, OneSelect, Select, SelectFrom, SelectTable, SortedColumn, Stmt, With } from "sqlite3-parser";
import { traverse } from "sqlite3-parser";
import type { Schema } from "../schema/schema";
import { findColumn, findTable, findView } from "../schema/schema";
import { cover } from "../text/span";
import type { Span } from "../text/span";
import { placeholders } from "../sql/parameters";
import { nodesOf, parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { disjuncts, isConstant, withoutTable } from "./index-terms";
import { columnPart } from "./proposed-index";
import type { ProposedPart } from "./proposed-index";
import { aggregatesIn, comparison, numberOf, resultColumn } from "./select-shape";
import type { Arm, Condition, PredicateKind, TableUse } from "./table-use";
import { both, columnOf, namesIn, nowhere, partOf } from "./use-scope";
import type { Derived, Found, MutableUse, Scope } from "./use-scope";

/** Views of views end somewhere. */
const DEEPEST = 6;

/** The statement, or a view's whose names stand at one place of it. */
type Source = Pick<Statement, "spanOf" | "engineText" | "ast" | "bound">;

export class UseReader {
  readonly #statement: Source;
  readonly #schema: Schema;
  readonly #uses: MutableUse[];
  readonly #depth: number;

  constructor(statement: Source, schema: Schema, uses: MutableUse[] = [], depth = 0) {
    this.#statement = statement;
    this.#depth = depth;
    this.#schema = schema;
    this.#uses = uses;
  }

  /** Every use of a stored table in the order of the text. */
  read(ast: Stmt): readonly TableUse[] {
    if (ast.type !== "UpdateStmt" && ast.type !== "DeleteStmt") {
      this.subqueries(ast, nowhere);
      return this.#uses;
    }
    const target = this.target(ast.tblName.objName.text, ast.tblName.alias?.text, ast.tblName);
    const scope: Scope = { uses: target === undefined ? [] : [target], derived: [] };
    if (ast.type === "UpdateStmt" && ast.from !== undefined) this.from(ast.from, scope, nowhere);
    if (ast.whereClause !== undefined) this.conjuncts(ast.whereClause, scope, nowhere);
    this.ctes(ast.with);
    this.subqueries(ast, scope);
    return this.#uses;
  }

  target(name: string, alias: string | undefined, node: AstNode): MutableUse | undefined {
    const table = findTable(this.#schema, name);
    if (table === undefined || table.kind === "virtual") return undefined;
    const use: MutableUse = {
      table,
      name: alias ?? table.name,
      span: this.#statement.spanOf(node),
      predicates: [],
      terms: [],
      conditions: [],
      arms: [],
      patterns: 0,
      order: [],
      group: [],
      grouping: [],
      sortSpan: undefined,
      reads: undefined,
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
      this.#reads(select, core, scope);
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
        if (name !== undefined) add(name, columnOf(expr, scope));
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
    return new UseReader({ spanOf: () => span, engineText: parsed.engineText, ast: parsed.ast }, this.#schema, this.#uses, this.#depth + 1).select(parsed.ast.select, nowhere);
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
        if (expr.op === "Or") return this.#or(expr, scope, outer);
        const kind = comparison(expr.op);
        if (kind === undefined) return;
        if (kind === "equal" && isConstant(expr.right)) this.#condition(expr, expr.left, "value", scope);
        if (kind === "equal" && isConstant(expr.left)) this.#condition(expr, expr.right, "value", scope);
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
        this.#condition(expr, expr.expr, "null", scope);
        this.#compare(expr, expr.expr, [], "null", 1, scope, outer);
        return;
      case "NotNullExpr":
        this.#condition(expr, expr.expr, "not-null", scope);
        return;
      case "LikeExpr":
        this.#pattern(expr, scope);
        return;
      default:
        return;
    }
  }

  /** Each side of an OR by itself; one column compared with several values is an IN. */
  #or(expr: Expr, scope: Scope, outer: Scope): void {
    const sides = disjuncts(expr);
    const found = scope.uses.map((use) => ({ use, arms: [] as Arm[] }));
    for (const side of sides) {
      const copies = scope.uses.map((use): MutableUse => ({ ...use, predicates: [], terms: [], conditions: [], arms: [], patterns: 0 }));
      this.conjuncts(side, { ...scope, uses: copies }, outer);
      copies.forEach(({ predicates, terms, patterns }, at) => {
        if (predicates.length + terms.length + patterns > 0) found[at]!.arms.push({ predicates, terms, patterns });
      });
    }
    for (const { use, arms } of found) {
      // A side that says nothing of the table lets all of its rows through.
      if (arms.length < sides.length) continue;
      const column = arms[0]?.predicates[0]?.column;
      const only = arms.every(({ predicates, terms, patterns }) => terms.length + patterns === 0 && predicates.length === 1 && predicates[0]!.column === column && (predicates[0]!.kind === "equal" || predicates[0]!.kind === "in"));
      if (only) this.#add(use, column!, "in", arms.reduce((sum, { predicates }) => sum + predicates[0]!.values, 0), arms.flatMap(({ predicates }) => predicates[0]!.from), this.#statement.spanOf(expr));
      else use.arms.push(...arms);
    }
  }

  #condition(whole: Expr, column: Expr, kind: Condition["kind"], scope: Scope): void {
    const found = columnOf(column, scope);
    if (found !== undefined && scope.uses.includes(found.use)) found.use.conditions.push({ sql: withoutTable(this.#statement.engineText, whole), column: found.column, kind });
  }

  /** A pattern that begins with a letter is a range: LIKE's without case, GLOB's with. */
  #pattern(expr: Extract<Expr, { type: "LikeExpr" }>, scope: Scope): void {
    const found = expr.not || (expr.op !== "Like" && expr.op !== "Glob") ? undefined : columnOf(expr.lhs, scope);
    const pattern = expr.rhs.type === "StringLiteral" ? expr.rhs.value : this.#boundTo(expr.rhs);
    if (found === undefined) return;
    found.use.patterns++;
    if (typeof pattern !== "string" || /^'?[%_*?[]/.test(pattern)) return;
    const part: ProposedPart = { ...columnPart(found.column), collation: expr.op === "Like" ? "NOCASE" : undefined };
    found.use.terms.push({ part, kind: "range", values: 1, from: [], span: this.#statement.spanOf(expr) });
  }

  #boundTo(expr: Expr): string | number | null | undefined {
    const { bound } = this.#statement;
    if (bound === undefined || expr.type !== "VariableExpr") return undefined;
    const { start } = this.#statement.spanOf(expr);
    const place = placeholders(this.#statement).find(({ span }) => span.start === start);
    return place === undefined ? undefined : bound[place.number - 1];
  }

  #compare(whole: Expr, side: Expr, others: readonly Expr[], kind: PredicateKind, values: number, scope: Scope, outer: Scope): void {
    const found = partOf(this.#statement.engineText, side, scope, others);
    if (found === undefined) return;
    const from = new Set<string>();
    for (const other of others) {
      for (const name of namesIn(other, both(scope, outer))) from.add(name);
    }
    // A column compared with its own row is no bound that an index could use.
    if (from.has(found.use.name)) return;
    const literalNull = kind === "equal" && others[0]?.type === "NullLiteral";
    const actual = literalNull ? "null" : kind;
    const span = this.#statement.spanOf(whole);
    const { part, use } = found;
    if (part.column !== undefined) this.#add(use, part.column, actual, values, [...from], span);
    if (part.column === undefined || part.collation !== undefined) use.terms.push({ part, kind: actual, values, from: [...from], span });
  }

  #add(use: MutableUse, column: string, kind: PredicateKind, values: number, from: readonly string[], span: Span): void {
    const name = findColumn(use.table, column)?.name;
    if (name !== undefined) use.predicates.push({ column: name, kind, values, from, span });
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
      if (group?.use === use) {
        use.grouping = group.parts;
        use.group = group.parts.every(({ column }) => column !== undefined) ? group.parts.map(({ column }) => column!) : [];
      }
    }
  }

  #orderOf(terms: readonly SortedColumn[], core: SelectFrom, scope: Scope): { readonly use: MutableUse; readonly terms: readonly ProposedPart[] } | undefined {
    let owner: MutableUse | undefined;
    const result: ProposedPart[] = [];
    for (const term of terms) {
      const found = partOf(this.#statement.engineText, resultColumn(term.expr, core), scope);
      if (found === undefined || (owner !== undefined && found.use !== owner)) return undefined;
      owner = found.use;
      result.push({ ...found.part, descending: term.order === "Desc" });
    }
    return owner === undefined ? undefined : { use: owner, terms: result };
  }

  #groupOf(core: SelectFrom, scope: Scope): { readonly use: MutableUse; readonly parts: readonly ProposedPart[] } | undefined {
    const exprs =
      core.groupBy !== undefined
        ? core.groupBy.map((expr) => resultColumn(expr, core))
        : core.distinctness === "Distinct"
          ? core.columns.map((column) => (column.type === "ExprResultColumn" ? column.expr : undefined))
          : [];
    let owner: MutableUse | undefined;
    const parts: ProposedPart[] = [];
    for (const expr of exprs) {
      const found = expr === undefined ? undefined : partOf(this.#statement.engineText, expr, scope);
      if (found === undefined || (owner !== undefined && found.use !== owner)) return undefined;
      owner = found.use;
      parts.push(found.part);
    }
    return owner === undefined ? undefined : { use: owner, parts };
  }

  /** The columns that a SELECT reads of each of its tables, with its subqueries: too many do no harm. */
  #reads(select: Select, core: SelectFrom, scope: Scope): void {
    const found = new Map(scope.uses.map((use) => [use, new Set<string>()]));
    const whole = new Set<MutableUse>();
    for (const column of core.columns) {
      if (column.type === "StarResultColumn") for (const use of scope.uses) whole.add(use);
      if (column.type === "TableStarResultColumn") for (const use of scope.uses) if (use.name.toLowerCase() === column.table.text.toLowerCase()) whole.add(use);
    }
    for (const node of nodesOf(select as AstNode)) {
      if (node.type !== "Id" && node.type !== "QualifiedExpr") continue;
      const column = columnOf(node, scope);
      if (column !== undefined) found.get(column.use)?.add(column.column.toLowerCase());
    }
    for (const [use, columns] of found) {
      // JOIN … USING names its columns without an expression.
      for (const { column } of use.predicates) columns.add(column.toLowerCase());
      use.reads = whole.has(use) ? undefined : columns;
    }
  }
}
