// A finding as the core gives it, from what a rule says of a file as a whole.

import type { Finding } from "../rules/finding";
import type { FileFinding, Rule } from "../rules/rule";
import type { DatabaseSource } from "../schema/sources";
import type { ReviewContext } from "./file-review";
import { migrationChange } from "./migration-change";

/** `source` is the database whose migrations a fix adds to. */
export function wholeFinding(rule: Rule, found: FileFinding, source: DatabaseSource | undefined, { severityOf }: Pick<ReviewContext, "severityOf">): Finding {
  return {
    rule: rule.id,
    severity: severityOf(rule.id, found.severity ?? rule.severity),
    file: found.file,
    span: found.span,
    anchor: found.span.start,
    message: found.message,
    why: found.why,
    related: found.related ?? [],
    data: found.data ?? {},
    fixes: () =>
      (found.fixes?.() ?? []).map((fix) => ({
        title: fix.title,
        safety: fix.safety,
        changes: [
          ...(fix.edits === undefined ? [] : [{ kind: "edit" as const, file: found.file, edits: fix.edits }]),
          ...(fix.elsewhere ?? []).map((change) => ({ kind: "edit" as const, ...change })),
          ...(fix.migration === undefined || source === undefined ? [] : [migrationChange(source, fix.migration) ?? []].flat()),
        ],
      })),
  };
}
