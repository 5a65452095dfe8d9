// `NOT IN` over a list that holds a NULL is never true: one row without a value, and nothing is found.

import type { AstNode, Expr, InListExpr, InSelectExpr, OneSelect, SelectFrom } from "sqlite3-parser";
import { findColumn, findTable, indexesOf } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { conjuncts, isColumn } from "../sql/expressions";
import { aliasTarget, namedTables } from "../sql/named-tables";
import { nodesOf } from "../sql/statement";
import type { Statement } from "../sql/statement";
import docs from "./not-in-null.md";
import { queryRule } from "./rule";
import type { RuleFinding, RuleFix } from "./rule";

export const notInNull = queryRule({
  id: "not-in-null",
  summary: "NOT IN over values that can be NULL",
  severity: "warning",
  docs,
  *check({ statement, planner, holes }) {
    if (!statement.ok) return;
    for (const node of nodesOf(statement.ast as AstNode)) {
      if (node.type === "InListExpr" && node.not && node.rhs?.some((value) => value.type === "NullLiteral") === true) {
        yield { span: statement.spanOf(node), message: "NOT IN with a NULL in its list is never true, so no row is found", why: "A comparison with NULL is neither true nor false; write IS NOT NULL beside the list" };
      }
      if (planner === undefined || (node.type !== "InSelectExpr" && node.type !== "InListExpr") || !node.not) continue;
      const lost = lostRows(node, statement, planner.schema);
      if (lost !== undefined) yield lost;
      if (node.type !== "InSelectExpr") continue;
      const found = [node.rhs.select, ...(node.rhs.compounds ?? []).map((part) => part.select)].flatMap((select) => nullable(select, planner.schema) ?? [])[0];
      if (found === undefined) continue;
      const fragment = holes.some((hole) => hole.kind === "fragment" && contains(statement, node, hole.span.start));
      yield {
        span: statement.spanOf(node),
        message: `NOT IN finds nothing once \`${found.table}.${found.column}\` is NULL in one row of its subquery`,
        why: `\`${found.column}\` may be NULL, and a comparison with NULL is neither true nor false; NOT EXISTS, or IS NOT NULL in the subquery, means what is meant`,
        data: { table: found.table, column: found.column },
        fixes: () => (fragment ? [] : [withoutNulls(statement, found)]),
      };
    }
  },
});

/** NULL itself is not found either: rows without a value on the left side are left out, which few have in mind. */
function lostRows(node: InSelectExpr | InListExpr, statement: Statement, schema: Schema): RuleFinding | undefined {
  const { lhs } = node;
  if (lhs.type !== "Id" && lhs.type !== "QualifiedExpr") return undefined;
  const name = lhs.type === "Id" ? lhs.name : lhs.column.text;
  const qualifier = lhs.type === "Id" ? undefined : (aliasTarget(statement, lhs.table.text) ?? "");
  const holders = (qualifier === undefined ? namedTables(statement) : [qualifier]).flatMap((table) => findTable(schema, table) ?? []).filter((table) => findColumn(table, name) !== undefined);
  const [table] = holders;
  const column = table === undefined ? undefined : findColumn(table, name);
  if (table === undefined || column === undefined || holders.length > 1 || table.kind === "virtual") return undefined;
  if (column.notNull || column.primaryKey > 0 || column.defaultValue !== undefined || isKey(schema, table.name, column.name)) return undefined;
  // Who speaks of the column anywhere else has thought of what is in it.
  if (nodesOf(statement.ast as AstNode).filter((other) => (other.type === "Id" || other.type === "QualifiedExpr") && isColumn(other, name)).length > 1) return undefined;
  const span = statement.spanOf(node);
  const written = statement.text.slice(span.start, statement.spanOf(lhs).end);
  return {
    span,
    severity: "hint",
    message: `Rows whose \`${column.name}\` is NULL are not found by this NOT IN`,
    why: "A comparison with NULL is neither true nor false; say `IS NULL OR` where such rows are meant",
    data: { table: table.name, column: column.name },
    fixes: () => [{ title: "Find rows with NULL too", safety: "review", edits: [{ span: { start: span.start, end: span.start }, newText: `(${written} IS NULL OR ` }, { span: { start: span.end, end: span.end }, newText: ")" }] }],
  };
}

