// Small questions about one SELECT: what a result column stands for, whether it aggregates, what a literal says.

import type { AstNode, Expr, SelectFrom } from "sqlite3-parser";
import { traverse } from "sqlite3-parser";

const AGGREGATES = new Set(["count", "sum", "avg", "min", "max", "total", "group_concat", "string_agg", "json_group_array", "json_group_object"]);

/** ORDER BY and GROUP BY may name a result column by alias or by number. */
export function resultColumn(expr: Expr, core: SelectFrom): Expr {
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

/** True where the SELECT makes one row of many. */
export function aggregatesIn(core: SelectFrom): boolean {
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

/** The value of a numeric literal. */
export function numberOf(expr: Expr): number | undefined {
  return expr.type === "NumericLiteral" ? Number(expr.value) : undefined;
}

/** What a comparison lets an index do. */
export function comparison(op: string): "equal" | "range" | undefined {
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
