// What several rules about migrations ask of a file: what it meets, where a part of a statement stands, and what the
// files after it do.

import type { AlterTableStmt, DropTableStmt, Stmt } from "sqlite3-parser";
import { failureKind } from "../migration/failure-kind";
import type { FailureKind } from "../migration/failure-kind";
import { readRebuilds } from "../migration/rebuild";
import type { FileRebuilds } from "../migration/rebuild";
import type { Step } from "../schema/migration-steps";
import type { SchemaObject } from "../schema/world";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import type { Span } from "../text/span";
import type { MigrationSubject } from "./rule";

/** The statements of one type, in order. Only steps whose text the pattern fits are parsed. */
export function* statementsOf<Type extends Stmt["type"]>(subject: Pick<MigrationSubject, "steps" | "parsed">, type: Type, pattern: RegExp): Iterable<{ readonly step: Step; readonly statement: Statement; readonly ast: Extract<Stmt, { readonly type: Type }> }> {
  for (const step of subject.steps) {
    if (!pattern.test(step.text)) continue;
    const statement = subject.parsed(step);
    if (statement.ok && statement.ast.type === type) yield { step, statement, ast: statement.ast as Extract<Stmt, { readonly type: Type }> };
  }
}

export function droppedTables(subject: Pick<MigrationSubject, "steps" | "parsed">): Iterable<{ readonly step: Step; readonly statement: Statement; readonly ast: DropTableStmt }> {
  return statementsOf(subject, "DropTableStmt", /^DROP\s+TABLE\b/i);
}

export function alteredTables(subject: Pick<MigrationSubject, "steps" | "parsed">): Iterable<{ readonly step: Step; readonly statement: Statement; readonly ast: AlterTableStmt }> {
  return statementsOf(subject, "AlterTableStmt", /^ALTER\b/i);
}

/** Rebuilds of tables that were there before the file. */
export function rebuildsOf(subject: MigrationSubject): FileRebuilds {
  const found = readRebuilds(subject.steps, subject.parsed);
  return { ...found, rebuilds: found.rebuilds.filter(({ table }) => tableBefore(subject, table) !== undefined) };
}

/** As the file meets it: its CREATE TABLE statement. Undefined for one that only this file makes. */
export function tableBefore(subject: MigrationSubject, name: string): SchemaObject | undefined {
  return objectsBefore(subject).find((object) => object.type === "table" && object.name.toLowerCase() === name.toLowerCase());
}

/** Names of the columns of a table that the file meets, by its statement alone. */
export function columnsBefore(subject: MigrationSubject, table: string): readonly string[] {
  const parsed = parseStatement(tableBefore(subject, table)?.sql ?? "");
  return parsed.ok && parsed.ast.type === "CreateTableStmt" && parsed.ast.body.type === "ColumnsAndConstraintsCreateTableBody" ? parsed.ast.body.columns.map(({ colName }) => colName.text) : [];
}

/** Everything that the file meets. */
export function objectsBefore({ model, file }: MigrationSubject): readonly SchemaObject[] {
  return model.stages.find((stage) => stage.file.file === file)?.objects ?? [];
}

/** The place of a part of a step's statement, in the file. */
export function placeIn(step: Step, statement: Statement, node: { readonly span: { readonly offset: number; readonly length: number } }): Span {
  const { start, end } = statement.spanOf(node);
  return { start: step.span.start + start, end: step.span.start + end };
}

export function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Failures of the replay that are one rule's to report. */
export function reportedFailures({ steps, outcome }: MigrationSubject, kind: FailureKind): readonly { readonly step: Step; readonly message: string }[] {
  return outcome.failures.flatMap(({ span, message }) => {
    const step = steps.find((one) => one.span.start === span.start);
    return step !== undefined && failureKind(message, step.text) === kind ? [{ step, message }] : [];
  });
}

/** The same, and those that wait behind the first failure of the file, among the steps that the pattern fits. */
export function ownFailures(subject: MigrationSubject, kind: FailureKind, pattern: RegExp): readonly { readonly step: Step; readonly message: string }[] {
  const steps = subject.steps.filter(({ text }) => pattern.test(text));
  if (steps.length === 0) return [];
  const reported = reportedFailures(subject, kind);
  return steps.flatMap((step) => {
    const message = reported.find((one) => one.step === step)?.message ?? subject.course().failure(step);
    return message !== undefined && failureKind(message, step.text) === kind ? [{ step, message }] : [];
  });
}
