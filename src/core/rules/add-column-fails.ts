// Columns that ALTER TABLE cannot add: some never, some only where the table has rows, which a replay on empty tables does
// not show. The list is SQLite's `sqlite3AlterFinishAddColumn` in `alter.c`.

import type { ColumnDefinition, Expr, NamedColumnConstraint } from "sqlite3-parser";
import { quoteName } from "../planner/proposed-index";
import type { Step } from "../schema/migration-steps";
import { affinityOf } from "../schema/read-schema";
import type { Statement } from "../sql/statement";
import type { TextEdit } from "../text/edit";
import type { Span } from "../text/span";
import docs from "./add-column-fails.md";
import { alteredTables, placeIn, reportedFailures, tableBefore } from "./migration-parts";
import { migrationRule } from "./rule";
import type { MigrationSubject, RuleFix } from "./rule";

export const addColumnFails = migrationRule({
  id: "add-column-fails",
  summary: "Column that ALTER TABLE cannot add",
  severity: "error",
  docs,
  *check(subject) {
    const spoken = new Set<Step>();
    for (const added of addedColumns(subject)) {
      const reason = always(added) ?? withRows(subject, added);
      if (reason === undefined || (reason.when !== "" && !mayHaveRows(subject, added))) continue;
      spoken.add(added.step);
      const { table, column } = added;
      yield {
        span: placeIn(added.step, added.statement, { span: definitionSpan(added) }),
        message: `\`${table}.${column}\` cannot be added${reason.when}: ${reason.what}`,
        why: reason.when === "" ? "SQLite refuses it always, and D1 rolls the whole file back" : "SQLite has no value for the rows that are there; on an empty table, as in a test, the statement succeeds",
        data: { table, column, always: reason.when === "" },
        fixes: () => reason.fixes(),
      };
    }
    for (const { step, message } of reportedFailures(subject, "add-column-fails")) {
      if (spoken.has(step)) continue;
      yield { span: step.span, message: `This column cannot be added: ${message}`, why: "D1 rolls the whole file back", data: { error: message } };
    }
  },
});

interface Added {
  readonly step: Step;
  readonly statement: Statement;
  readonly table: string;
  readonly column: string;
  readonly definition: ColumnDefinition;
}

interface Reason {
  readonly when: "" | " to a table that has rows";
  readonly what: string;
  fixes(): readonly RuleFix[];
}

function* addedColumns(subject: MigrationSubject): Iterable<Added> {
  for (const { step, statement, ast } of alteredTables(subject)) {
    if (ast.body.type !== "AddColumnAlterTableBody") continue;
    const definition = ast.body.column;
    yield { step, statement, table: ast.tblName.objName.text, column: definition.colName.text, definition };
  }
}

/** The parser's span of a definition does not begin at its name. */
function definitionSpan({ definition }: Added): { readonly offset: number; readonly length: number } {
  const end = definition.span.offset + definition.span.length;
  return { offset: definition.colName.span.offset, length: end - definition.colName.span.offset };
}

function always(added: Added): Reason | undefined {
  const unique = find(added, "UniqueColumnConstraint");
  if (find(added, "PrimaryKeyColumnConstraint") !== undefined) return { when: "", what: "a table cannot get a PRIMARY KEY later; it takes a rebuild", fixes: () => [] };
  return unique === undefined ? undefined : { when: "", what: "ALTER TABLE adds no UNIQUE column; a unique index does the same", fixes: () => [uniqueIndex(added, unique)] };
}

function mayHaveRows(subject: MigrationSubject, { table }: Added): boolean {
  return tableBefore(subject, table) !== undefined;
}

function withRows(subject: MigrationSubject, added: Added): Reason | undefined {
  const when = " to a table that has rows";
  const { table, column, definition } = added;
  const value = defaultOf(definition);
  const isNotNull = definition.constraints.some(({ constraint }) => constraint.type === "NotNullColumnConstraint" && !constraint.nullable);
  const generated = find(added, "GeneratedColumnConstraint");
  if (generated !== undefined) {
    const { constraint } = generated;
    const isStored = constraint.type === "GeneratedColumnConstraint" && constraint.typ?.name.toLowerCase() === "stored";
    return isStored ? { when, what: "STORED would have to write every row; VIRTUAL computes the same when it is read", fixes: () => asVirtual(added) } : undefined;
  }
  if (isNotNull && (value === undefined || isNull(value))) return { when, what: "it is NOT NULL and has no default", fixes: () => [withDefault(added)] };
  if (value !== undefined && !isConstant(value)) return { when, what: `its default ${defaultText(added)} is no constant`, fixes: () => (isNotNull ? [] : [filled(added)]) };
  if (value !== undefined && !isNull(value) && find(added, "ForeignKeyColumnConstraint") !== undefined) return { when, what: "it REFERENCES a table and has a default other than NULL", fixes: () => (isNotNull ? [] : [filled(added)]) };
  const check = find(added, "CheckColumnConstraint")?.constraint;
  if (check?.type !== "CheckColumnConstraint" || subject.addsAlone(table, added.step.text)) return undefined;
  const failed = subject.trial("plain").failed;
  return failed?.step === added.step && /constraint failed/.test(failed.message) ? { when, what: `${value === undefined ? "NULL" : "its default"} breaks the CHECK of \`${table}.${column}\``, fixes: () => [] } : undefined;
}

