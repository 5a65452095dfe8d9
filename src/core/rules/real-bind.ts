// Every JavaScript number reaches D1 as a REAL. Where no INTEGER column turns it back it stays one: '5.0' in a TEXT
// column, 2.5 of `? / 2`, 'x5.0' of `'x' || ?`.

import type { AstNode, Expr, InsertStmt } from "sqlite3-parser";
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
import type { RuleFinding } from "./rule";

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
      for (const { expr, column, use } of planner === undefined ? [] : numbersAt(statement, node, planner.schema)) {
        const value = bound(expr);
        if (value === undefined || column.affinity !== "TEXT") continue;
        yield {
          span: statement.spanOf(expr),
          host: value.span,
          ...(use === "stored" ? {} : { severity: "warning" as const }),
          ...words[use](column.name, typeof value.literal === "number" ? value.literal : 5),
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

/** What happens to a number at a TEXT column: https://sqlite.org/datatype3.html#comparison_expressions */
const words: Readonly<Record<Use, (column: string, example: number) => Pick<RuleFinding, "message" | "why">>> = {
  stored: (column, example) => ({
    message: `A number goes to the TEXT column \`${column}\`, where D1 makes '${example.toFixed(1)}' of ${example}`,
    why: "D1 binds every JavaScript number as a REAL",
  }),
  equal: (column, example) => ({
    message: `A number is compared with the TEXT column \`${column}\`: D1 looks for '${example.toFixed(1)}', and finds no row that holds '${example}'`,
    why: "D1 binds every JavaScript number as a REAL, which SQLite turns to text with its decimal point to compare it with a text",
  }),
  ordered: (column, example) => ({
    message: `A number is compared with the TEXT column \`${column}\` as the text '${example.toFixed(1)}', letter by letter`,
    why: "D1 binds every JavaScript number as a REAL, which SQLite turns to text to compare it with a text; so '10.0' comes before '9', and every date of this century after any timestamp",
  }),
};

type Use = "stored" | "equal" | "ordered";

interface NumberAt {
  readonly expr: Expr;
  readonly column: Column;
  readonly use: Use;
}

/** The values that a column takes or is compared with at this node. */
function numbersAt(statement: Statement, node: AstNode, schema: Schema): readonly NumberAt[] {
  const compared = (side: Expr, others: readonly Expr[], use: Use): readonly NumberAt[] => {
    const column = columnOf(statement, side, schema);
    return column === undefined ? [] : others.map((expr) => ({ expr, column, use }));
  };
  switch (node.type) {
    case "InsertStmt":
      return inserted(node, schema);
    case "SetAssignment": {
      const { ast } = statement;
      const target = ast.type === "UpdateStmt" || ast.type === "InsertStmt" ? findTable(schema, ast.tblName.objName.text) : undefined;
      const column = target === undefined || node.colNames.length > 1 ? undefined : findColumn(target, node.colNames[0]!.text);
      return column === undefined ? [] : [{ expr: node.expr, column, use: "stored" }];
    }
    case "BinaryExpr": {
      const use = /^(?:Equals|NotEquals|Is|IsNot)$/.test(node.op) ? "equal" : /^(?:Less|Greater)/.test(node.op) ? "ordered" : undefined;
      return use === undefined ? [] : [...compared(node.left, [node.right], use), ...compared(node.right, [node.left], use)];
    }
    case "InListExpr":
      return compared(node.lhs, node.rhs ?? [], "equal");
    case "BetweenExpr":
      return compared(node.lhs, [node.start, node.end], "ordered");
    default:
      return [];
  }
}

function inserted({ body, tblName, columns: named }: InsertStmt, schema: Schema): readonly NumberAt[] {
  const table = findTable(schema, tblName.objName.text);
  if (table === undefined || body.type !== "SelectInsertBody" || body.select.select.type !== "SelectValues") return [];
  const columns = named?.map((name) => findColumn(table, name.text)) ?? table.columns.filter((column) => !column.generated);
  return body.select.select.values.flatMap((row) => row.values.flatMap((expr, at) => (columns[at] === undefined ? [] : [{ expr, column: columns[at], use: "stored" as const }])));
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
