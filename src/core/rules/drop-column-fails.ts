// Columns that ALTER TABLE cannot drop: keys, the last one, and those that an index, a view, a trigger or another
// definition of the table names. SQLite is asked, on tables without rows: no row changes its answer.

import { quoteName } from "../planner/proposed-index";
import docs from "./drop-column-fails.md";
import { alteredTables, ownFailures } from "./migration-parts";
import { migrationRule } from "./rule";
import type { MigrationSubject, RuleFix } from "./rule";

export const dropColumnFails = migrationRule({
  id: "drop-column-fails",
  summary: "Column that ALTER TABLE cannot drop",
  severity: "error",
  docs,
  *check(subject) {
    const failures = ownFailures(subject, "drop-column-fails", /^ALTER\b[^]*\bDROP\b/i);
    if (failures.length === 0) return;
    for (const { step, ast } of alteredTables(subject)) {
      const message = failures.find((failure) => failure.step === step)?.message;
      if (message === undefined || ast.body.type !== "DropColumnAlterTableBody") continue;
      const table = ast.tblName.objName.text;
      const column = ast.body.column.text;
      const reason = reasonOf(message);
      yield {
        span: step.span,
        message: `\`${table}.${column}\` cannot be dropped: ${reason.what}`,
        why: "SQLite refuses it always, and D1 rolls the whole file back",
        data: { table, column, error: message },
        fixes: () => (reason.index === undefined ? [] : dropFirst(subject, reason.index, step.span.start)),
      };
    }
  },
});

interface Reason {
  readonly what: string;
  /** The index to drop before it. */
  readonly index?: string;
}

function reasonOf(message: string): Reason {
  const object = /^error in (index|view|trigger|table) (.+?)(?: after drop column)?: (.+)$/i.exec(message);
  if (/^cannot drop PRIMARY KEY/i.test(message)) return { what: "it is part of the primary key; that takes a rebuild" };
  if (/^cannot drop UNIQUE/i.test(message)) return { what: "it is UNIQUE; that takes a rebuild" };
  if (/no other columns exist$/i.test(message)) return { what: "it is the only column of its table" };
  if (object === null) return { what: message };
  const [, kind = "", name = "", error = ""] = object;
  if (kind === "index") return { what: `index \`${name}\` uses it`, index: name };
  if (kind === "table") return { what: "a key, a CHECK or a generated column of the table names it; that takes a rebuild" };
  return { what: `${kind} \`${name}\` uses it, or is broken already (${error})` };
}

function dropFirst({ later }: MigrationSubject, index: string, at: number): readonly RuleFix[] {
  // A later file that drops the index by its name would then fail.
  const isDroppedLater = later().some(({ steps }) => steps.some(({ text }) => /^DROP\s+INDEX\s+(?!IF\b)/i.test(text) && text.toLowerCase().includes(index.toLowerCase())));
  if (isDroppedLater) return [];
  return [{ title: `Drop the index \`${index}\` before it`, safety: "review", edits: [{ span: { start: at, end: at }, newText: `DROP INDEX ${quoteName(index)};\n` }] }];
}
