// The review as workflow commands of GitHub Actions, which show as annotations of a pull request. Escapes as in
// `packages/core/src/command.ts` of actions/toolkit.

import type { FindingReport, ReviewReport, Severity } from "../../protocol/report";
import type { ShowPath } from "../paths";
import { count } from "../words";
import { severityCounts } from "./review-text";

export function reviewGithub(report: ReviewReport, path: ShowPath): string {
  const total = severityCounts(report.findings).map(({ words }) => words);
  const summary = `Plumbline: ${total.length > 0 ? total.join(", ") : "no findings"} in ${count(report.summary.files, "file")}`;
  return [...report.findings.map((finding) => annotation(finding, path)), summary, ""].join("\n");
}

function annotation(finding: FindingReport, path: ShowPath): string {
  const { start, end } = finding.range;
  const properties = {
    file: path(finding.file),
    line: start.line,
    // Columns are taken on one line only.
    ...(end.line === start.line ? { endLine: end.line, col: start.column, endColumn: end.column } : { endLine: end.line }),
    title: `Plumbline ${finding.rule}`,
  };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const fixes = finding.fixes.map(({ title }) => `Fix: ${title}`);
  const message = [finding.message, ...(finding.why === undefined ? [] : [finding.why]), ...fixes].join("\n");
  return `::${commandOf(finding.severity)} ${listed.join(",")}::${escapeData(message)}`;
}

function commandOf(severity: Severity): "error" | "warning" | "notice" {
  return severity === "error" || severity === "warning" ? severity : "notice";
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
