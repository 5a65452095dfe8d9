// One migration file as the steps that D1 would run, with what is refused before SQLite sees it: what wrangler strips,
// transaction statements, statements that D1 denies. It runs nothing.

import type { Stmt } from "sqlite3-parser";
import { refusalOnD1 } from "../sql/d1-refusal";
import type { Refusal } from "../sql/d1-refusal";
import { splitStatements } from "../sql/split";
import { parseStatement } from "../sql/statement";
import type { Statement, SyntaxError } from "../sql/statement";
import type { Span } from "../text/span";
import type { SourceFile } from "./sources";
import { statementKind } from "./statement-kind";
import type { StatementKind } from "./statement-kind";

export interface Step {
  readonly file: string;
  readonly span: Span;
  readonly text: string;
  readonly kind: StatementKind;
  /** False where no semicolon ends it, so that what follows runs into it: the next step, or wrangler's own statement. */
  readonly terminated: boolean;
}

export interface Steps {
  readonly file: string;
  readonly steps: readonly Step[];
  /** True where the file ends within a comment, which takes in wrangler's note. */
  readonly hidesNote: boolean;
  /** The file inserts more than is run, so that its rows are not known. */
  readonly isDataLeftOut: boolean;
  /** Why wrangler refuses the whole file. */
  readonly refusal: { readonly span: Span; readonly message: string } | undefined;
}

/** Data of more text than this is not run: it cannot change the schema, and a large seed takes long. In UTF-16 units. */
export const dataBound = 2_000_000;

/** The same object for the same file. */
export function readSteps(file: SourceFile): Steps {
  const known = stepsOf.get(file);
  if (known !== undefined) return known;
  const steps = cut(file);
  stepsOf.set(file, steps);
  return steps;
}

const stepsOf = new WeakMap<SourceFile, Steps>();

/** With all its data, however much that is. */
export function readAllSteps(file: SourceFile): Steps {
  return cut(file, Infinity);
}

function cut(file: SourceFile, bound = dataBound): Steps {
  const { text, refusal } = withoutTransaction(file.text);
  const all = splitStatements(text).flatMap(({ span, text, terminated }): readonly Step[] => {
    // As wrangler does, of whose blanks SQLite knows only some.
    const trimmed = text.trim();
    const start = span.start + text.length - text.trimStart().length;
    return trimmed === "" ? [] : [{ file: file.path, span: { start, end: start + trimmed.length }, text: trimmed, kind: statementKind(trimmed), terminated }];
  });
  const data = all.reduce((sum, step) => sum + (step.kind === "data" ? step.text.length : 0), 0);
  const isDataLeftOut = data > bound;
  const steps = isDataLeftOut ? all.filter((step) => step.kind !== "data") : all;
  return { file: file.path, steps, hidesNote: endsInComment(text.slice(all.at(-1)?.span.end ?? 0)), isDataLeftOut, refusal };
}

/** Of the blanks and comments behind the last statement. */
function endsInComment(text: string): boolean {
  return /\/\*/.test(text.replace(/--.*|\/\*[^]*?\*\//g, ""));
}

/**
 * wrangler takes one `BEGIN TRANSACTION;` and one `COMMIT;` out of the text, letter by letter, and refuses a file with
 * more (workers-sdk `packages/wrangler/src/d1/trimmer.ts`). Blanks keep the offsets.
 */
function withoutTransaction(text: string): { readonly text: string; readonly refusal: Steps["refusal"] } {
  const begin = text.indexOf("BEGIN TRANSACTION");
  if (begin < 0) return { text, refusal: undefined };
  const trimmed = blank(blank(text, "BEGIN TRANSACTION;"), "COMMIT;");
  const second = trimmed.indexOf("BEGIN TRANSACTION");
  if (second < 0) return { text: trimmed, refusal: undefined };
  const span = { start: second, end: second + "BEGIN TRANSACTION".length };
  return { text: trimmed, refusal: { span, message: "wrangler refuses a file with several transactions" } };
}

function blank(text: string, word: string): string {
  const at = text.indexOf(word);
  return at < 0 ? text : text.slice(0, at) + " ".repeat(word.length) + text.slice(at + word.length);
}

/** Why D1 refuses a step; undefined where SQLite alone decides. */
export function refusalOf(step: Step): Refusal | undefined {
  if (!refusals.has(step)) refusals.set(step, refusalOnD1(step.text, () => parsed(step)) ?? (step.kind === "denied" ? { message: "not authorized", when: "at once" } : undefined));
  return refusals.get(step);
}

/** Kept, since a file is replayed more than once. */
const refusals = new WeakMap<Step, Refusal | undefined>();

/** The parsed step where it changes the schema and parses. */
export function parseStep(step: Step): Stmt | undefined {
  if (step.kind !== "additive" && step.kind !== "destructive") return undefined;
  const statement = parsed(step);
  return statement.ok ? statement.ast : undefined;
}

/** Any step, parsed. Kept, since a file is replayed more than once and many rules read it. */
export function parsed(step: Step): Statement | SyntaxError {
  const known = statements.get(step);
  if (known !== undefined) return known;
  const statement = parseStatement(step.text);
  statements.set(step, statement);
  return statement;
}

const statements = new WeakMap<Step, Statement | SyntaxError>();