interface Nullable {
  readonly select: SelectFrom;
  readonly expr: Expr;
  readonly table: string;
  readonly column: string;
}

/** The column that a subquery selects, if rows with NULL in it come through. */
function nullable(select: OneSelect, schema: Schema): Nullable | undefined {
  if (select.type !== "SelectFrom" || select.from?.select?.type !== "TableSelectTable" || select.groupBy !== undefined) return undefined;
  const [only] = select.columns;
  if (only?.type !== "ExprResultColumn" || select.columns.length !== 1) return undefined;
  const { expr } = only;
  if (expr.type !== "Id" && expr.type !== "QualifiedExpr") return undefined;
  const name = expr.type === "Id" ? expr.name : expr.column.text;
  const sources = [select.from.select, ...(select.from.joins ?? []).map((join) => join.table)];
  const holders = sources.flatMap((source) => {
    if (source.type !== "TableSelectTable") return [];
    const shown = source.alias?.name.text ?? source.tblName.objName.text;
    if (expr.type === "QualifiedExpr" && expr.table.text.toLowerCase() !== shown.toLowerCase()) return [];
    const table = findTable(schema, source.tblName.objName.text);
    const column = table === undefined ? undefined : findColumn(table, name);
    return table === undefined || column === undefined ? [] : [{ table, column }];
  });
  const [holder] = holders;
  if (holder === undefined || holders.length > 1 || holder.table.kind === "virtual") return undefined;
  const { table, column } = holder;
  // SQLite lets NULL into keys, but nobody puts it there.
  if (column.notNull || column.primaryKey > 0 || isKey(schema, table.name, column.name)) return undefined;
  const conditions = [...conjuncts(select.whereClause), ...(select.from.joins ?? []).flatMap((join) => (join.constraint?.type === "OnJoinConstraint" ? conjuncts(join.constraint.expr) : []))];
  return conditions.some((condition) => excludesNull(condition, name)) ? undefined : { select, expr, table: table.name, column: column.name };
}

function isKey(schema: Schema, table: string, column: string): boolean {
  return indexesOf(schema, table).some((index) => index.unique && index.where === undefined && index.parts.length === 1 && index.parts[0]!.column === column);
}

/** Conditions that a NULL never meets. */
function excludesNull(condition: Expr, name: string): boolean {
  switch (condition.type) {
    case "NotNullExpr":
      return isColumn(condition.expr, name);
    case "BinaryExpr":
      if (condition.op === "Or" || condition.op === "Is") return false;
      if (condition.op === "IsNot") return isColumn(condition.left, name) && condition.right.type === "NullLiteral";
      return isColumn(condition.left, name) || isColumn(condition.right, name);
    case "InListExpr":
    case "InSelectExpr":
    case "LikeExpr":
    case "BetweenExpr":
      return isColumn(condition.lhs, name);
    default:
      return false;
  }
}

function withoutNulls(statement: Statement, { select, expr }: Nullable): RuleFix {
  const place = statement.spanOf(expr);
  const filter = `${statement.text.slice(place.start, place.end)} IS NOT NULL`;
  const title = "Leave NULLs out of the subquery";
  if (select.whereClause === undefined) {
    const end = statement.spanOf(select.from!).end;
    return { title, safety: "review", edits: [{ span: { start: end, end }, newText: ` WHERE ${filter}` }] };
  }
  const where = statement.spanOf(select.whereClause);
  const isOr = select.whereClause.type === "BinaryExpr" && select.whereClause.op === "Or";
  const opening = isOr ? [{ span: { start: where.start, end: where.start }, newText: "(" }] : [];
  return { title, safety: "review", edits: [...opening, { span: { start: where.end, end: where.end }, newText: `${isOr ? ")" : ""} AND ${filter}` }] };
}

function contains(statement: Statement, node: InSelectExpr, offset: number): boolean {
  const { start, end } = statement.spanOf(node);
  return start <= offset && offset <= end;
}
