// Small questions about parsed expressions that several rules ask.

import type { AstNode, Expr, FunctionCallExpr, FunctionCallStarExpr, FunctionTail, SelectFrom } from "sqlite3-parser";
import { traverse } from "sqlite3-parser";

/** The conditions that must all hold: what AND joins, without parentheses. */
export function conjuncts(expr: Expr | undefined): readonly Expr[] {
  if (expr === undefined) return [];
  const found: Expr[] = [];
  // ANDs lean to the left, thousands deep in generated SQL: no recursion along them.
  const waiting: Expr[] = [expr];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at.type === "BinaryExpr" && at.op === "And") waiting.push(at.right, at.left);
    else if (at.type === "ParenthesizedExpr" && at.exprs.length === 1) waiting.push(at.exprs[0]!);
    else found.push(at);
  }
  return found;
}

/** True for the column of that name, with or without its table. */
export function isColumn(expr: Expr, name: string): boolean {
  const written = expr.type === "Id" ? expr.name : expr.type === "QualifiedExpr" ? expr.column.text : undefined;
  return written?.toLowerCase() === name.toLowerCase();
}

const aggregates = new Set(["count", "sum", "avg", "min", "max", "total", "group_concat", "string_agg", "json_group_array", "json_group_object", "jsonb_group_array", "jsonb_group_object"]);

/** True where a SELECT's own columns aggregate, so that without GROUP BY it gives one row. */
export function hasAggregate(core: SelectFrom): boolean {
  let found = false;
  const windowed = (tail: FunctionTail | undefined): boolean => tail?.overClause !== undefined;
  for (const column of core.columns) {
    traverse(column as AstNode, {
      nodes: {
        Select: () => "skip" as const,
        FunctionCallStarExpr: (node: FunctionCallStarExpr) => {
          found ||= !windowed(node.filterOver);
        },
        FunctionCallExpr: (node: FunctionCallExpr) => {
          const name = node.name.name.toLowerCase();
          const scalar = (name === "min" || name === "max") && (node.args?.length ?? 0) > 1;
          found ||= aggregates.has(name) && !scalar && !windowed(node.filterOver);
        },
      },
    });
  }
  return found;
}
