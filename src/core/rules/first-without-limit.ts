// `first()` gives one row, but D1 reads all of them: it adds no LIMIT.

import type { SelectFrom } from "sqlite3-parser";
import { findTable, indexesOf } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { allNodes } from "../planner/plan";
import type { JudgedPlan, Planner } from "../planner/planner";
import type { TableUse } from "../planner/table-use";
import { hasAggregate } from "../sql/expressions";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { applyEdits } from "../text/edit";
import { count } from "./index-advice";
import docs from "./first-without-limit.md";
import { queryRule } from "./rule";
import type { RuleFix } from "./rule";

/** Fewer rows than this are read in no time. */
const LEAST_ROWS = 50;

export const firstWithoutLimit = queryRule({
  id: "first-without-limit",
  summary: "Query without LIMIT in first()",
  severity: "hint",
  docs,
  *check({ statement, executions, verdict, planner, d1, tooling, holes, advice }) {
    if (!d1 || tooling || executions.length === 0 || executions.some((method) => method !== "first")) return;
    if (!statement.ok || statement.ast.type !== "SelectStmt" || planner === undefined || verdict === undefined || !("plan" in verdict)) return;
    const { body } = statement.ast;
    const core = body.select;
    if (body.limit !== undefined || body.compounds !== undefined || core.type !== "SelectFrom" || holes.some((hole) => hole.kind === "fragment")) return;
    if (verdict.rowsRead < LEAST_ROWS || !manyRows(statement, core, planner)) return;
    // A row that an index finds by equality is the only one by its meaning, more often than not; where an index lacks, that is said.
    const ordered = body.orderBy !== undefined;
    if (!ordered && (advice().length > 0 || !allNodes(verdict.plan).some((node) => node.detail.startsWith("SCAN")))) return;
    const fix = limited(statement, planner);
    if (fix === undefined || fix.rowsRead * 2 > verdict.rowsRead) return;
    yield {
      span: statement.spanOf(body),
      ...(core.from === undefined ? {} : { focus: statement.spanOf(core.from) }),
      message: `first() takes one row, but without LIMIT 1 D1 reads all that this query finds: about ${count(verdict.rowsRead)} rows read a call`,
      why: "first() adds no LIMIT; rows read are billed, whether they are used or not",
      fixes: () => [fix.fix],
    };
  },
});

/** True where each table of the FROM clause is known, and one of them is not held to one row by a unique key. */
function manyRows(statement: Statement, core: SelectFrom, planner: Planner): boolean {
  if (core.from?.select === undefined || (core.groupBy === undefined && hasAggregate(core))) return false;
  const sources = [core.from.select, ...(core.from.joins ?? []).map((join) => join.table)];
  const uses = sources.map((source) => {
    if (source.type !== "TableSelectTable") return undefined;
    const at = statement.spanOf(source.tblName).start;
    // What stands behind a view may be held to one row there.
    return findTable(planner.schema, source.tblName.objName.text) === undefined ? undefined : planner.uses(statement).find((use) => use.span.start === at);
  });
  return uses.every((use) => use !== undefined) && uses.some((use) => !single(use, planner.schema));
}

function single({ table, predicates }: TableUse, schema: Schema): boolean {
  const equal = new Set(predicates.filter((one) => one.kind === "equal").map((one) => one.column.toLowerCase()));
  const primary = table.columns.filter((column) => column.primaryKey > 0).map((column) => column.name);
  const unique = indexesOf(schema, table.name).filter((index) => index.unique).map((index) => index.parts.map((part) => part.column ?? ""));
  return [...(primary.length === 0 ? [] : [primary]), ...unique].some((key) => key.every((column) => equal.has(column.toLowerCase())));
}

/** The statement with LIMIT 1. Safe where SQLite goes the same way with it, so that the same row comes first. */
function limited(statement: Statement, planner: Planner): { readonly fix: RuleFix; readonly rowsRead: number } | undefined {
  const end = statement.spanOf(statement.ast).end;
  const edits = [{ span: { start: end, end }, newText: " LIMIT 1" }];
  const after = parseStatement(applyEdits(statement.text, edits));
  const [before, verdict] = [planner.judge(statement), after.ok ? planner.judge(after) : undefined];
  if (!("plan" in before) || verdict === undefined || !("plan" in verdict)) return undefined;
  const path = ({ plan }: JudgedPlan): string => allNodes(plan).map((node) => node.detail).join("\n");
  return { fix: { title: "Add LIMIT 1", safety: path(before) === path(verdict) ? "safe" : "review", edits }, rowsRead: verdict.rowsRead };
}
