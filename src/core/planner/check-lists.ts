// What a table's CHECK constraints say about the values of its columns: `CHECK (status IN ('open', 'shut'))` allows two.

import type { Expr } from "sqlite3-parser";
import type { Table } from "../schema/schema";
import { findColumn } from "../schema/schema";
import { conjuncts } from "../sql/expressions";
import { nodesOf, parseStatement } from "../sql/statement";

/** The values that a column may have, by lower-case name, for the columns whose CHECK lists them. */
export function checkLists(table: Table): ReadonlyMap<string, readonly (string | number)[]> {
  const known = read.get(table);
  if (known !== undefined) return known;
  const lists = readLists(table);
  read.set(table, lists);
  return lists;
}

const read = new WeakMap<Table, ReadonlyMap<string, readonly (string | number)[]>>();

function readLists(table: Table): ReadonlyMap<string, readonly (string | number)[]> {
  const lists = new Map<string, readonly (string | number)[]>();
  if (!/\bCHECK\b/i.test(table.sql)) return lists;
  const parsed = parseStatement(table.sql);
  if (!parsed.ok) return lists;
  for (const node of nodesOf(parsed.ast)) {
    if (node.type !== "CheckColumnConstraint" && node.type !== "CheckTableConstraint") continue;
    for (const condition of conjuncts(node.expr)) {
      const list = listOf(condition);
      const column = list === undefined ? undefined : findColumn(table, list.column);
      if (list !== undefined && column !== undefined) lists.set(column.name.toLowerCase(), list.values);
    }
  }
  return lists;
}

function listOf(expr: Expr): { readonly column: string; readonly values: readonly (string | number)[] } | undefined {
  const [side, items] = expr.type === "InListExpr" && !expr.not ? [expr.lhs, expr.rhs ?? []] : expr.type === "BinaryExpr" && (expr.op === "Equals" || expr.op === "Is") ? [expr.left, [expr.right]] : [];
  if (side?.type !== "Id" || items === undefined || items.length === 0) return undefined;
  const values = items.map(literalOf);
  return values.every((value) => value !== undefined) ? { column: side.name, values } : undefined;
}

/** The value of a number or a string as written; undefined for anything else. */
export function literalOf(expr: Expr): string | number | undefined {
  if (expr.type === "NumericLiteral") return Number(expr.value);
  return expr.type === "StringLiteral" ? expr.value : undefined;
}
