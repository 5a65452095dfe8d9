// A rebuild that makes a column NOT NULL while the old table may hold NULLs in it: the copy then stops at the first one.

import { namedTables } from "../sql/named-tables";
import { findTable } from "../schema/schema";
import type { Column } from "../schema/schema";
import { copiedPairs } from "./copied-pairs";
import { isSame, rebuildsOf, statementsOf } from "./migration-parts";
import { migrationRule } from "./rule";
import type { MigrationSubject } from "./rule";
import docs from "./tightens-null.md";

export const tightensNull = migrationRule({
  id: "tightens-null",
  summary: "NOT NULL on a column that may hold NULLs",
  severity: "warning",
  docs,
  *check(subject) {
    for (const rebuild of rebuildsOf(subject).rebuilds) {
      const { copy, create, table } = rebuild;
      if (copy === undefined || !/\bNOT\s+NULL\b/i.test(create.text)) continue;
      if (subject.course().failure(copy) !== undefined) continue;
      const old = findTable(subject.course().before, table);
      const now = findTable(subject.course().after, table);
      if (old === undefined || now === undefined) continue;
      for (const { from, to } of copiedPairs(rebuild, old, now)) {
        if (from.notNull || from.primaryKey > 0 || !to.notNull || to.primaryKey > 0 || isChecked(copy.text, from, to) || isFilled(subject, table, rebuild.temporary, from.name)) continue;
        const ignores = /^INSERT\s+OR\s+IGNORE\b/i.test(copy.text);
        yield {
          span: copy.span,
          message: `\`${table}.${to.name}\` becomes NOT NULL, and rows where \`${from.name}\` is NULL ${ignores ? "are left out of the copy" : "stop the copy"}`,
          why: ignores ? "INSERT OR IGNORE passes over them without a word" : "D1 then rolls the whole file back; an empty table, as in a test, does not show it",
          data: { table, column: to.name },
        };
      }
    }
  },
});

/** The copy leaves NULLs out by a condition, or replaces them by the default. */
function isChecked(copy: string, from: Column, to: Column): boolean {
  if (to.defaultValue !== undefined && /^(?:INSERT\s+OR\s+REPLACE|REPLACE)\b/i.test(copy)) return true;
  const where = /\bWHERE\b([^]*)$/i.exec(copy)?.[1];
  return where !== undefined && where.toLowerCase().includes(from.name.toLowerCase()) && /\bNOT\s*NULL\b|<>|!=|=|\bIN\b|\bLIKE\b|>|</i.test(where);
}

/** This file or an earlier one sets the column where it is NULL. */
function isFilled(subject: MigrationSubject, table: string, temporary: string | undefined, column: string): boolean {
  return [...subject.earlier(), subject].some((file) =>
    [...statementsOf(file, "UpdateStmt", /^(?:UPDATE|WITH)\b/i)].some(
      ({ ast, statement }) => namedTables(statement).some((name) => isSame(name, table) || isSame(name, temporary ?? "")) && ast.sets.some(({ colNames }) => colNames.some(({ text }) => isSame(text, column))),
    ) || [...statementsOf(file, "DeleteStmt", /^(?:DELETE|WITH)\b/i)].some(({ ast, step }) => isSame(ast.tblName.objName.text, table) && step.text.toLowerCase().includes(column.toLowerCase()) && /\bNULL\b/i.test(step.text)),
  );
}
