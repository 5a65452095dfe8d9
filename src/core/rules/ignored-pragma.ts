// `PRAGMA foreign_keys = OFF` in a migration. SQLite does not hear it inside a transaction, and D1 runs every file in
// one, so that the statements behind it do what it was written to prevent.

import type { InsertStmt } from "sqlite3-parser";
import type { Step } from "../schema/migration-steps";
import { findTable } from "../schema/schema";
import type { Schema } from "../schema/schema";
import docs from "./ignored-pragma.md";
import { migrationRule } from "./rule";
import type { MigrationSubject } from "./rule";

export const ignoredPragma = migrationRule({
  id: "ignored-pragma",
  summary: "Pragma that D1 ignores",
  severity: "warning",
  docs,
  *check(subject) {
    if (!subject.d1) return;
    const at = subject.steps.findIndex(({ text }) => /^PRAGMA\s+(?:main\s*\.\s*)?["`[]?foreign_keys["`\]]?\s*(?:=|\()\s*['"]?(?:OFF|0|FALSE|NO)\b/i.test(text));
    if (at < 0) return;
    for (const step of subject.steps.slice(at + 1)) {
      const effect = effectOf(step, subject);
      if (effect === undefined) continue;
      yield {
        span: subject.steps[at]!.span,
        message: `D1 ignores \`foreign_keys=OFF\`, so ${effect}`,
        why: "A migration runs inside a transaction, where SQLite does not switch foreign keys; `defer_foreign_keys=ON` works, but keeps no row that ON DELETE takes",
        related: [{ file: subject.file, span: step.span, message: "Foreign keys act here" }],
      };
      return;
    }
  },
});

/** What a statement does with foreign keys on and would not do without; undefined for one that is the same either way. */
function effectOf(step: Step, subject: MigrationSubject): string | undefined {
  if (!/^(?:DROP\s+TABLE|DELETE|INSERT|REPLACE|UPDATE|WITH)\b/i.test(step.text)) return undefined;
  if (subject.outcome.failures.some(({ span, message }) => span.start === step.span.start && /^FOREIGN KEY constraint failed/.test(message))) return "a statement after it fails: FOREIGN KEY constraint failed";
  const statement = subject.parsed(step);
  if (!statement.ok) return undefined;
  switch (statement.ast.type) {
    case "DropTableStmt":
      return onDelete(subject.course().at(step), statement.ast.tblName.objName.text, "DROP TABLE");
    case "DeleteStmt":
      return onDelete(subject.course().at(step), statement.ast.tblName.objName.text, "DELETE");
    case "InsertStmt":
      return onCopy(subject.course().at(step), subject.course().before, statement.ast);
    default:
      return undefined;
  }
}

function onDelete(schema: Schema, parent: string, what: string): string | undefined {
  const keys = schema.tables.flatMap((table) => table.foreignKeys.filter((key) => key.parent.toLowerCase() === parent.toLowerCase() && table.name.toLowerCase() !== parent.toLowerCase()).map((key) => ({ ...key, child: table.name })));
  const [first] = [...keys].sort((a, b) => rank(a.onDelete) - rank(b.onDelete));
  if (first === undefined) return undefined;
  const others = keys.length === 1 ? "" : ` (${keys.length} foreign keys name \`${parent}\`)`;
  switch (first.onDelete.toUpperCase()) {
    case "CASCADE":
      return `the ${what} of \`${parent}\` deletes the rows of \`${first.child}\` too${others}`;
    case "SET NULL":
    case "SET DEFAULT":
      return `the ${what} of \`${parent}\` empties \`${first.columns.join("`, `")}\` in \`${first.child}\`${others}`;
    default:
      return `the ${what} of \`${parent}\` fails where rows of \`${first.child}\` belong to its rows${others}`;
  }
}

/** What loses most comes first. */
function rank(action: string): number {
  return action.toUpperCase() === "CASCADE" ? 0 : /^SET /i.test(action) ? 1 : 2;
}

/** Rows of one table go into another that has a foreign key more. A key to a table that the file makes stands for one that it had, as in a rebuild with its children. */
function onCopy(schema: Schema, before: Schema, { tblName, body }: InsertStmt): string | undefined {
  const source = body.type === "SelectInsertBody" && body.select.select.type === "SelectFrom" ? body.select.select.from?.select : undefined;
  const from = source?.type === "TableSelectTable" ? findTable(schema, source.tblName.objName.text) : undefined;
  const into = findTable(schema, tblName.objName.text);
  const added = from === undefined ? undefined : into?.foreignKeys.find((key) => !from.foreignKeys.some((old) => (old.parent.toLowerCase() === key.parent.toLowerCase() || findTable(before, key.parent) === undefined) && old.columns.join().toLowerCase() === key.columns.join().toLowerCase()));
  return added === undefined ? undefined : `the copy into \`${into!.name}\` fails for rows whose \`${added.columns.join("`, `")}\` is not in \`${added.parent}\``;
}
