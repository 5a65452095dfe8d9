// A query that gives back a whole large table, or most of it: its rows, and what they weigh, grow with the table.

import type { SelectFrom } from "sqlite3-parser";
import type { Planner } from "../planner/planner";
import { aggregatesIn } from "../planner/select-shape";
import type { TableUse } from "../planner/table-use";
import { conjuncts } from "../sql/expressions";
import type { Statement } from "../sql/statement";
import { count } from "./index-advice";
import { isAdvised, LARGE, needsAllRows, scans, served, sizeOf } from "./large-reads";
import { queryRule } from "./rule";
import docs from "./unbounded-read.md";

export const unboundedRead = queryRule({
  id: "unbounded-read",
  summary: "Whole table that is read without LIMIT",
  severity: "warning",
  docs,
  *check(subject) {
    const query = served(subject);
    // What takes one row of it is for `first-without-limit`.
    if (query === undefined || needsAllRows(subject) || subject.executions.some((method) => method === "first" || method === "get" || method === "iterate")) return;
    const { planner, statement } = query;
    const select = wholeSelect(statement);
    const [use, ...others] = select === undefined ? [] : planner.uses(statement);
    // A join reads what its conditions leave: which of its tables is the whole one is not said here.
    if (select === undefined || use === undefined || others.length > 0 || !scans(query).includes(use) || isAdvised(subject, use)) return;
    const rows = rowsOut(planner, use, select);
    const size = sizeOf(query, use);
    // Many tables stay small: a guess is no reason to page through them.
    if (rows < LARGE || size === "assumed") return;
    yield {
      span: use.span,
      message: `All of \`${use.table.name}\` is read${select.whereClause === undefined ? "" : " but for little"}, without LIMIT: about ${count(query.plan.rowsRead)} rows a call, and more as it grows`,
      why: `${planner.statistics.describe(use.table.name)}; D1 bills each row, and a Worker has 128 MB for what comes back; read a page at a time`,
      data: { table: use.table.name, rowsRead: query.plan.rowsRead },
      ...(size === "known" ? {} : { severity: "hint" as const }),
    };
  },
});

/** A plain SELECT of rows that nothing ends early. */
function wholeSelect({ ast }: Statement): SelectFrom | undefined {
  if (ast.type !== "SelectStmt" || ast.body.type !== "Select" || ast.body.select.type !== "SelectFrom") return undefined;
  const { select, limit, compounds = [] } = ast.body;
  if (limit !== undefined || compounds.length > 0 || ast.body.with !== undefined || select.distinctness === "Distinct" || select.having !== undefined || aggregatesIn(select)) return undefined;
  return select;
}

/** Rows that come back, by what the statistics know; none where a condition is of another kind. */
function rowsOut(planner: Planner, use: TableUse, { whereClause }: SelectFrom): number {
  const { rows } = planner.statistics.size(use.table.name);
  if (conjuncts(whereClause).length > use.predicates.length) return 0;
  return use.predicates.reduce((left, { column, kind, values }) => {
    const share = 1 / planner.statistics.distinct(use.table, column);
    return left * (kind === "equal" ? share : kind === "in" ? Math.min(1, share * values) : kind === "null" ? 0.9 : 0.25);
  }, rows);
}
