// A subquery that scans its table anew for each row of the query around it.

import docs from "./correlated-scan.md";
import { count } from "./index-advice";
import { isAdvised, scannedAnew, served } from "./large-reads";
import { queryRule } from "./rule";

/** Fewer rows in all are read in no time. */
const LEAST_ROWS = 10_000;

export const correlatedScan = queryRule({
  id: "correlated-scan",
  summary: "Subquery that scans for every row",
  severity: "warning",
  docs,
  *check(subject) {
    const query = served(subject);
    if (query === undefined || query.plan.rowsRead < LEAST_ROWS) return;
    const { planner, statement, plan } = query;
    const said = new Set<string>();
    for (const name of scannedAnew(plan)) {
      const use = planner.uses(statement).find((one) => one.name.toLowerCase() === name.toLowerCase());
      if (use === undefined || said.has(name) || isAdvised(subject, use)) continue;
      const { rows } = planner.statistics.size(use.table.name);
      if (rows < 1_000 || rows * 2 > plan.rowsRead) continue;
      said.add(name);
      yield {
        span: use.span,
        message: `\`${use.table.name}\` is scanned anew for every row of the query around it: about ${count(plan.rowsRead)} rows read a call`,
        why: `${planner.statistics.describe(use.table.name)}, and no index serves this condition; a join with what is grouped once reads it once`,
        data: { table: use.table.name, rowsRead: plan.rowsRead },
      };
    }
  },
});
