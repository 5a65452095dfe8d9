// How a proven index becomes a finding: the same words and the same data for every rule about indexes.

import type { Advice } from "../planner/advice";
import { createIndex, GATHER_STATISTICS, partText } from "../planner/proposed-index";
import type { JudgedPlan, Planner } from "../planner/planner";
import type { ProposedIndex } from "../planner/proposed-index";
import type { PlanNode } from "../planner/plan";
import { cover } from "../text/span";
import type { Span } from "../text/span";
import type { QuerySubject, RuleFinding, RuleFix } from "./rule";

/** A statement's advice is shared by the rules, each of which takes its own part. `first` is what they offer before the index. */
export function* indexFindings(subject: QuerySubject, isOwn: (advice: Advice) => boolean, word: (advice: Advice) => string, first: (advice: Advice) => readonly RuleFix[] = () => []): Iterable<RuleFinding> {
  const { planner } = subject;
  // A scan in a script that someone runs by hand is nobody's bill.
  if (planner === undefined || subject.tooling) return;
  for (const advice of subject.advice()) {
    if (!isOwn(advice)) continue;
    yield {
      ...place(advice),
      message: `${word(advice)}: ${rowsSaved(advice.planBefore, advice.planAfter, advice.together.length)}`,
      why: `${planner.statistics.describe(advice.use.table.name)}; SQLite's planner uses ${beside(planner, advice)} for this query; \`plumbline indexes\` weighs all of them and may choose another${advice.use.table.origin === undefined ? "; make it where the code makes the table" : ""}`,
      data: indexData(planner, advice.together, advice.planBefore, advice.planAfter),
      // A table that the code makes at run time is not there yet when a migration runs.
      fixes: () => [...first(advice), ...(advice.use.table.origin === undefined ? [] : [indexFix(planner, advice.together, subject.servedBy(advice.index), advice.planBefore, advice.planAfter)])],
      ...(matters(advice) ? {} : { severity: "hint" as const }),
    };
  }
}

/** Less than this is a matter of taste: what remains to be read is of the same order. */
const LEAST_FACTOR = 5;
const LEAST_ROWS = 1_000;

function matters({ benefit, planBefore, planAfter }: Advice): boolean {
  const measure: keyof JudgedPlan & ("cost" | "rowsRead") = benefit === "sort" ? "cost" : "rowsRead";
  return planBefore.rowsRead >= LEAST_ROWS && planAfter[measure] * LEAST_FACTOR <= planBefore[measure];
}

/** `about 100,000 rows read a call, 34 with an index`. */
function rowsSaved(before: JudgedPlan, after: JudgedPlan, indexes: number): string {
  return `about ${count(before.rowsRead)} rows read a call, ${count(after.rowsRead)} with ${indexes === 1 ? "an index" : `${indexes} indexes`}`;
}

function beside(planner: Planner, { together }: Advice): string {
  const others = together.slice(1).map((index) => planner.freeName(index));
  return others.length === 0 ? "the index" : `the index together with ${listed(others)}`;
}

/** The data of a finding about an index. `indexes` holds the one that it speaks of, then those that it needs beside it. */
export function indexData(planner: Planner, indexes: readonly ProposedIndex[], before: JudgedPlan, after: JudgedPlan): Readonly<Record<string, unknown>> {
  const index = indexes[0]!;
  return {
    table: index.table,
    columns: index.parts.map(partText),
    index: statements(planner, indexes).join("; "),
    planBefore: planLines(before.plan),
    planAfter: planLines(after.plan),
    costBefore: before.cost,
    costAfter: after.cost,
    rowsBefore: before.rowsRead,
    rowsAfter: after.rowsRead,
    rowsSource: "derived",
    tableRows: planner.statistics.size(index.table).rows,
  };
}

export function indexFix(planner: Planner, indexes: readonly ProposedIndex[], serves: readonly string[], before: JudgedPlan, after: JudgedPlan): RuleFix {
  const names = indexes.map((index) => planner.freeName(index));
  const places = serves.slice(0, 20).map((place) => `--   ${place}\n`);
  const more = serves.length > 20 ? `--   and ${serves.length - 20} more\n` : "";
  const [noun, what] = names.length === 1 ? ["Index", "index"] : ["Indexes", "indexes"];
  return {
    title: `Create ${what} ${listed(names)} in a new migration`,
    safety: "review",
    migration: {
      name: names[0]!.replace(/^idx_/, "index_"),
      sql:
        `-- ${noun} for ${serves.length === 1 ? "this query" : "these queries"}:\n${places.join("")}${more}` +
        `-- Rows read a call, by estimate: ${count(before.rowsRead)} before, ${count(after.rowsRead)} after.\n` +
        `${statements(planner, indexes).join(";\n")};\n\n${GATHER_STATISTICS}`,
    },
  };
}

function statements(planner: Planner, indexes: readonly ProposedIndex[]): readonly string[] {
  return indexes.map((index) => createIndex(index, planner.freeName(index)));
}

/** A plan as report lines, the depth as nesting. */
export function planLines(plan: readonly PlanNode[], depth = 0): readonly { readonly detail: string; readonly cost: number; readonly depth: number }[] {
  return plan.flatMap((node) => [{ detail: node.detail, cost: node.cost, depth }, ...planLines(node.children, depth + 1)]);
}

/** A derived number of rows; more than two digits of it would claim what nobody knows. */
export function count(rows: number): string {
  const rounded = rows < 1_000 ? rows : Number(rows.toPrecision(2));
  return rounded.toLocaleString("en-US");
}

/** Column names for a sentence: `a`, `b` and `c`, each in back-ticks. */
export function listed(names: readonly string[]): string {
  const ticked = names.map((name) => `\`${name}\``);
  return ticked.length <= 1 ? ticked.join("") : `${ticked.slice(0, -1).join(", ")} and ${ticked.at(-1)}`;
}

function place({ use, index, benefit }: Advice): { readonly span: Span; readonly focus: Span } {
  if (benefit === "sort" && use.sortSpan !== undefined) return { span: use.sortSpan, focus: use.span };
  const columns = new Set(index.parts.map(partText));
  const compared = [use, ...use.arms].flatMap(({ predicates, terms }) => [...predicates.map(({ column, span }) => ({ text: column, span })), ...terms.map(({ part, span }) => ({ text: partText(part), span }))]);
  const served = compared.filter(({ text }) => columns.has(text)).map(({ span }) => span);
  return served.length === 0 ? { span: use.span, focus: use.span } : { span: cover(served), focus: served.at(-1)! };
}
