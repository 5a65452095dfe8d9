// Forms of ALTER TABLE that the SQLite which runs the migration does not take: D1 refuses what SQLite has had since
// 3.53, and nothing that calls itself SQLite has what PostgreSQL and MySQL have.

import { alterForm } from "../sql/alter-forms";
import type { AlterForm } from "../sql/alter-forms";
import type { Step } from "../schema/migration-steps";
import type { Statement, SyntaxError } from "../sql/statement";
import docs from "./newer-syntax.md";
import { migrationRule } from "./rule";
import type { RuleFix } from "./rule";

export const newerSyntax = migrationRule({
  id: "newer-syntax",
  summary: "ALTER TABLE that is not supported",
  severity: "error",
  docs,
  *check({ d1, steps, parsed }) {
    for (const step of steps) {
      if (!/^ALTER\b/i.test(step.text)) continue;
      const found = formOf(step, parsed(step));
      if (found === undefined) continue;
      const { form, origin, instead } = found;
      const isOld = origin === "newer" && !d1;
      yield {
        span: step.span,
        message: origin === "foreign" ? `SQLite has no \`${form}\`` : isOld ? `\`${form}\` needs SQLite 3.53 or later` : `D1 refuses \`${form}\`, which other databases with SQLite 3.53 or later take`,
        why: `${isOld ? "An older one fails with a syntax error" : "The whole file is rolled back, and no later migration is applied"}; instead, ${instead}`,
        data: { form },
        ...(isOld ? { severity: "warning" as const } : {}),
        fixes: () => withoutQuestion(step),
      };
    }
  },
});

function formOf(step: Step, statement: Statement | SyntaxError): AlterForm | undefined {
  if (!statement.ok) return alterForm(step.text);
  if (statement.ast.type !== "AlterTableStmt") return undefined;
  switch (statement.ast.body.type) {
    case "SetColumnNotNullAlterTableBody":
    case "DropColumnNotNullAlterTableBody":
    case "AddConstraintAlterTableBody":
    case "DropConstraintAlterTableBody":
      return alterForm(step.text);
    default:
      return undefined;
  }
}

/** Whether the column is there nobody asks then, so that a person reads it. */
function withoutQuestion({ text, span }: Step): readonly RuleFix[] {
  const asked = /^(ALTER\s[^]*?\b(?:ADD|DROP)\s+(?:COLUMN\s+)?)(IF\s+(?:NOT\s+)?EXISTS\s+)/i.exec(text);
  if (asked === null) return [];
  const start = span.start + asked[1]!.length;
  return [{ title: `Take \`${asked[2]!.trim()}\` out`, safety: "review", edits: [{ span: { start, end: start + asked[2]!.length }, newText: "" }] }];
}