function find({ definition }: Added, type: NamedColumnConstraint["constraint"]["type"]): NamedColumnConstraint | undefined {
  return definition.constraints.find(({ constraint }) => constraint.type === type);
}

function defaultOf({ constraints }: ColumnDefinition): Expr | undefined {
  for (const { constraint } of constraints) if (constraint.type === "DefaultColumnConstraint") return constraint.expr;
  return undefined;
}

function bare(expr: Expr): Expr {
  return expr.type === "ParenthesizedExpr" && expr.exprs.length === 1 ? bare(expr.exprs[0]!) : expr;
}

function isNull(expr: Expr): boolean {
  return bare(expr).type === "NullLiteral";
}

/** What SQLite can work out without a row or a function. */
function isConstant(expr: Expr): boolean {
  const one = bare(expr);
  if (one.type === "UnaryExpr") return isConstant(one.expr);
  // A bare word is a string here, and so are TRUE and FALSE values.
  return /^(?:Numeric|String|Blob|Keyword|Null)Literal$/.test(one.type) || one.type === "Id" || one.type === "NameExpr";
}

/** As written, without the word; the parser's span of an expression in parentheses begins before them. */
function defaultText(added: Added): string {
  const { start, end } = spanOf(added, find(added, "DefaultColumnConstraint")!);
  const from = added.step.span.start;
  return added.step.text.slice(start - from, end - from).replace(/^(?:CONSTRAINT\s+\S+\s+)?DEFAULT\s*/i, "");
}

function spanOf({ step, statement }: Added, { span }: NamedColumnConstraint): Span {
  return placeIn(step, statement, { span });
}

/** Takes a constraint out with the blank before it, and appends a statement. */
function without(added: Added, constraint: NamedColumnConstraint, statement: string): readonly TextEdit[] {
  const { start, end } = spanOf(added, constraint);
  const before = added.step.text.slice(0, start - added.step.span.start);
  const last = added.step.span.end;
  return [
    { span: { start: start - (before.length - before.trimEnd().length), end }, newText: "" },
    { span: { start: last, end: last }, newText: `;\n${statement}` },
  ];
}

function uniqueIndex(added: Added, unique: NamedColumnConstraint): RuleFix {
  const { table, column } = added;
  const name = `${table}_${column}`.replace(/\W+/g, "_");
  return {
    title: `Add it without UNIQUE, and make a unique index on \`${column}\``,
    safety: "review",
    edits: without(added, unique, `CREATE UNIQUE INDEX ${quoteName(name)} ON ${quoteName(table)} (${quoteName(column)})`),
  };
}

function withDefault(added: Added): RuleFix {
  const { definition } = added;
  const value = { INTEGER: "0", REAL: "0", NUMERIC: "0", TEXT: "''", BLOB: "''" }[affinityOf(definition.colType?.name ?? "")];
  const existing = find(added, "DefaultColumnConstraint");
  const notNull = find(added, "NotNullColumnConstraint")!;
  const { end } = spanOf(added, notNull);
  const edit: TextEdit = existing === undefined ? { span: { start: end, end }, newText: ` DEFAULT ${value}` } : { span: spanOf(added, existing), newText: `DEFAULT ${value}` };
  return { title: `Give the rows that are there a value: DEFAULT ${value}`, safety: "review", edits: [edit] };
}

/** The rows that are there get the value once; later ones get it from the code. */
function filled(added: Added): RuleFix {
  const { table, column } = added;
  return {
    title: "Add it without a default, and fill the rows that are there",
    safety: "review",
    edits: without(added, find(added, "DefaultColumnConstraint")!, `UPDATE ${quoteName(table)} SET ${quoteName(column)} = ${defaultText(added)}`),
  };
}

function asVirtual(added: Added): readonly RuleFix[] {
  const at = /\bSTORED\b(?![^]*\bSTORED\b)/i.exec(added.step.text);
  if (at === null) return [];
  const start = added.step.span.start + at.index;
  return [{ title: "Make it VIRTUAL", safety: "review", edits: [{ span: { start, end: start + "STORED".length }, newText: "VIRTUAL" }] }];
}
