// Expressions as an index can hold them: their text with the table's name left out, and whether one can be stored at all.

import type { AstNode, Expr } from "sqlite3-parser";
import { nodesOf } from "../sql/statement";

/** The expression without parentheses around it. */
export function withoutParentheses(expr: Expr): Expr {
  return expr.type === "ParenthesizedExpr" && expr.exprs.length === 1 ? withoutParentheses(expr.exprs[0]!) : expr;
}

/** A column or a constant by itself, which needs no expression index. */
export function isBare(expr: Expr): boolean {
  const { type } = withoutParentheses(expr);
  return type === "Id" || type === "QualifiedExpr" || type === "VariableExpr" || type.endsWith("Literal");
}

/** The columns that an expression computes with; undefined where an index cannot hold it: values bound later, subqueries, aggregates. */
export function columnsOf(expr: Expr): readonly Expr[] | undefined {
  const columns: Expr[] = [];
  const names = new Set<AstNode>();
  for (const node of nodesOf(expr as AstNode)) {
    switch (node.type) {
      case "FunctionCallExpr":
        names.add(node.name);
        break;
      case "QualifiedExpr":
      case "Id":
        if (!names.has(node)) columns.push(node);
        break;
      case "VariableExpr":
      case "SubqueryExpr":
      case "ExistsExpr":
      case "InSelectExpr":
      case "InTableExpr":
      case "RaiseExpr":
      case "FunctionCallStarExpr":
      case "CurrentDateLiteral":
      case "CurrentTimeLiteral":
      case "CurrentTimestampLiteral":
        return undefined;
      default:
        break;
    }
  }
  return columns;
}

/** The text of an expression of one table, without that table's name: `lower(u.email)` is `lower(email)`. */
export function withoutTable(text: string, expr: Expr): string {
  const { offset, length } = expr.span;
  let result = "";
  let at = offset;
  for (const node of nodesOf(expr as AstNode)) {
    if (node.type !== "QualifiedExpr" || node.span.offset < at) continue;
    result += text.slice(at, node.span.offset);
    result += /^\s*/.exec(text.slice(node.span.offset))![0] + text.slice(node.column.span.offset, node.column.span.offset + node.column.span.length).trim();
    at = node.span.offset + node.span.length;
  }
  return `${result}${text.slice(at, offset + length)}`.replace(/\s+/g, " ").trim();
}

/** The sides of an OR, and of those within it. */
export function disjuncts(expr: Expr): readonly Expr[] {
  const found: Expr[] = [];
  const waiting: Expr[] = [expr];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const inner = withoutParentheses(at);
    if (inner.type === "BinaryExpr" && inner.op === "Or") waiting.push(inner.right, inner.left);
    else found.push(inner);
  }
  return found;
}

export function isConstant(expr: Expr): boolean {
  const { type } = withoutParentheses(expr);
  return type === "StringLiteral" || type === "NumericLiteral" || type === "KeywordLiteral";
}
