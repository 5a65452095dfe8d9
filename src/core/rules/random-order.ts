// ORDER BY random(): every row is read and sorted to pick a few.

import type { AstNode } from "sqlite3-parser";
import { nodesOf } from "../sql/statement";
import { count } from "./index-advice";
import { served } from "./large-reads";
import docs from "./random-order.md";
import { queryRule } from "./rule";

/** Fewer rows are sorted in no time. */
const LEAST_ROWS = 2_000;

export const randomOrder = queryRule({
  id: "random-order",
  summary: "Sort by a random number",
  severity: "warning",
  docs,
  *check(subject) {
    const query = served(subject);
    if (query === undefined) return;
    const { planner, statement, plan } = query;
    for (const node of nodesOf(statement.ast as AstNode)) {
      if (node.type !== "SortedColumn" || node.expr.type !== "FunctionCallExpr" || node.expr.name.name.toLowerCase() !== "random") continue;
      const { start } = statement.spanOf(node);
      const use = planner.uses(statement).filter(({ span }) => span.start < start).at(-1);
      if (use === undefined || plan.rowsRead < LEAST_ROWS) continue;
      const key = use.table.columns.find((column) => column.rowidAlias)?.name ?? "rowid";
      yield {
        span: statement.spanOf(node),
        message: `Every row of \`${use.table.name}\` that fits is read and sorted by a random number: about ${count(plan.rowsRead)} rows read a call`,
        why: `${planner.statistics.describe(use.table.name)}; the row at or after a random \`${key}\` costs one: \`WHERE ${key} >= abs(random()) % (SELECT max(${key}) + 1 FROM ${use.table.name}) ORDER BY ${key} LIMIT 1\``,
        data: { table: use.table.name, rowsRead: plan.rowsRead },
      };
    }
  },
});
