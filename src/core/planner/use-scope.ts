// The tables that a name of a SELECT can mean while it is read, and what an index would hold for an expression of them.

import type { AstNode, Expr } from "sqlite3-parser";
import { traverse } from "sqlite3-parser";
import { findColumn } from "../schema/schema";
import { columnsOf, isBare, withoutParentheses, withoutTable } from "./index-terms";
import { columnPart } from "./proposed-index";
import type { ProposedPart } from "./proposed-index";
import type { Arm, Condition, Predicate, TableUse, TermPredicate } from "./table-use";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface MutableUse extends Mutable<Omit<TableUse, "predicates" | "terms" | "conditions" | "arms">> {
  readonly predicates: Predicate[];
  readonly terms: TermPredicate[];
  readonly conditions: Condition[];
  readonly arms: Arm[];
}

/** A view or a subquery in a FROM clause: which column of which table stands behind each of its own. */
export interface Derived {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Found>;
  /** Its tables, where SQLite can read them as if they stood in the outer FROM clause. */
  readonly flat: readonly MutableUse[];
}

export interface Found {
  readonly use: MutableUse;
  readonly column: string;
}

export interface Scope {
  readonly uses: MutableUse[];
  readonly derived: Derived[];
}

export const nowhere: Scope = { uses: [], derived: [] };

export function both(inner: Scope, outer: Scope): Scope {
  return { uses: [...inner.uses, ...outer.uses], derived: [...inner.derived, ...outer.derived] };
}

/** The column of a table or of what stands behind a view or subquery. */
export function columnOf(expr: Expr, scope: Scope): Found | undefined {
  if (expr.type === "ParenthesizedExpr" && expr.exprs.length === 1) return columnOf(expr.exprs[0]!, scope);
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
export function namesIn(expr: Expr, scope: Scope): readonly string[] {
  const found: string[] = [];
  traverse(expr as AstNode, {
    nodes: {
      Id: (node: Expr) => void found.push(...(columnOf(node, scope) === undefined ? [] : [columnOf(node, scope)!.use.name])),
      QualifiedExpr: (node: Extract<Expr, { type: "QualifiedExpr" }>) => void found.push(columnOf(node, scope)?.use.name ?? node.table.text),
    },
  });
  return found;
}

/**
 * What an index would hold to serve a comparison with `others`, or an order, by an expression of `text`, and of which
 * table. Undefined where no index could.
 */
export function partOf(text: string, expr: Expr, scope: Scope, others: readonly Expr[] = []): { readonly use: MutableUse; readonly part: ProposedPart } | undefined {
  const inner = withoutParentheses(expr);
  const collated = inner.type === "CollateExpr" ? inner : others.map(withoutParentheses).find((other) => other.type === "CollateExpr");
  const collation = collated?.collation.toUpperCase();
  const own = inner.type === "CollateExpr" ? withoutParentheses(inner.expr) : inner;
  if (collation !== undefined && collation !== "NOCASE" && collation !== "BINARY") return undefined;
  const column = columnOf(own, scope);
  if (column !== undefined) return { use: column.use, part: { ...columnPart(column.column), collation } };
  const names = isBare(own) ? undefined : columnsOf(own);
  const owners = new Set((names ?? []).map((name) => columnOf(name, scope)?.use));
  const [use] = owners;
  // Of a view or a subquery the text would name columns that the table does not have.
  if (owners.size !== 1 || use === undefined || !scope.uses.includes(use)) return undefined;
  const expression = stored(withoutTable(text, own));
  return expression.length > LONGEST_EXPRESSION ? undefined : { use, part: { column: undefined, expression, descending: false, collation } };
}

/** A longer one is the query's own calculation, and nobody would look for it in the schema. */
const LONGEST_EXPRESSION = 60;

/** In a list of index columns, an operator needs parentheses. */
function stored(text: string): string {
  return /^[A-Za-z_]\w*\s*\([^()]*(?:\([^()]*\)[^()]*)*\)$/.test(text) ? text : `(${text})`;
}
