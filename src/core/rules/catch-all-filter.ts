// `(? IS NULL OR column = ?)`: one text for every combination of filters. SQLite plans it once, for the worst of them, so
// the index on the column is not used for any.

import type { AstNode, BinaryExpr, Expr } from "sqlite3-parser";
import { advise } from "../planner/advice";
import { nodesOf, parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { applyEdits } from "../text/edit";
import docs from "./catch-all-filter.md";
import { count } from "./index-advice";
import { planWith, served } from "./large-reads";
import type { ServedQuery } from "./large-reads";
import { queryRule } from "./rule";

/** What the filter alone must save, or the form of it is no matter. */
const LEAST_ROWS = 1_000;
const LEAST_FACTOR = 2;

export const catchAllFilter = queryRule({
  id: "catch-all-filter",
  summary: "Filter that may be left out by a parameter",
  severity: "warning",
  docs,
  *check(subject) {
    const query = served(subject);
    if (query === undefined || query.plan.rowsRead < LEAST_ROWS) return;
    const { planner, statement, plan } = query;
    for (const node of nodesOf(statement.ast as AstNode)) {
      const filter = node.type === "BinaryExpr" ? catchAll(node) : undefined;
      if (filter === undefined) continue;
      const { start, end } = statement.spanOf(node as BinaryExpr);
      const alone = rowsAlone(query, filter.text(statement), { start, end });
      if (alone === undefined || plan.rowsRead - alone.rows < LEAST_ROWS || alone.rows * LEAST_FACTOR > plan.rowsRead) continue;
      const [use] = planner.uses(statement);
      yield {
        span: { start, end },
        message: `This filter may be left out by its value, so SQLite ${alone.indexed ? "cannot use the index on" : "could not use an index on"} \`${filter.column}\`: about ${count(plan.rowsRead)} rows read a call, ${count(alone.rows)} with the filter alone`,
        why: `A statement is planned once for all values; put \`${filter.text(statement)}\` into the text only where there is a value for it`,
        data: { ...(use === undefined ? {} : { table: use.table.name }), column: filter.column, rowsBefore: plan.rowsRead, rowsAfter: alone.rows },
      };
    }
  },
});

interface Filter {
  readonly column: string;
  /** The filter without its way out. */
  text(statement: Statement): string;
}

function catchAll(node: BinaryExpr): Filter | undefined {
  if (node.op === "Or") {
    const arms = [node.left, node.right].map(bare);
    const way = arms.findIndex(asksForNothing);
    const other = arms[1 - way];
    if (way < 0 || other?.type !== "BinaryExpr" || !/^(Equals|Is|Less|LessEquals|Greater|GreaterEquals)$/.test(other.op)) return undefined;
    const column = columnOf(other.left) ?? columnOf(other.right);
    // It has to be the same value that is asked for: `? IS NULL` and `column = ?`.
    if (column === undefined || !nodesOf(other as AstNode).some((one) => one.type === "VariableExpr")) return undefined;
    return { column, text: (statement) => sliceOf(statement, other) };
  }
  if (node.op !== "Equals") return undefined;
  const column = columnOf(node.left);
  const call = bare(node.right);
  if (column === undefined || call.type !== "FunctionCallExpr" || !/^(coalesce|ifnull)$/i.test(call.name.name)) return undefined;
  const [value, fallback, ...more] = call.args ?? [];
  if (value?.type !== "VariableExpr" || fallback === undefined || more.length > 0 || columnOf(fallback) !== column) return undefined;
  return { column, text: (statement) => `${sliceOf(statement, node.left)} = ${sliceOf(statement, value)}` };
}

/** `? IS NULL`, `? = ''`, `? = 0`: of a parameter alone. */
function asksForNothing(expr: Expr): boolean {
  if (expr.type === "IsNullExpr") return bare(expr.expr).type === "VariableExpr";
  if (expr.type !== "BinaryExpr" || (expr.op !== "Equals" && expr.op !== "Is")) return false;
  const sides = [bare(expr.left), bare(expr.right)];
  return sides.some(({ type }) => type === "VariableExpr") && sides.some(({ type }) => type === "StringLiteral" || type === "NumericLiteral" || type === "NullLiteral");
}

function bare(expr: Expr): Expr {
  return expr.type === "ParenthesizedExpr" && expr.exprs.length === 1 ? bare(expr.exprs[0]!) : expr;
}

function columnOf(expr: Expr): string | undefined {
  const inner = bare(expr);
  return inner.type === "Id" ? inner.name : inner.type === "QualifiedExpr" ? inner.column.text : undefined;
}

function sliceOf(statement: Statement, expr: Expr): string {
  const { start, end } = statement.spanOf(expr);
  return statement.text.slice(start, end);
}

/** The rows that the query reads with the filter alone: by an index that exists, else by one that would. */
function rowsAlone({ planner, statement }: ServedQuery, text: string, span: { readonly start: number; readonly end: number }): { readonly rows: number; readonly indexed: boolean } | undefined {
  const edits = [{ span, newText: text }];
  const plan = planWith(planner, statement, edits);
  const before = planner.judge(statement);
  if (plan === undefined || !("plan" in before)) return undefined;
  if (plan.rowsRead * LEAST_FACTOR <= before.rowsRead) return { rows: plan.rowsRead, indexed: true };
  const edited = parseStatement(applyEdits(statement.text, edits));
  const [advice] = edited.ok ? advise(planner, edited) : [];
  return advice === undefined ? undefined : { rows: advice.planAfter.rowsRead, indexed: false };
}
