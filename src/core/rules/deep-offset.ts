// Paging by OFFSET: every page reads all rows of the pages before it, and D1 bills them.

import type { Select } from "sqlite3-parser";
import { quoteName } from "../planner/proposed-index";
import type { TableUse } from "../planner/table-use";
import type { Statement } from "../sql/statement";
import type { Span } from "../text/span";
import docs from "./deep-offset.md";
import { count } from "./index-advice";
import { isAdvised, LARGE, planWith, served, sizeOf } from "./large-reads";
import type { ServedQuery } from "./large-reads";
import { queryRule } from "./rule";

/** Pages that cost less than this many times the first one are no matter. */
const LEAST_FACTOR = 5;

export const deepOffset = queryRule({
  id: "deep-offset",
  summary: "OFFSET that steps over many rows",
  severity: "warning",
  docs,
  *check(subject) {
    const query = served(subject);
    const select = query === undefined ? undefined : selectOf(query.statement);
    const limit = select?.limit;
    if (query === undefined || select === undefined || limit?.offset === undefined) return;
    const { planner, statement } = query;
    const place = statement.spanOf(limit.offset);
    const isOpen = limit.offset.type !== "NumericLiteral" || subject.holes.some(({ span }) => place.start <= span.start && span.end <= place.end);
    const use = planner.uses(statement).find((one) => one.limit !== undefined);
    if (!isOpen || use === undefined || planner.statistics.size(use.table.name).rows < LARGE || isAdvised(subject, use)) return;
    const first = planWith(planner, statement, [edit(place, "0")]);
    const last = planWith(planner, statement, [edit(statement.spanOf(limit.expr), "1000000000"), edit(place, "0")]);
    if (first === undefined || last === undefined || last.rowsRead < LARGE || last.rowsRead < first.rowsRead * LEAST_FACTOR) return;
    yield {
      span: place,
      message: `OFFSET reads and drops every row before the page: about ${count(first.rowsRead)} rows for the first page of \`${use.table.name}\`, ${count(last.rowsRead)} for the last`,
      why: `${planner.statistics.describe(use.table.name)}, and D1 bills each row that is stepped over; ${instead(query, select, use)}`,
      data: { table: use.table.name, rowsFirst: first.rowsRead, rowsLast: last.rowsRead },
      ...(sizeOf(query, use) === "known" ? {} : { severity: "hint" as const }),
    };
  },
});

function selectOf({ ast }: Statement): Select | undefined {
  return ast.type === "SelectStmt" && ast.body.type === "Select" ? ast.body : undefined;
}

function edit(span: Span, newText: string): { readonly span: Span; readonly newText: string } {
  return { span, newText };
}

/** The condition that starts where the last page ended, in the query's own columns. */
function instead({ planner, statement }: ServedQuery, { orderBy = [] }: Select, use: TableUse): string {
  const general = "start the next page after the last row of this one, by the columns of ORDER BY";
  if (use.order.length === 0 || use.order.length !== orderBy.length || use.order.some(({ column }) => column === undefined)) return general;
  const columns = use.order.map(({ column }) => column!);
  const [{ descending }] = use.order as [TableUse["order"][number]];
  if (use.order.some((term) => term.descending !== descending)) return general;
  const prefix = use.name === use.table.name && planner.uses(statement).length === 1 ? "" : `${quoteName(use.name)}.`;
  const key = planner.statistics.isUnique(use.table, columns) ? [] : use.table.columns.filter((column) => column.primaryKey > 0).map(({ name }) => name);
  const all = [...columns, ...key.filter((column) => !columns.includes(column))].map((column) => `${prefix}${quoteName(column)}`);
  const values = all.map(() => "?").join(", ");
  const condition = all.length === 1 ? `${all[0]} ${descending ? "<" : ">"} ?` : `(${all.join(", ")}) ${descending ? "<" : ">"} (${values})`;
  return `start after the last row shown instead: \`WHERE ${condition} ORDER BY ${all.map((column) => `${column}${descending ? " DESC" : ""}`).join(", ")} LIMIT ?\``;
}
