// One migration file as the steps that D1 would run, with what is refused before SQLite sees it: what wrangler strips,
// transaction statements, statements that D1 denies. It runs nothing.

import type { Stmt } from "sqlite3-parser";
import { parseFirstStatement } from "../sql/parse-first-statement";
import { splitStatements } from "../sql/split";
import type { Span } from "../text/span";
import type { SourceFile } from "./sources";
import { statementKind } from "./statement-kind";
import type { StatementKind } from "./statement-kind";

export interface Step {
  readonly file: string;
  readonly span: Span;
  readonly text: string;
  readonly kind: StatementKind;
  /** False where the file ends without a semicolon, so that wrangler's own statement runs into this one. */
  readonly terminated: boolean;
}

export interface Steps {
  readonly file: string;
  readonly steps: readonly Step[];
  /** The file inserts more than is run, so that its rows are not known. */
  readonly isDataLeftOut: boolean;
  /** Why wrangler refuses the whole file. */
  readonly refusal: { readonly span: Span; readonly message: string } | undefined;
}

/** Data of more text than this is not run: it cannot change the schema, and a large seed takes long. In UTF-16 units. */
export const dataBound = 2_000_000;

export function readSteps(file: SourceFile): Steps {
  const { text, refusal } = withoutTransaction(file.text);
  const all = splitStatements(text).map((statement): Step => ({
    file: file.path,
    span: statement.span,
    text: statement.text,
    kind: statementKind(statement.text),
    terminated: statement.terminated,
  }));
  const data = all.reduce((sum, step) => sum + (step.kind === "data" ? step.text.length : 0), 0);
  const isDataLeftOut = data > dataBound;
  return { file: file.path, steps: isDataLeftOut ? all.filter((step) => step.kind !== "data") : all, isDataLeftOut, refusal };
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

/** What D1 answers to a step that never reaches SQLite; undefined for all others. */
export function refusalOf(step: Step): string | undefined {
  if (step.kind === "denied") return "not authorized";
  if (step.kind === "transaction") return "D1 runs the file in a transaction of its own: BEGIN, COMMIT, SAVEPOINT and ROLLBACK fail";
  return undefined;
}

/** The parsed step where it changes the schema and parses. Kept, since a file is replayed more than once. */
export function parseStep(step: Step): Stmt | undefined {
  if (step.kind !== "additive" && step.kind !== "destructive") return undefined;
  if (!parsedSteps.has(step)) {
    const parsed = parseFirstStatement(step.text);
    parsedSteps.set(step, parsed.status === "ok" ? parsed.root : undefined);
  }
  return parsedSteps.get(step);
}

const parsedSteps = new WeakMap<Step, Stmt | undefined>();
