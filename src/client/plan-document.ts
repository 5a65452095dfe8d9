// One query's plan as Markdown, to be read in an editor: as it is, with the indexes that the whole project asks for, and
// with its own best index, one beside the other.

import type { ExplainedPlan, ExplainReport, UsedIndexReport } from "../protocol/report";
import { fenced, planText } from "./markdown";

/** Whether what the project's indexes give to it is still being worked out. */
export type SetState = "known" | "working";

interface Column {
  readonly title: string;
  readonly plan: Omit<ExplainedPlan, "plan">;
}

export function planDocument(report: ExplainReport, state: SetState = "known"): string {
  const { sql, database, plan, statistics, better, set, measured, indexes = [] } = report;
  const lines = [`# Plan${database === null ? "" : ` on ${database}`}`, "", fenced("sql", sql)];
  if (!report.ok) return [...lines, `It does not run: ${report.error ?? "SQLite gives no reason"}`, ""].join("\n");
  if (plan.length === 0) return [...lines, "SQLite has nothing to plan: it reads no table", ""].join("\n");
  lines.push(...table(columnsOf(report)), "");
  if (statistics !== "") lines.push(statistics, "");
  if (measured) lines.push(`Measured on made-up rows: ${measured.ms >= 10 ? Math.round(measured.ms).toLocaleString("en-US") : measured.ms.toFixed(1)} ms, ${measured.rows.toLocaleString("en-US")} rows read`, "");
  lines.push("## Now", "", fenced("text", planText(plan)), ...(indexes.length > 0 ? [`Uses ${indexes.map(usedIndex).join(", ")}`, ""] : []));
  const isSame = set !== undefined && better !== undefined && set.indexes.join("\n") === better.index;
  if (set && set.indexes.length > 0) lines.push(`## With the project's indexes${isSame ? ", which are its own best" : ""}`, "", fenced("sql", set.indexes.join("\n")), fenced("text", planText(set.plan)));
  if (better && !isSame) lines.push("## With its own best index", "", fenced("sql", better.index), fenced("text", planText(better.plan)));
  lines.push(...remark(report, state));
  return lines.join("\n");
}

function columnsOf({ words = "", rowsRead = 0, cost = 0, better, set }: ExplainReport): readonly Column[] {
  return [
    { title: "now", plan: { words, rowsRead, cost } },
    ...(set && set.indexes.length > 0 ? [{ title: "with the project's indexes", plan: set }] : []),
    ...(better ? [{ title: "with its own best index", plan: better }] : []),
  ];
}

/** Columns as wide as their longest cell, so that the text reads well too. */
function table(columns: readonly Column[]): readonly string[] {
  const before = columns[0]!.plan;
  const rows = [
    ["", ...columns.map(({ title }) => title)],
    ["plan", ...columns.map(({ plan }) => (plan.words === "" ? "–" : plan.words))],
    ["rows\u00a0read", ...columns.map(({ plan }) => `${number(plan.rowsRead)}${less(before.rowsRead, plan.rowsRead)}`)],
    ["cost", ...columns.map(({ plan }) => `${number(plan.cost)}${less(before.cost, plan.cost)}`)],
  ];
  const widths = rows[0]!.map((_, at) => Math.max(3, ...rows.map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  return [line(rows[0]!), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...rows.slice(1).map(line)];
}

function remark({ better, set }: ExplainReport, state: SetState): readonly string[] {
  if (state === "working") return ["Working out what the indexes that the whole project asks for give to it …", ""];
  if (set && set.indexes.length === 0) return [better ? "None of the indexes that the whole project asks for is used here: all queries together do better without its own." : "No index pays here: neither one of its own, nor those that the whole project asks for.", ""];
  return set === undefined && better === undefined ? ["No index of its own pays here.", ""] : [];
}

function usedIndex({ name, madeIn }: UsedIndexReport): string {
  return `\`${name}\`${madeIn === null ? "" : ` (\`${madeIn.file}:${madeIn.line}\`)`}`;
}

function less(before: number, after: number): string {
  const percent = before <= 0 ? 0 : Math.floor((1 - after / before) * 100);
  return percent > 0 ? ` (${percent}% less)` : "";
}

/** An estimate: two digits are all that anybody knows. */
function number(value: number): string {
  return Number(value < 1_000 ? value.toFixed(value < 10 ? 1 : 0) : value.toPrecision(2)).toLocaleString("en-US");
}
