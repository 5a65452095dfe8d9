// `count(*)` is no figure that SQLite keeps: it reads each row, or each entry of an index, at every call.

import type { AstNode, SelectFrom } from "sqlite3-parser";
import { nodesOf } from "../sql/statement";
import docs from "./count-scan.md";
import { count } from "./index-advice";
import { isAdvised, needsAllRows, scannedAnew, scans, served, sizeOf } from "./large-reads";
import { queryRule } from "./rule";

export const countScan = queryRule({
  id: "count-scan",
  summary: "Count that reads a whole table",
  severity: "hint",
  docs,
  *check(subject) {
    const query = served(subject);
    if (query === undefined || needsAllRows(subject)) return;
    const { planner, statement } = query;
    for (const node of nodesOf(statement.ast as AstNode)) {
      if (node.type !== "SelectFrom" || !countsOnly(node)) continue;
      const { start, end } = statement.spanOf(node);
      const inside = planner.uses(statement).filter(({ span }) => start <= span.start && span.end <= end);
      const [use] = inside;
      if (use === undefined || scannedAnew(query.plan).includes(use.name) || inside.length > 1 || !scans(query).includes(use) || isAdvised(subject, use) || sizeOf(query, use) === "assumed") continue;
      const { rows } = planner.statistics.size(use.table.name);
      const [result] = node.columns;
      yield {
        span: statement.spanOf(result!),
        focus: statement.spanOf(result!),
        message: `Every row of \`${use.table.name}\` is read to be counted: about ${count(rows)} rows a call`,
        why: `${planner.statistics.describe(use.table.name)}; a counter that triggers keep, a count kept for a minute, or a page that asks for one row more than it shows needs none of them`,
        data: { table: use.table.name, rows },
      };
    }
  },
});

/** `SELECT count(*) FROM t …` */
function countsOnly({ columns, groupBy, from }: SelectFrom): boolean {
  const [only, ...others] = columns;
  if (only?.type !== "ExprResultColumn" || others.length > 0 || groupBy !== undefined || from === undefined) return false;
  return (only.expr.type === "FunctionCallStarExpr" || only.expr.type === "FunctionCallExpr") && only.expr.name.name.toLowerCase() === "count" && only.expr.filterOver === undefined;
}
