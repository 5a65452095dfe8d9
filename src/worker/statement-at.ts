// The SQL statement at a place of a file: in code that of the query which surrounds it, in an SQL file its own.

import type { FileResult } from "../core/analysis/analysis";
import type { FileReview, JudgedSite, JudgedStatement } from "../core/analysis/file-review";
import { formsWith, formWords } from "../core/analysis/variant-words";
import { toSource } from "../core/embed/source-map";
import type { SourcePlace } from "../core/embed/source-map";
import { splitStatements } from "../core/sql/split";
import { contains, type Span } from "../core/text/span";

export interface StatementPlace {
  readonly sql: string;
  /** Undefined where it may be any database. */
  readonly database: string | undefined;
}

export interface TextPlace extends StatementPlace {
  readonly span: Span;
  /** Which of the forms of the text it is, in words; undefined where there is one. */
  readonly form: string | undefined;
}

interface Candidate {
  readonly span: Span;
  readonly site: JudgedSite;
  readonly statement: JudgedStatement;
}

/** The statement around the offset. The cursor after a semicolon still means the statement before it. */
export function statementInSql(text: string, offset: number): StatementPlace | null {
  const found = splitStatements(text).find(({ span }) => span.start <= offset && offset <= span.end + 1);
  return found ? { sql: found.text, database: undefined } : null;
}

/** That of the text in which the offset lies, else of the smallest one around it, else of the call that executes one. */
export function statementInCode({ review }: FileResult, offset: number): StatementPlace | null {
  if (review === undefined) return null;
  const around = candidates(review, ({ site, statement }) => [textSpan(statement).span, site.site.call]);
  const found = dearest(within(review, offset)) ?? dearest(smallest(around.filter(({ span }) => contains(span, { start: offset, end: offset }))));
  return found === undefined ? null : placeOf(found);
}

/** The statement whose text the offset lies in: between the quotes, and in no expression that the text takes in. */
export function textAt(review: FileReview, offset: number): TextPlace | undefined {
  const found = dearest(within(review, offset));
  if (found === undefined) return undefined;
  const whole = textSpan(found.statement);
  return { ...placeOf(found), span: whole.exact ? whole.span : found.span, form: formOf(found) };
}

/** Statements with a stretch of their text, as written, at the offset. `span` is the stretch. */
function within(review: FileReview, offset: number): readonly Candidate[] {
  const at = { start: offset, end: offset };
  return candidates(review, ({ statement: { fact } }) => {
    const end = fact.offset + fact.statement.text.length;
    return fact.variant.segments.flatMap(({ kind, sql, source }) => (kind !== "hole" && source !== undefined && sql.start < end && sql.end > fact.offset && contains(source, at) ? [source] : []));
  }).filter(({ statement }) => isAtStatement(statement, offset));
}

/** Of several statements in one text, the one that the offset stands in. */
function isAtStatement({ fact: { variant, offset: start, statement } }: JudgedStatement, offset: number): boolean {
  const { span, exact } = toSource(variant, { start, end: start + statement.text.length });
  return !exact || contains(span, { start: offset, end: offset });
}

function candidates({ sites }: FileReview, spansOf: (candidate: Omit<Candidate, "span">) => readonly Span[]): readonly Candidate[] {
  return sites.flatMap((site) => site.statements.flatMap((statement) => spansOf({ site, statement }).map((span) => ({ span, site, statement }))));
}

function smallest(all: readonly Candidate[]): readonly Candidate[] {
  const least = Math.min(...all.map(({ span }) => span.end - span.start));
  return all.filter(({ span }) => span.end - span.start === least);
}

/** Of several forms of a text the one that reads most. */
function dearest(all: readonly Candidate[]): Candidate | undefined {
  const reads = ({ statement: { verdict } }: Candidate): number => (verdict !== undefined && "plan" in verdict ? verdict.rowsRead : -1);
  return all.reduce<Candidate | undefined>((most, one) => (most === undefined || reads(one) > reads(most) ? one : most), undefined);
}

function placeOf({ statement: { fact, database } }: Candidate): StatementPlace {
  return { sql: fact.statement.text, database: database?.model.source.binding };
}

function formOf({ site: { site, statements }, statement: { fact } }: Candidate): string | undefined {
  const failing = new Set(statements.flatMap((one) => (!one.fact.statement.ok || (one.verdict !== undefined && !("plan" in one.verdict)) ? [one.fact.variant] : [])));
  const forms = formsWith(new Set([fact.variant]), site.sql.variants, failing);
  return forms && formWords(forms).trim().replace(/^\(|\)$/g, "");
}

/** From the first word to the last one. */
function textSpan({ fact: { variant, offset, statement: { text } } }: JudgedStatement): SourcePlace {
  return toSource(variant, { start: offset + text.length - text.trimStart().length, end: offset + text.trimEnd().length });
}
