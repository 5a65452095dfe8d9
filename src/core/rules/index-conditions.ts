// What the WHERE of a partial index asks for, where it compares a column with a value.

import { conjuncts } from "../sql/expressions";
import { parseStatement } from "../sql/statement";

export interface IndexCondition {
  readonly column: string;
  /** As SQL. */
  readonly value: string;
}

/** `column = literal` among the conditions. */
export function indexConditions(where: string): readonly IndexCondition[] {
  const text = `SELECT 1 WHERE ${where}`;
  const parsed = parseStatement(text);
  if (!parsed.ok || parsed.ast.type !== "SelectStmt" || parsed.ast.body.type !== "Select" || parsed.ast.body.select.type !== "SelectFrom") return [];
  return conjuncts(parsed.ast.body.select.whereClause).flatMap((expr) => {
    if (expr.type !== "BinaryExpr" || expr.op !== "Equals" || (expr.right.type !== "StringLiteral" && expr.right.type !== "NumericLiteral")) return [];
    const column = expr.left.type === "Id" ? expr.left.name : undefined;
    const { start, end } = parsed.spanOf(expr.right);
    return column === undefined ? [] : [{ column, value: text.slice(start, end) }];
  });
}
