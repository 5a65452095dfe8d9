// The review as Markdown, made for a comment on a pull request: a table per severity, the hints folded away.

import type { FindingReport, Severity } from "../../protocol/report";
import type { Narrowed } from "../narrow";
import type { ShowPath } from "../paths";
import { count } from "../words";
import { code, prose, table } from "./markdown";
import { severities, severityCounts } from "./review-text";

export function reviewMarkdown({ report, leftOut }: Narrowed, path: ShowPath): string {
  const total = severityCounts(report.findings).map(({ words }) => words);
  const sections = severities.map((severity) => section(severity, report.findings.filter((finding) => finding.severity === severity), path));
  const { files, queries } = report.summary;
  const left = [
    ...(leftOut.unchanged === undefined ? [] : [`${count(leftOut.unchanged, "finding")} outside of the changes left out`]),
    ...(leftOut.baseline === undefined ? [] : [`${count(leftOut.baseline, "finding")} of the baseline left out`]),
  ];
  return `${[
    `### Plumbline: ${total.length > 0 ? total.join(", ") : "no findings"}`,
    ...sections.filter((text) => text !== ""),
    [`${count(queries, "query", "queries")} in ${count(files, "file")}`, ...left].join("; "),
  ].join("\n\n")}\n`;
}

function section(severity: Severity, findings: readonly FindingReport[], path: ShowPath): string {
  if (findings.length === 0) return "";
  const rows = findings.map((finding) => [
    code(`${path(finding.file)}:${finding.range.start.line}`),
    code(finding.rule),
    [
      prose(finding.message),
      ...(finding.why === undefined ? [] : [prose(finding.why)]),
      ...finding.fixes.map(({ title }) => `Fix: ${prose(title)}`),
    ].join("<br>"),
  ]);
  const body = table(["Where", "Rule", "What"], rows);
  if (severity === "hint") return `<details><summary>${count(findings.length, "hint")}</summary>\n\n${body}\n\n</details>`;
  return `#### ${{ error: "Errors", warning: "Warnings", info: "Infos" }[severity]}\n\n${body}`;
}
