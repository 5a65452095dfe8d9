// DROP TABLE and DROP COLUMN of what an earlier file made, where no statement has carried the rows or values elsewhere. A
// rollback can make the structure again, and nothing else.

import type { AstNode } from "sqlite3-parser";
import { readRebuilds } from "../migration/rebuild";
import type { TableLife } from "../migration/table-lives";
import type { Step } from "../schema/migration-steps";
import { namedTables } from "../sql/named-tables";
import { nodesOf } from "../sql/statement";
import type { Statement, SyntaxError } from "../sql/statement";
import docs from "./drops-data.md";
import { alteredTables, droppedTables, isSame, rebuildsOf, statementsOf, tableBefore } from "./migration-parts";
import { migrationRule } from "./rule";
import type { MigrationSubject } from "./rule";

export const dropsData = migrationRule({
  id: "drops-data",
  summary: "Rows or values that no rollback can give back",
  severity: "warning",
  docs,
  *check(subject) {
    const [first, ...others] = [...dropsOf(subject)].sort((a, b) => a.step.span.start - b.step.span.start);
    if (first === undefined) return;
    const { step, table, column } = first;
    const whole = column === undefined;
    yield {
      span: step.span,
      message: `Dropping \`${nameOf(first)}\` deletes its ${whole ? "rows" : "values"} for good${others.length === 0 ? "" : `, and so ${others.length === 1 ? "does one more drop" : `do ${others.length} more drops`} in this file: ${shown(others)}`}`,
      why: `A rollback can ${whole ? "make the table again with its columns, indexes and triggers, and no row of it" : "add the column again, and no value of it"}; only a backup or D1's Time Travel has the ${whole ? "rows" : "values"}`,
      // It has happened; what to think of before is past.
      ...(subject.appliedHash === undefined ? {} : { severity: "hint" as const }),
      related: others.slice(0, MOST_RELATED).map((one) => ({ file: subject.file, span: one.step.span, message: `\`${nameOf(one)}\` goes here; a comment that allows the first allows this too` })),
      data: { table, ...(whole ? {} : { column }), ...(others.length === 0 ? {} : { others: others.map(nameOf) }) },
    };
  },
});

const MOST_RELATED = 20;
const MOST_SHOWN = 3;

function shown(drops: readonly Dropped[]): string {
  const names = drops.slice(0, MOST_SHOWN).map((one) => `\`${nameOf(one)}\``);
  const more = drops.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(" and ");
}

interface Dropped {
  readonly step: Step;
  readonly table: string;
  /** Undefined for the whole table. */
  readonly column: string | undefined;
}

function nameOf({ table, column }: Dropped): string {
  return column === undefined ? table : `${table}.${column}`;
}

function* dropsOf(subject: MigrationSubject): Iterable<Dropped> {
  for (const { step, ast } of droppedTables(subject)) {
    const table = ast.tblName.objName.text;
    const before = tableBefore(subject, table);
    const life = rebuildsOf(subject).lives.all.find(({ drop }) => drop === step);
    if (before === undefined || life === undefined || life.create !== undefined || !isStored(before.sql)) continue;
    if (!isCopied(subject, life) && !isCopy(subject, table) && !isFilledAnew(subject, table)) yield { step, table, column: undefined };
  }
  for (const { step, ast } of alteredTables(subject)) {
    if (ast.body.type !== "DropColumnAlterTableBody") continue;
    const table = ast.tblName.objName.text;
    const column = ast.body.column.text;
    const before = tableBefore(subject, table);
    if (before !== undefined && isStored(before.sql) && hadColumn(subject, table, column) && !isRead(subject, table, column)) yield { step, table, column };
  }
}

/** A full-text or R*Tree table is made of rows that stand elsewhere. */
function isStored(sql: string): boolean {
  return !/^\s*CREATE\s+VIRTUAL\b/i.test(sql);
}

/** The rows went into another table that is there in the end: in this file, or in an earlier one. */
function isCopied(subject: MigrationSubject, life: TableLife): boolean {
  if (rebuildsOf(subject).lives.all.some((other) => other !== life && other.copies.some(({ from }) => from.includes(life)))) return true;
  const goesOn = (other: TableLife): boolean => other.drop === undefined && !isSame(lastName(other), life.name) && other.copies.some(({ from }) => from.some(({ name }) => isSame(name, life.name)));
  return subject.earlier().some((file) => readRebuilds(file.steps, file.parsed).lives.all.some(goesOn));
}

/** A migration's own backup: its rows came from a table that is still there, or a rebuild has renamed it out of the way. */
function isCopy(subject: MigrationSubject, table: string): boolean {
  const isThere = (name: string): boolean => !isSame(name, table) && tableBefore(subject, name) !== undefined;
  const isBackup = (life: TableLife): boolean => {
    if (!isSame(lastName(life), table)) return false;
    return life.create === undefined ? life.renames.length > 0 && isThere(life.name) : life.copies.some(({ from }) => from.some(({ name }) => isThere(name)));
  };
  return subject.earlier().some((file) => readRebuilds(file.steps, file.parsed).lives.all.some(isBackup));
}

function lastName({ name, renames }: TableLife): string {
  return renames.at(-1)?.to ?? name;
}

/** Made again in this file with rows that it spells out: reference data of the migrations themselves. */
function isFilledAnew(subject: MigrationSubject, table: string): boolean {
  return subject.steps.some(({ kind, text }) => {
    const target = kind === "data" ? /^(?:INSERT|REPLACE)\b(?:\s+OR\s+\w+)?\s+INTO\s+["`[]?([\w$]+)/i.exec(text)?.[1] : undefined;
    return target !== undefined && isSame(target, table);
  }) && rebuildsOf(subject).rebuilds.some((rebuild) => isSame(rebuild.table, table));
}

function hadColumn(subject: MigrationSubject, table: string, column: string): boolean {
  const found = subject.course().before.tables.find(({ name }) => isSame(name, table))?.columns.find(({ name }) => isSame(name, column));
  return found !== undefined && !found.generated;
}

/** A statement of this file or an earlier one carries the values on: an UPDATE of other columns, a copy into another table. */
function isRead(subject: MigrationSubject, table: string, column: string): boolean {
  return [...subject.earlier(), subject].some((file) => {
    const copies = readRebuilds(file.steps, file.parsed).lives.all.filter((life) => life.drop === undefined && !isSame(lastName(life), table)).flatMap(({ copies }) => copies);
    const isCarried = copies.some(({ step, from, columns }) => from.some((life) => isSame(lastName(life), table)) && (columns === "star" || reads(file.parsed(step), column)));
    return isCarried || [...statementsOf(file, "UpdateStmt", /^(?:UPDATE|WITH)\b/i)].some(({ statement }) => namedTables(statement).some((name) => isSame(name, table)) && reads(statement, column));
  });
}

function reads(statement: Statement | SyntaxError, column: string): boolean {
  if (!statement.ok) return false;
  const { ast } = statement;
  const names = (node: AstNode): boolean => nodesOf(node).some((one) => (one.type === "Id" && isSame(one.name, column)) || (one.type === "QualifiedExpr" && isSame(one.column.text, column)));
  return ast.type === "UpdateStmt" ? ast.sets.some(({ colNames, expr }) => !colNames.some(({ text }) => isSame(text, column)) && names(expr as AstNode)) : names(ast as AstNode);
}
