// A promise of uniqueness on a table that may hold the same value twice: CREATE UNIQUE INDEX, or UNIQUE and PRIMARY KEY of
// a rebuilt table. A file that takes care of duplicates first is left alone, as is one that says how they are looked for.

import type { Rebuild } from "../migration/rebuild";
import { quoteName } from "../planner/proposed-index";
import type { Step } from "../schema/migration-steps";
import { findTable, indexesOf } from "../schema/schema";
import type { Index, Schema } from "../schema/schema";
import type { Span } from "../text/span";
import { listed } from "./index-advice";
import { alteredTables, columnsBefore, isSame, rebuildsOf, statementsOf, tableBefore } from "./migration-parts";
import { migrationRule } from "./rule";
import type { MigrationSubject, RuleFix } from "./rule";
import docs from "./unique-on-duplicates.md";

export const uniqueOnDuplicates = migrationRule({
  id: "unique-on-duplicates",
  summary: "UNIQUE on rows that may not be",
  severity: "warning",
  docs,
  *check(subject) {
    for (const { step, ast } of statementsOf(subject, "CreateIndexStmt", /^CREATE\s+UNIQUE\b/i)) {
      const table = ast.tblName.text;
      if (tableBefore(subject, table) === undefined || isCaredFor(subject, step, [table]) || rebuildsOf(subject).rebuilds.some((one) => isSame(one.table, table) && isFiltered(subject, one))) continue;
      const index = subject.course().after.indexes.find(({ name, table: owner }) => isSame(name, ast.idxName.objName.text) && isSame(owner, table));
      const columns = index === undefined ? undefined : columnsOf(index);
      if (index === undefined || columns === undefined || isKnownUnique(subject.course().before, table, columns, index.where) || isEmpty(subject, table, columns)) continue;
      yield finding(step.span, table, columns, index.where, () => [checkFirst(step, table, columns, index.where)]);
    }
    for (const rebuild of rebuildsOf(subject).rebuilds) {
      if (rebuild.copy === undefined || isFiltered(subject, rebuild)) continue;
      const { before, after } = subject.course();
      for (const index of indexesOf(after, rebuild.table)) {
        const columns = index.made === "c" ? undefined : columnsOf(index);
        if (columns === undefined || isKnownUnique(before, rebuild.table, columns, undefined) || isEmpty(subject, rebuild.table, columns)) continue;
        yield finding(rebuild.copy.span, rebuild.table, columns, undefined, () => [checkFirst(rebuild.copy!, rebuild.table, columns, undefined)]);
      }
    }
  },
});

function finding(span: Span, table: string, columns: readonly string[], where: string | undefined, fixes: () => readonly RuleFix[]) {
  return {
    span,
    message: `This fails where two rows of \`${table}\` have the same ${listed(columns)}${where === undefined ? "" : ` with ${where}`}, which nothing has kept out so far`,
    why: "D1 then rolls the whole file back; an empty table, as in a test, does not show it",
    data: { table, columns },
    fixes,
  };
}

/** Undefined where the index is on an expression. */
function columnsOf({ parts }: Index): readonly string[] | undefined {
  const columns = parts.map(({ column }) => column);
  return columns.includes(undefined) ? undefined : columns.filter((column) => column !== undefined);
}

/** Some key or unique index of before is on these columns, or on fewer of them. */
function isKnownUnique(before: Schema, table: string, columns: readonly string[], where: string | undefined): boolean {
  if (findTable(before, table)?.columns.some(({ name, rowidAlias }) => rowidAlias && columns.some((column) => isSame(column, name)))) return true;
  return indexesOf(before, table).some((index) => index.unique && (index.where === undefined || index.where === where) && index.parts.every(({ column }) => column !== undefined && columns.some((one) => isSame(one, column))));
}

/** A column that the file itself adds holds nothing but NULLs, which differ from each other. */
function isEmpty(subject: MigrationSubject, table: string, columns: readonly string[]): boolean {
  for (const { ast } of alteredTables(subject)) {
    if (!isSame(ast.tblName.objName.text, table) || ast.body.type !== "AddColumnAlterTableBody") continue;
    const { colName, constraints } = ast.body.column;
    const value = constraints.find(({ constraint }) => constraint.type === "DefaultColumnConstraint");
    if (value === undefined && columns.some((column) => isSame(column, colName.text))) return true;
  }
  // Of a rebuilt table: a column that the old one lacks.
  const old = columnsBefore(subject, table);
  return rebuildsOf(subject).rebuilds.some((rebuild) => isSame(rebuild.table, table)) && columns.some((column) => !old.some((name) => isSame(name, column)));
}

/** The file changes or deletes rows of the table before, or a comment above the statement holds the check. */
function isCaredFor(subject: MigrationSubject, step: Step, tables: readonly string[]): boolean {
  if (hasCheck(subject, step)) return true;
  const at = subject.steps.indexOf(step);
  return subject.steps.slice(0, at).some(({ text, kind }) => {
    const target = kind === "data" ? /^(?:UPDATE\s+(?:OR\s+\w+\s+)?|DELETE\s+FROM\s+)["`[]?([\w$]+)/i.exec(text)?.[1] : undefined;
    return target !== undefined && tables.some((table) => isSame(table, target));
  });
}

function hasCheck({ steps, text }: MigrationSubject, step: Step): boolean {
  const at = steps.indexOf(step);
  const above = text.slice(at <= 0 ? 0 : steps[at - 1]!.span.end, step.span.end);
  return /\bHAVING\s+count\(\*\)\s*>\s*1/i.test(above);
}

/** The copy chooses rows. */
function isFiltered(subject: MigrationSubject, { copy, save, table, temporary }: Rebuild): boolean {
  const texts = [copy?.text ?? "", save?.text ?? ""];
  if (texts.some((text) => /\b(?:GROUP\s+BY|DISTINCT|WHERE|LIMIT)\b|^(?:INSERT\s+OR\s+(?:IGNORE|REPLACE)|REPLACE)\b|\bON\s+CONFLICT\b/i.test(text))) return true;
  return copy !== undefined && isCaredFor(subject, copy, [table, temporary ?? ""]);
}

function checkFirst(step: Step, table: string, columns: readonly string[], where: string | undefined): RuleFix {
  const list = columns.map(quoteName).join(", ");
  const condition = [...columns.map((column) => `${quoteName(column)} IS NOT NULL`), ...(where === undefined ? [] : [`(${where})`])].join(" AND ");
  const comment = `-- Must give no row before this is applied:\n-- SELECT ${list}, count(*) FROM ${quoteName(table)} WHERE ${condition} GROUP BY ${list} HAVING count(*) > 1;\n`;
  return { title: "Write the query that finds the duplicates above it", safety: "review", edits: [{ span: { start: step.span.start, end: step.span.start }, newText: comment }] };
}
