// A text column compared with a number column: SQLite makes a number of the text first, so an index on the text is of no
// use (https://sqlite.org/datatype3.html#comparison_expressions).

import type { AstNode, BinaryExpr, Expr } from "sqlite3-parser";
import { advise } from "../planner/advice";
import { findColumn } from "../schema/schema";
import type { Column } from "../schema/schema";
import { nodesOf, parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { applyEdits } from "../text/edit";
import type { TableUse } from "../planner/table-use";
import { count } from "./index-advice";
import { served } from "./large-reads";
import type { ServedQuery } from "./large-reads";
import docs from "./mismatched-affinity.md";
import { queryRule } from "./rule";

const LEAST_ROWS = 1_000;
const LEAST_FACTOR = 2;

export const mismatchedAffinity = queryRule({
  id: "mismatched-affinity",
  summary: "Text compared with a number",
  severity: "warning",
  docs,
  *check(subject) {
    const query = served(subject);
    if (query === undefined || query.plan.rowsRead < LEAST_ROWS) return;
    const { planner, statement, plan } = query;
    for (const node of nodesOf(statement.ast as AstNode)) {
      const pair = node.type === "BinaryExpr" && node.op === "Equals" ? mismatch(node, statement, planner.uses(statement)) : undefined;
      if (pair === undefined) continue;
      const rows = rowsWithCast(query, pair.number.expr);
      if (rows === undefined || plan.rowsRead - rows < LEAST_ROWS || rows * LEAST_FACTOR > plan.rowsRead) continue;
      const { text, number } = pair;
      yield {
        span: statement.spanOf(node as BinaryExpr),
        message: `\`${text.use.table.name}.${text.column.name}\` is a text and \`${number.use.table.name}.${number.column.name}\` a number, so no index on the text is used: about ${count(plan.rowsRead)} rows read a call, ${count(rows)} with one type`,
        why: `${planner.statistics.describe(text.use.table.name)}; give both columns one type, or write \`CAST(${number.use.name}.${number.column.name} AS TEXT)\` where the text has no leading zeros`,
        data: { table: text.use.table.name, column: text.column.name, rowsBefore: plan.rowsRead, rowsAfter: rows },
      };
    }
  },
});

interface Side {
  readonly expr: Expr;
  readonly use: TableUse;
  readonly column: Column;
}

function mismatch({ left, right }: BinaryExpr, statement: Statement, uses: readonly TableUse[]): { readonly text: Side; readonly number: Side } | undefined {
  const one = sideOf(left, uses);
  const other = sideOf(right, uses);
  if (one === undefined || other === undefined || !statement.ok) return undefined;
  const isNumber = ({ column }: Side): boolean => column.affinity === "INTEGER" || column.affinity === "REAL";
  if (one.column.affinity === "TEXT" && isNumber(other)) return { text: one, number: other };
  return other.column.affinity === "TEXT" && isNumber(one) ? { text: other, number: one } : undefined;
}

function sideOf(expr: Expr, uses: readonly TableUse[]): Side | undefined {
  const name = expr.type === "Id" ? expr.name : expr.type === "QualifiedExpr" ? expr.column.text : undefined;
  if (name === undefined) return undefined;
  const wanted = expr.type === "QualifiedExpr" ? expr.table.text.toLowerCase() : undefined;
  const holders = uses.filter((use) => (wanted === undefined || use.name.toLowerCase() === wanted) && findColumn(use.table, name) !== undefined);
  const [use] = holders;
  return use === undefined || holders.length > 1 ? undefined : { expr, use, column: findColumn(use.table, name)! };
}

/** The rows that the query reads with the number as a text: by an index that exists, else by one that would. */
function rowsWithCast({ planner, statement, plan }: ServedQuery, number: Expr): number | undefined {
  const { start, end } = statement.spanOf(number);
  const edited = parseStatement(applyEdits(statement.text, [{ span: { start, end }, newText: `CAST(${statement.text.slice(start, end)} AS TEXT)` }]));
  const after = edited.ok ? planner.judge(edited) : undefined;
  if (!edited.ok || after === undefined || !("plan" in after)) return undefined;
  return after.rowsRead * LEAST_FACTOR <= plan.rowsRead ? after.rowsRead : advise(planner, edited)[0]?.planAfter.rowsRead;
}
