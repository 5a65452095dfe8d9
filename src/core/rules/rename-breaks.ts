// A rename that SQLite refuses since a view or trigger is broken: it reads all of them again, also those that have
// nothing to do with it. Most often the rename is the last step of a rebuild, when the view's table is missing for a moment.

import { rebuildsOf, ownFailures } from "./migration-parts";
import docs from "./rename-breaks.md";
import { migrationRule } from "./rule";
import type { MigrationSubject, RuleFix } from "./rule";
import { findView } from "../schema/schema";
import { quoteName } from "../planner/proposed-index";
import type { Step } from "../schema/migration-steps";

export const renameBreaks = migrationRule({
  id: "rename-breaks",
  summary: "Rename that a view or trigger stops",
  severity: "error",
  docs,
  *check(subject) {
    const failures = ownFailures(subject, "rename-breaks", /^ALTER\b[^]*\bRENAME\b/i);
    const spoken = new Set<string>();
    for (const { step, message } of failures) {
      // What is broken stops every rename behind it; the first says it.
      if (spoken.has(message)) continue;
      spoken.add(message);
      const [, kind = "view", name = "", error = message] = /^error in (view|trigger|index|table) (.+?)(?: after rename)?: (.+)$/i.exec(message) ?? [];
      const rebuild = rebuildsOf(subject).rebuilds.find((one) => one.rename === step);
      yield {
        span: step.span,
        message: `This rename fails, since ${kind} \`${name}\` is broken at that moment: ${error}`,
        why: rebuild === undefined
          ? "SQLite reads every view and trigger again when it renames, and stops at the first that names something missing"
          : `SQLite reads every view and trigger again when it renames, and \`${rebuild.table}\` is dropped and not yet there again`,
        data: { kind, name, error: message },
        fixes: () => (kind !== "view" || rebuild?.drop === undefined ? [] : around(subject, name, rebuild.drop, step)),
      };
    }
  },
});

/** The view dropped before the table, and made again behind the rename. */
function around(subject: MigrationSubject, name: string, drop: Step, rename: Step): readonly RuleFix[] {
  const view = findView(subject.course().at(drop), name);
  if (view === undefined || !rename.terminated) return [];
  const behind = rename.span.end + 1;
  return [
    {
      title: `Drop the view \`${name}\` before the table, and make it again behind the rename`,
      safety: "review",
      edits: [
        { span: { start: drop.span.start, end: drop.span.start }, newText: `DROP VIEW ${quoteName(name)};\n` },
        { span: { start: behind, end: behind }, newText: `\n${view.sql};` },
      ],
    },
  ];
}
