// Every JavaScript number reaches D1 as a REAL. Where no INTEGER column turns it back it stays one: '5.0' in a TEXT
// column, 2.5 of `? / 2`, 'x5.0' of `'x' || ?`.

import type { AstNode, Expr } from "sqlite3-parser";
import type { BoundValue } from "../host/call-site";
import { findColumn, findTable } from "../schema/schema";
import type { Column, Schema } from "../schema/schema";
import { aliasTarget, namedTables } from "../sql/named-tables";
import { placeholders } from "../sql/parameters";
import { nodesOf } from "../sql/statement";
import type { Statement } from "../sql/statement";
import type { Span } from "../text/span";
import docs from "./real-bind.md";
import { queryRule } from "./rule";

export const realBind = queryRule({
  id: "real-bind",
  summary: "Number that D1 stores with a decimal point",
  severity: "hint",
  docs,
  *check({ statement, d1, binds, alone, holes, planner }) {
    if (!statement.ok || !d1 || binds === undefined || !alone || holes.length > 0) return;
    const numbers = new Map(placeholders(statement).map((one) => [one.span.start, one.number]));
    const bound = (expr: Expr): BoundValue | undefined => {
      const value = expr.type === "VariableExpr" ? binds[(numbers.get(statement.spanOf(expr).start) ?? 0) - 1] : undefined;
      return value !== undefined && /^(?:integer|number)$/.test(value.kind) ? value : undefined;
    };
    for (const node of nodesOf(statement.ast as AstNode)) {
      for (const { expr, column } of planner === undefined ? [] : storedIn(statement, node, planner.schema)) {
        const value = bound(expr);
        if (value === undefined || column.affinity !== "TEXT") continue;
        const example = typeof value.literal === "number" ? value.literal : 5;
        yield {
          span: statement.spanOf(expr),
          host: value.span,
          message: `A number goes to the TEXT column \`${column.name}\`, where D1 makes '${example.toFixed(1)}' of ${example}`,
          why: "D1 binds every JavaScript number as a REAL",
          fixes: () => [{ title: "Bind it as text", safety: "review", hostEdits: [insert(value.span.start, "String("), insert(value.span.end, ")")] }],
        };
      }
      if (node.type !== "BinaryExpr" || (node.op !== "Concat" && node.op !== "Divide")) continue;
      for (const [expr, other] of [[node.left, node.right], [node.right, node.left]] as const) {
        const value = bound(expr);
        if (value?.kind !== "integer" || (node.op === "Divide" && !isWhole(other, bound))) continue;
        const span = statement.spanOf(expr);
        yield {
          span,
          message: node.op === "Concat" ? "A number is joined to a text, where D1 makes '5.0' of 5" : "This division of whole numbers gives a fraction on D1: 5 / 2 is 2.5",
          why: "D1 binds every JavaScript number as a REAL",
          fixes: () => [{ title: "Cast it to INTEGER", safety: "review", edits: [{ span, newText: `CAST(${statement.text.slice(span.start, span.end)} AS INTEGER)` }] }],
        };
      }
    }
  },
});

interface Stored {
  readonly expr: Expr;
  readonly column: Column;
}

/** The values that a column takes or is compared with at this node. */
function storedIn(statement: Statement, node: AstNode, schema: Schema): readonly Stored[] {
  if (node.type === "InsertStmt" && node.body.type === "SelectInsertBody" && node.body.select.select.type === "SelectValues") {
    const table = findTable(schema, node.tblName.objName.text);
    if (table === undefined) return [];
    const columns = node.columns?.map((name) => findColumn(table, name.text)) ?? table.columns.filter((column) => !column.generated);
    return node.body.select.select.values.flatMap((row) => row.values.flatMap((expr, at) => (columns[at] === undefined ? [] : [{ expr, column: columns[at] }])));
  }
  if (node.type === "SetAssignment" && node.colNames.length === 1) {
    const { ast } = statement;
    const target = ast.type === "UpdateStmt" || ast.type === "InsertStmt" ? findTable(schema, ast.tblName.objName.text) : undefined;
    const column = target === undefined ? undefined : findColumn(target, node.colNames[0]!.text);
    return column === undefined ? [] : [{ expr: node.expr, column }];
  }
  if (node.type !== "BinaryExpr" || !/^(?:Equals|NotEquals|Is|IsNot)$/.test(node.op)) return [];
  return [[node.left, node.right], [node.right, node.left]].flatMap(([side, expr]) => {
    const column = columnOf(statement, side!, schema);
    return column === undefined ? [] : [{ expr: expr!, column }];
  });
}

function columnOf(statement: Statement, expr: Expr, schema: Schema): Column | undefined {
  if (expr.type !== "Id" && expr.type !== "QualifiedExpr") return undefined;
  const tables = expr.type === "QualifiedExpr" ? [aliasTarget(statement, expr.table.text) ?? ""] : namedTables(statement);
  const name = expr.type === "Id" ? expr.name : expr.column.text;
  const found = tables.flatMap((table) => findTable(schema, table) ?? []).flatMap((table) => findColumn(table, name) ?? []);
  return found.length === 1 ? found[0] : undefined;
}

function isWhole(expr: Expr, bound: (expr: Expr) => BoundValue | undefined): boolean {
  return expr.type === "NumericLiteral" ? /^\d+$/.test(expr.value) : bound(expr)?.kind === "integer";
}

function insert(at: number, newText: string): { readonly span: Span; readonly newText: string } {
  return { span: { start: at, end: at }, newText };
}
