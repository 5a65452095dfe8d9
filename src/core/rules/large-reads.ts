// What rules about reading much ask: what a plan scans, whether that is large, and whether an index would do, which is
// for the rules about indexes to say.

import { allNodes } from "../planner/plan";
import type { JudgedPlan, Planner } from "../planner/planner";
import type { TableUse } from "../planner/table-use";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { applyEdits } from "../text/edit";
import type { TextEdit } from "../text/edit";
import type { QuerySubject } from "./rule";

/** A smaller table is read in no time. */
export const LARGE = 5_000;

export interface ServedQuery {
  readonly planner: Planner;
  readonly statement: Statement;
  readonly plan: JudgedPlan;
}

/** The query with its plan, where it is part of what the application serves. */
export function served({ planner, statement, verdict, tooling }: QuerySubject): ServedQuery | undefined {
  if (tooling || planner === undefined || !statement.ok || verdict === undefined || !("plan" in verdict)) return undefined;
  return { planner, statement, plan: verdict };
}

/** The large tables that the plan scans from end to end, at most once each. */
export function scans({ planner, statement, plan }: ServedQuery): readonly TableUse[] {
  const names = new Set(allNodes(plan.plan).flatMap(({ access }) => (access.kind === "scan" && !access.virtual ? [access.name.toLowerCase()] : [])));
  return planner.uses(statement).filter((use) => names.has(use.name.toLowerCase()) && planner.statistics.size(use.table.name).rows >= LARGE);
}

/** The names of what correlated subqueries scan, once for every row of the query around them. */
export function scannedAnew({ plan }: JudgedPlan): readonly string[] {
  return allNodes(plan).flatMap(({ access, children }) => {
    if (access.kind !== "subquery" || !access.correlated) return [];
    return allNodes(children).flatMap(({ access: inner }) => (inner.kind === "scan" && !inner.virtual && !inner.exists ? [inner.name] : []));
  });
}

/** Whether an index helps, so that a rule about indexes speaks. */
export function isAdvised(subject: QuerySubject, use: TableUse): boolean {
  return subject.advice().some((advice) => advice.use.table.name === use.table.name);
}

/** How sure it is that a table is large: `known` by settings or measure, `likely` by its kind, such as a log. */
export function sizeOf({ planner }: ServedQuery, use: TableUse): "known" | "likely" | "assumed" {
  const { source } = planner.statistics.size(use.table.name);
  return source === "assumed-large" ? "likely" : source.startsWith("assumed") ? "assumed" : "known";
}

/** The plan of the statement with these edits; undefined where SQLite takes it no more. */
export function planWith(planner: Planner, statement: Statement, edits: readonly TextEdit[]): JudgedPlan | undefined {
  const edited = parseStatement(applyEdits(statement.text, [...edits].sort((a, b) => a.span.start - b.span.start)));
  const verdict = edited.ok ? planner.judge(edited) : undefined;
  return verdict !== undefined && "plan" in verdict ? verdict : undefined;
}

/** Names of functions that need every row, or that nobody waits for. */
export function needsAllRows({ functionName }: QuerySubject): boolean {
  return /export|download|csv|backup|dump|sitemap|import|sync|migrat|seed|backfill|rebuild|reindex|cron|schedul|clean|purge|archive|digest|summary|report|metric|monitor|worker\b|queue|job/i.test(functionName ?? "");
}
