// A rule's finding that stands in the code itself, not in an SQL text: its span and its edits are the file's.

import type { Finding, Severity } from "../rules/finding";
import type { LoadRule, LoopRule, PathRule, RuleFinding, TrafficRule } from "../rules/rule";
import type { SourceFile } from "../schema/sources";

export function placedInCode(rule: LoadRule | LoopRule | PathRule | TrafficRule, found: RuleFinding, anchor: number, file: SourceFile, context: { severityOf(rule: string, own: Severity): Severity }): Finding {
  const { fixes } = found;
  return {
    rule: rule.id,
    severity: context.severityOf(rule.id, found.severity ?? rule.severity),
    file: file.path,
    span: found.span,
    anchor,
    message: found.message,
    why: found.why,
    related: found.related ?? [],
    data: found.data ?? {},
    fixes: () => (fixes?.() ?? []).map(({ title, safety, edits = [], elsewhere = [] }) => ({
        title,
        safety,
        changes: [{ file: file.path, edits }, ...elsewhere].map((change) => ({ kind: "edit", ...change })),
      })),
  };
}
