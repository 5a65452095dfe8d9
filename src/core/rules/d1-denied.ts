// What plain SQLite would do and D1's authorizer refuses.

import { deniedOnD1 } from "../sql/d1-denied";
import { touches } from "../text/span";
import docs from "./d1-denied.md";
import { queryRule } from "./rule";

export const d1Denied = queryRule({
  id: "d1-denied",
  summary: "What D1 refuses",
  severity: "error",
  docs,
  *check({ statement, d1, holes, verdict }) {
    if (!d1 || !statement.ok) return;
    // What SQLite does not know either is another rule's to say.
    const unknown = verdict !== undefined && !("plan" in verdict) ? /^no such function: (.+)$/.exec(verdict.message)?.[1]?.toLowerCase() : undefined;
    for (const { span, message, instead, rename } of deniedOnD1(statement)) {
      if (holes.some((hole) => touches(hole.span, span)) || (unknown !== undefined && message.endsWith(`\`${unknown}\``))) continue;
      yield {
        span,
        message,
        why: `The call fails with: not authorized${instead === undefined ? "" : `; ${instead}`}`,
        fixes: () => (rename === undefined ? [] : [{ title: `Change to \`${rename.to}\``, safety: "safe", edits: [{ span: rename.span, newText: rename.to }] }]),
      };
    }
  },
});
