// The columns of a table whose values no two rows may share, and how a row comes to values of its own: by counting
// through a column that has enough of them, or by trying.

import type { Expr } from "sqlite3-parser";
import type { SqlValue } from "../../schema/engine";
import type { Index, Schema, Table } from "../../schema/schema";
import { indexesOf } from "../../schema/schema";
import { conjuncts } from "../../sql/expressions";
import { parseStatement } from "../../sql/statement";
import { literalOf } from "../literal";

export interface UniqueSet {
  /** Lower case, sorted as the key has them. */
  readonly columns: readonly string[];
  /** What a row must meet to count; empty for all rows. Undefined where it cannot be read, which counts as all. */
  readonly when: readonly Condition[] | undefined;
}

/** `value` undefined: any but NULL. */
export interface Condition {
  readonly column: string;
  readonly value: SqlValue | undefined;
}

export function uniqueSets(table: Table, schema: Schema): readonly UniqueSet[] {
  const key = table.columns.filter(({ primaryKey }) => primaryKey > 0).map(({ name }) => name.toLowerCase());
  const sets: UniqueSet[] = key.length === 0 ? [] : [{ columns: key, when: [] }];
  for (const index of indexesOf(schema, table.name)) {
    const columns = index.unique ? columnsOf(index, table) : [];
    if (columns.length > 0) sets.push({ columns, when: index.where === undefined ? [] : conditions(index.where) });
  }
  const seen = new Set<string>();
  return sets
    .filter(({ columns, when }) => {
      const name = JSON.stringify([[...columns].sort(), when]);
      return !seen.has(name) && seen.add(name) !== undefined;
    })
    .sort((a, b) => a.columns.length - b.columns.length);
}

function columnsOf(index: Index, table: Table): readonly string[] {
  const names = index.parts.flatMap(({ column, expression }) => {
    if (column !== undefined) return [column.toLowerCase()];
    const written = new Set((expression ?? "").toLowerCase().match(/[a-z_][\w$]*/g) ?? []);
    return table.columns.map(({ name }) => name.toLowerCase()).filter((name) => written.has(name));
  });
  return [...new Set(names)];
}

function conditions(where: string): readonly Condition[] | undefined {
  const parsed = parseStatement(`SELECT 1 WHERE ${where}`);
  if (!parsed.ok || parsed.ast.type !== "SelectStmt" || parsed.ast.body.select.type !== "SelectFrom") return undefined;
  const found = conjuncts(parsed.ast.body.select.whereClause).map(conditionOf);
  return found.every((one) => one !== undefined) ? found : undefined;
}

function conditionOf(expr: Expr): Condition | undefined {
  switch (expr.type) {
    case "Id":
      return { column: expr.name.toLowerCase(), value: 1 };
    case "IsNullExpr":
      return expr.expr.type === "Id" ? { column: expr.expr.name.toLowerCase(), value: null } : undefined;
    case "NotNullExpr":
      return expr.expr.type === "Id" ? { column: expr.expr.name.toLowerCase(), value: undefined } : undefined;
    case "BinaryExpr": {
      const value = literalOf(expr.right);
      if (expr.left.type !== "Id" || value === undefined) return undefined;
      const column = expr.left.name.toLowerCase();
      if (expr.op === "Equals" || expr.op === "Is") return { column, value };
      return expr.op === "IsNot" && value === null ? { column, value: undefined } : undefined;
    }
    default:
      return undefined;
  }
}

export function meets(value: SqlValue, condition: Condition): boolean {
  return condition.value === undefined ? value !== null : condition.value === null ? value === null : value !== null && String(value) === String(condition.value);
}
