// One statement explained: its plan, what it costs, and the index that would help most.

import type { ReviewedDatabase } from "../analysis/databases";
import { advise } from "../planner/advice";
import { createIndex } from "../planner/proposed-index";
import { planLines } from "../rules/index-advice";
import { parseStatement } from "../sql/statement";
import { namedTables } from "../sql/named-tables";
import type { ExplainReport } from "./report";

/** Explains against the database of that binding, else the first where the statement compiles, else the first. */
export function explainReport(databases: readonly ReviewedDatabase[], sql: string, binding: string | undefined): ExplainReport {
  const text = sql.trim();
  const statement = parseStatement(text);
  const chosen = databases.filter(({ model }) => binding === undefined || model.source.binding === binding);
  const fitting = statement.ok ? chosen.find(({ planner }) => "plan" in planner.judge(statement)) : undefined;
  const database = fitting ?? chosen[0];
  const base = { version: 1 as const, database: database?.model.source.binding ?? null, sql: text };
  if (!statement.ok) return { ...base, ok: false, error: statement.message, plan: [], statistics: "" };
  if (database === undefined) return { ...base, ok: false, error: "No database was found in this folder", plan: [], statistics: "" };
  const { planner } = database;
  const verdict = planner.judge(statement);
  const tables = [...new Set(planner.uses(statement).map((use) => use.table.name))];
  const statistics = (tables.length === 0 ? namedTables(statement) : tables).map((table) => planner.statistics.describe(table)).join("; ");
  if (!("plan" in verdict)) return { ...base, ok: false, error: verdict.message, plan: [], statistics };
  const advice = advise(planner, statement);
  const after = advice.at(-1)?.planAfter;
  return {
    ...base,
    ok: true,
    plan: planLines(verdict.plan),
    cost: verdict.cost,
    rowsRead: verdict.rowsRead,
    statistics,
    ...(after === undefined
      ? {}
      : {
          better: {
            index: advice.map(({ index }) => `${createIndex(index, planner.freeName(index))};`).join("\n"),
            plan: planLines(after.plan),
            cost: after.cost,
            rowsRead: after.rowsRead,
          },
        }),
  };
}
