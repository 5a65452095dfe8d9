// The review as SARIF 2.1.0 (OASIS), the form that code hosts show as code scanning alerts.

import type { FindingReport, Range, ReviewReport, Severity } from "../../protocol/report";
import type { RuleData } from "../../protocol/worker";
import type { ShowPath } from "../paths";

export function reviewSarif(report: ReviewReport, rules: readonly RuleData[], path: ShowPath): string {
  const run = {
    tool: {
      driver: {
        name: "Plumbline",
        version: process.env["PLUMBLINE_VERSION"],
        rules: rules.map(({ id, summary, docs, severity }) => ({
          id,
          shortDescription: { text: summary },
          help: { text: docs, markdown: docs },
          defaultConfiguration: { level: levelOf(severity) },
        })),
      },
    },
    columnKind: "utf16CodeUnits",
    results: report.findings.map((finding) => resultOf(finding, rules, path)),
  };
  const log = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(finding: FindingReport, rules: readonly RuleData[], path: ShowPath) {
  const ruleIndex = rules.findIndex(({ id }) => id === finding.rule);
  return {
    ruleId: finding.rule,
    ...(ruleIndex >= 0 && { ruleIndex }),
    level: levelOf(finding.severity),
    message: { text: finding.why === undefined ? finding.message : `${finding.message}\n${finding.why}` },
    locations: [{ physicalLocation: physicalLocation(finding, path) }],
    ...(finding.related.length > 0 && {
      relatedLocations: finding.related.map((place, i) => ({
        id: i + 1,
        physicalLocation: physicalLocation(place, path),
        message: { text: place.message },
      })),
    }),
    partialFingerprints: { "plumbline/v1": finding.fingerprint },
  };
}

function physicalLocation({ file, range }: { readonly file: string; readonly range: Range }, path: ShowPath) {
  return {
    artifactLocation: { uri: path(file).split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" },
    region: { startLine: range.start.line, startColumn: range.start.column, endLine: range.end.line, endColumn: range.end.column },
  };
}

function levelOf(severity: Severity): "error" | "warning" | "note" {
  return severity === "error" || severity === "warning" ? severity : "note";
}
