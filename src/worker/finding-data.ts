// Findings and their fixes as the worker answers with them: plain data, each file with the version that it was read in.

import type { FileResult } from "../core/analysis/analysis";
import type { Finding } from "../core/rules/finding";
import type { TextEdit } from "../core/text/edit";
import type { FileFindings, FindingData, FixData } from "../protocol/worker";

export function fileFindings({ file, findings }: FileResult, version: number): FileFindings {
  return {
    path: file.path,
    version,
    findings: findings.map(({ rule, severity, span, anchor, message, why, related, data }, key): FindingData => ({ key, rule, severity, span, anchor, message, why, related, data })),
  };
}

/** `versionOf` gives the version in which a file was read. */
export function fixesOf(finding: Finding, key: number, versionOf: (path: string) => number): readonly FixData[] {
  return finding.fixes().map(({ title, safety, changes }) => ({
    title,
    safety,
    rule: finding.rule,
    key,
    changes: changes.map((change) => (change.kind === "edit" ? { ...change, edits: change.edits.filter(isSomething), version: versionOf(change.file) } : change)),
  }));
}

/** A rewrite may leave a place as it is. */
function isSomething({ span, newText }: TextEdit): boolean {
  return span.start < span.end || newText !== "";
}
