// One statement explained: its plan, what it costs, the index that would help most, and what the set of the whole project
// gives to it.

import type { ReviewedDatabase } from "../analysis/databases";
import { advise } from "../planner/advice";
import type { ChosenIndex } from "../planner/index-selection";
import type { JudgedPlan, Planner } from "../planner/planner";
import { createIndex } from "../planner/proposed-index";
import { planLines } from "../rules/index-advice";
import type { Origin } from "../schema/schema";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { namedTables } from "../sql/named-tables";
import { indexesIn, planWords } from "./plan-words";
import { recordedWords } from "./recorded-words";
import type { ExplainedPlan, ExplainReport, MeasuredReport, RecordedReport, UsedIndexReport } from "./report";

export interface ExplainFacts {
  /** Line of an offset in a file, from 1. */
  lineOf(file: string, offset: number): number;
  measured?(sql: string): MeasuredReport | undefined;
  recorded?(sql: string): RecordedReport | undefined;
  /** The indexes that the whole project asks for. */
  set?(database: ReviewedDatabase): readonly ChosenIndex[];
}

/** Explains against the database of that binding, else the first where the statement compiles, else the first. */
export function explainReport(databases: readonly ReviewedDatabase[], sql: string, binding: string | undefined, facts: ExplainFacts): ExplainReport {
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
  const measured = facts.measured?.(text);
  const recorded = facts.recorded?.(text);
  return {
    ...base,
    ok: true,
    ...explained(planner, statement, verdict),
    indexes: usedIndexes(database, verdict, facts),
    statistics,
    ...(measured === undefined ? {} : { measured }),
    ...(recorded === undefined ? {} : { recorded: { ...recorded, words: recordedWords([recorded]) ?? "" } }),
    ...(after === undefined ? {} : { better: { index: advice.map(({ index }) => `${createIndex(index, planner.freeName(index))};`).join("\n"), ...explained(planner, statement, after) } }),
    ...(facts.set === undefined ? {} : { set: withSet(planner, statement, facts.set(database)) ?? { indexes: [], ...explained(planner, statement, verdict) } }),
  };
}

function explained(planner: Planner, statement: Statement, { plan, cost, rowsRead }: JudgedPlan): ExplainedPlan {
  return { plan: planLines(plan), cost, rowsRead, words: planWords({ plan, rowsRead }, planner.uses(statement), statement.kind)?.words ?? "" };
}

function usedIndexes({ schema }: ReviewedDatabase, { plan }: JudgedPlan, { lineOf }: ExplainFacts): readonly UsedIndexReport[] {
  return indexesIn(plan).map((name) => {
    const origin = schema.indexes.find((index) => index.name.toLowerCase() === name.toLowerCase())?.origin;
    return { name, madeIn: origin === undefined ? null : placeOf(origin, lineOf) };
  });
}

function placeOf({ file, span }: Origin, lineOf: ExplainFacts["lineOf"]): { readonly file: string; readonly line: number } {
  return { file, line: lineOf(file, span.start) };
}

/** Undefined where none of them is used. */
function withSet(planner: Planner, statement: Statement, chosen: readonly ChosenIndex[]): ExplainReport["set"] {
  const after = planner.configure((trial) => {
    for (const { index, replaces } of chosen) {
      trial.add(index);
      for (const existing of replaces) trial.drop(existing);
    }
    return trial.judge(statement);
  });
  if (after === undefined) return undefined;
  const used = new Set(indexesIn(after.plan).map((name) => name.toLowerCase()));
  const indexes = chosen.filter(({ name }) => used.has(name.toLowerCase())).map(({ index, name }) => `${createIndex(index, name)};`);
  return indexes.length === 0 ? undefined : { indexes, ...explained(planner, statement, after) };
}
