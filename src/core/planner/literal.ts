// The value of an expression that is written out.

import type { Expr } from "sqlite3-parser";
import type { SqlValue } from "../schema/engine";

/** Undefined where the expression is no literal. */
export function literalOf(expr: Expr): SqlValue | undefined {
  switch (expr.type) {
    case "NumericLiteral": {
      const value = Number(expr.value.replaceAll("_", ""));
      return Number.isFinite(value) ? value : undefined;
    }
    case "StringLiteral":
      return expr.value;
    case "BlobLiteral":
      return expr.bytes;
    case "NullLiteral":
      return null;
    case "UnaryExpr": {
      const value = expr.op === "Negative" || expr.op === "Positive" ? literalOf(expr.expr) : undefined;
      return typeof value !== "number" ? undefined : expr.op === "Negative" ? -value : value;
    }
    case "ParenthesizedExpr":
      return expr.exprs.length === 1 ? literalOf(expr.exprs[0]!) : undefined;
    case "Id":
      return /^true$/i.test(expr.name) ? 1 : /^false$/i.test(expr.name) ? 0 : undefined;
    default:
      return undefined;
  }
}
