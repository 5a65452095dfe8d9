// Small questions about a statement and its plan that counting asks: which SELECTs stand in an expression, what they read.

import type { AstNode, Select, SelectFrom, With } from "sqlite3-parser";
import { nodesOf } from "../../sql/statement";
import type { Statement } from "../../sql/statement";
import type { PlanNode } from "../plan";
import { quote } from "./block";
import { render } from "./text";
import type { Source } from "./text";

/** Whether window functions stand in a SELECT's result columns. */
export function windowed(core: SelectFrom): boolean {
  return core.columns.some((column) => nodesOf(column).some((node) => (node.type === "FunctionCallExpr" || node.type === "FunctionCallStarExpr") && node.filterOver?.overClause !== undefined));
}

/** The SELECTs directly inside an expression, with whether one row of them is enough. */
export function selectsIn(root: AstNode): readonly { readonly select: Select; readonly one: boolean }[] {
  const found: { readonly select: Select; readonly one: boolean }[] = [];
  const inner = new Set<Select>();
  for (const node of nodesOf(root)) {
    const select = node.type === "SubqueryExpr" || node.type === "ExistsExpr" ? node.select : node.type === "InSelectExpr" ? node.rhs : undefined;
    if (select === undefined || inner.has(select)) continue;
    for (const deeper of nodesOf(select)) if (deeper.type === "Select" && deeper !== select) inner.add(deeper);
    found.push({ select, one: node.type !== "InSelectExpr" });
  }
  return found;
}

/** The tables and subqueries that a plan reads, in lower case. */
export function namesRead(plan: readonly PlanNode[]): readonly string[] {
  return plan.flatMap(({ access, children }) => [...(access.kind === "scan" || access.kind === "search" ? [access.name.toLowerCase()] : access.kind === "source" ? [access.name.toLowerCase()] : []), ...namesRead(children)]);
}

/** The names and tables that a SELECT reads, in lower case. */
export function tablesOf(select: Select): readonly string[] {
  return nodesOf(select).flatMap((node) =>
    node.type === "TableSelectTable" || node.type === "TableCallSelectTable" ? [(node.alias?.name.text ?? node.tblName.objName.text).toLowerCase(), node.tblName.objName.text.toLowerCase()] : [],
  );
}

/** The WITH clause of a whole statement. */
export function withOf({ ast }: Statement): With | undefined {
  switch (ast.type) {
    case "SelectStmt":
      return ast.body.with;
    case "InsertStmt":
    case "UpdateStmt":
    case "DeleteStmt":
      return ast.with;
    default:
      return undefined;
  }
}

/** The clause as the beginning of a query of ours. */
export function withText({ ctes }: With, source: Source): string {
  const parts = ctes.map(({ tblName, columns, select }) => {
    const names = columns === undefined ? "" : ` (${columns.map((column) => quote(column.colName.text)).join(", ")})`;
    return `${quote(tblName.text)}${names} AS (${render(select, source, []).sql})`;
  });
  return `WITH RECURSIVE ${parts.join(", ")} `;
}
