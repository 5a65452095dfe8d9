// The plan of one statement for the terminal, and the index that would help.

import type { ExplainReport } from "../../protocol/report";
import type { Colors } from "../colors";
import { about, plain, rowsRead as rowsReadWords } from "../words";
import { planLines } from "./plan";

export function explainText(report: ExplainReport, colors: Colors): string {
  const lines = [report.sql.trim().split(/\r\n|[\r\n]/).map(plain).join("\n"), ""];
  if (!report.ok) return `${[...lines, `${colors.red("error")} ${plain(report.error ?? "SQLite rejects the statement")}`].join("\n")}\n`;
  const where = report.database === null ? "" : ` on ${plain(report.database)}`;
  lines.push(colors.bold(`Plan${where}`), ...indented(planLines(report.plan, colors)));
  if (report.plan.length === 0) lines.push("  nothing to plan");
  const used = (report.indexes ?? []).flatMap(({ name, madeIn }) => (madeIn === null ? [] : [`  uses ${plain(name)}, made in ${plain(madeIn.file)}:${madeIn.line}`]));
  lines.push(...figures(report, "  "), ...used, `  ${colors.dim(plain(report.statistics))}`);
  if (report.better) {
    lines.push("", colors.bold("Better with"), `  ${colors.green(plain(report.better.index))}`, ...indented(planLines(report.better.plan, colors)));
    lines.push(...figures(report.better, "  "));
  }
  return `${lines.join("\n")}\n`;
}

function figures({ cost, rowsRead }: Pick<ExplainReport, "cost" | "rowsRead">, indent: string): string[] {
  const parts = [
    ...(rowsRead === undefined ? [] : [rowsReadWords(rowsRead)]),
    ...(cost === undefined ? [] : [`cost ${about(cost)}`]),
  ];
  return parts.length > 0 ? [`${indent}${parts.join(", ")}`] : [];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
