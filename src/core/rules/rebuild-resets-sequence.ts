// AUTOINCREMENT remembers the highest id that a table ever had, by the table's name. A rebuilt table begins at the highest
// id that is left, so ids of deleted rows are given again.

import { carriesSequence } from "../migration/rebuild";
import type { Rebuild } from "../migration/rebuild";
import { findTable } from "../schema/schema";
import { isSame, rebuildsOf, tableBefore } from "./migration-parts";
import docs from "./rebuild-resets-sequence.md";
import { migrationRule } from "./rule";
import type { MigrationSubject, RuleFix } from "./rule";

export const rebuildResetsSequence = migrationRule({
  id: "rebuild-resets-sequence",
  summary: "Rebuild that uses deleted ids again",
  severity: "warning",
  docs,
  *check(subject) {
    if (subject.outcome.status !== "applied") return;
    for (const rebuild of rebuildsOf(subject).rebuilds) {
      const { table, create, copy, drop } = rebuild;
      if (copy === undefined || carriesSequence(subject.steps, rebuild) || !counts(create.text) || !counts(tableBefore(subject, table)?.sql ?? "") || !losesRows(subject, table)) continue;
      yield {
        span: (drop ?? copy).span,
        message: `The rebuild of \`${table}\` forgets the highest id that was ever given: AUTOINCREMENT gives the ids of the newest deleted rows again`,
        why: "SQLite keeps that number in sqlite_sequence under the name of the table, and drops it with the table",
        data: { table },
        fixes: () => carry(rebuild),
      };
    }
  },
});

/** A statement of the code deletes rows of it, or a foreign key does; also where no statement of the code is known. */
function losesRows({ model, queries }: MigrationSubject, table: string): boolean {
  if (findTable(model.schema, table)?.foreignKeys.some(({ onDelete }) => onDelete === "CASCADE") === true) return true;
  const { known } = queries();
  return known.length === 0 || known.some(({ statement }) => statement.ok && statement.ast.type === "DeleteStmt" && isSame(statement.ast.tblName.objName.text, table));
}

function counts(sql: string): boolean {
  return /\bAUTOINCREMENT\b/i.test(sql.replace(/--[^\n]*|\/\*[^]*?\*\//g, ""));
}

/** None where the old table is gone before the new one is filled. */
function carry({ table, temporary, spelling, copy }: Rebuild): readonly RuleFix[] {
  if (copy === undefined || temporary === undefined || spelling === "put-back" || isSame(table, temporary)) return [];
  const [from, to] = spelling === "rename-last" ? [table, temporary] : [temporary, table];
  const sql = `UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = ${quoted(from)}) WHERE name = ${quoted(to)};`;
  // Behind the semicolon of the copy.
  const at = copy.span.end + 1;
  return copy.terminated ? [{ title: `Carry the highest id of \`${table}\` over`, safety: "review", edits: [{ span: { start: at, end: at }, newText: `\n${sql}` }] }] : [];
}

function quoted(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}
