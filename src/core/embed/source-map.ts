// Follows an SQL span to the document and a document offset to the SQL text. What does not map exactly widens
// when it is shown, and is given up when it is edited. Knows nothing of the host language beyond quotes.

import { contains, cover, type Span } from "../text/span";
import type { TextEdit } from "../text/edit";
import type { EmbeddedText, Quote, Segment } from "./embedded-text";

export interface SourcePlace {
  readonly span: Span;
  /** False where the span is that of the whole fragment, since nothing narrower is true. */
  readonly exact: boolean;
}

/** Where a stretch of the SQL stands in the document. Over joints of one expression it covers what lies between. */
export function toSource(text: EmbeddedText, sql: Span): SourcePlace {
  const widened: SourcePlace = { span: text.fragment, exact: false };
  if (sql.start >= sql.end) {
    const at = insertionPoint(text, sql.start);
    return at === undefined ? widened : { span: { start: at.offset, end: at.offset }, exact: true };
  }
  const touched = text.segments.filter((s) => s.sql.start < sql.end && s.sql.end > sql.start);
  const first = touched[0];
  const last = touched.at(-1);
  if (first === undefined || last === undefined) return widened;
  const start = sourceOf(first, sql);
  const end = sourceOf(last, sql);
  if (start === undefined || end === undefined || start.start > end.start) return widened;
  if (!withinOneExpression(touched, start, end) && !contiguous(touched)) return widened;
  return { span: cover([start, end]), exact: true };
}

/** The SQL offset of a document offset; within an escape or a hole, where that starts. */
export function toSql(text: EmbeddedText, offset: number): number | undefined {
  let atEnd: number | undefined;
  for (const { sql, source, kind } of text.segments) {
    if (source === undefined || offset < source.start || offset > source.end) continue;
    if (offset === source.end) atEnd ??= sql.end;
    else return kind === "verbatim" ? sql.start + offset - source.start : sql.start;
  }
  return atEnd;
}

/**
 * The edit of the document that makes this edit of the SQL, its new text escaped for the literal.
 * Undefined where it does not lie exactly in one literal, or where the literal cannot hold the new text.
 */
export function editToSource(text: EmbeddedText, edit: TextEdit): TextEdit | undefined {
  const { start, end } = edit.span;
  if (meetsEscape(text, edit)) return undefined;
  if (start === end) {
    const at = insertionPoint(text, start);
    if (at === undefined || !isEditable(at.segment) || opensHole(text, edit, at.segment.quote)) return undefined;
    const newText = escapeFor(edit.newText, at.segment.quote);
    return newText === undefined ? undefined : { span: { start: at.offset, end: at.offset }, newText };
  }
  const touched = text.segments.filter((s) => s.sql.start < end && s.sql.end > start);
  const from = text.segments.indexOf(touched[0] as Segment);
  const run = touched.length === 0 ? [] : text.segments.slice(from, text.segments.indexOf(touched.at(-1) as Segment) + 1);
  const first = run[0];
  const last = run.at(-1);
  if (first === undefined || last === undefined || !run.every(isEditable) || !contiguous(run) || opensHole(text, edit, first.quote)) return undefined;
  const left = exactOffset(first, start);
  const right = exactOffset(last, end);
  const newText = escapeFor(edit.newText, first.quote);
  if (left === undefined || right === undefined || newText === undefined) return undefined;
  return { span: { start: left, end: right }, newText };
}

/** The text as it must be written between such quotes; undefined where that cannot be. */
export function escapeFor(text: string, quote: Quote | undefined): string | undefined {
  switch (quote) {
    case undefined:
      return text;
    case "raw":
      return /[`\\\r]|\$\{/.test(text) ? undefined : text;
    case "`":
      return text.replace(/[`\\]|\$(?=\{)/g, "\\$&").replace(/\r/g, "\\r");
    case "'":
    case '"':
      return text.replace(/['"\\\n\r\u2028\u2029]/g, (c) => escapeInQuotes(c, quote));
  }
}

function escapeInQuotes(c: string, quote: "'" | '"'): string {
  switch (c) {
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\u2028":
      return "\\u2028";
    case "\u2029":
      return "\\u2029";
    default:
      return c === quote || c === "\\" ? `\\${c}` : c;
  }
}

/** True where a digit would lengthen the escape before it (`\0`), or a line feed join a carriage return. */
function meetsEscape(text: EmbeddedText, { span, newText }: TextEdit): boolean {
  return /^[\d\n]/.test(newText) && text.segments.some((s) => s.kind === "escape" && s.sql.end === span.start);
}

/** True where the edit would bring a `$` before a `{` in a template. */
function opensHole(text: EmbeddedText, { span, newText }: TextEdit, quote: Quote | undefined): boolean {
  if (quote !== "`" && quote !== "raw") return false;
  const before = text.text[span.start - 1];
  const after = text.text[span.end] ?? "";
  return (before === "$" && (newText + after).startsWith("{")) || (newText.endsWith("$") && after === "{");
}

/** The part of a segment's source that a span of the SQL covers; escapes and holes only as a whole. */
function sourceOf(segment: Segment, sql: Span): Span | undefined {
  const { source } = segment;
  if (source === undefined) return undefined;
  const start = Math.max(sql.start, segment.sql.start) - segment.sql.start;
  const end = Math.min(sql.end, segment.sql.end) - segment.sql.start;
  if (segment.kind === "verbatim") return { start: source.start + start, end: source.start + end };
  const whole = start === 0 && end === segment.sql.end - segment.sql.start;
  return whole || segment.kind === "escape" ? source : undefined;
}

function insertionPoint(text: EmbeddedText, at: number): { offset: number; segment: Segment } | undefined {
  const around = text.segments.filter((s) => s.sql.start <= at && at <= s.sql.end);
  for (const segment of [...around.filter((s) => s.kind !== "hole"), ...around]) {
    const offset = exactOffset(segment, at);
    if (offset !== undefined) return { offset, segment };
  }
  return undefined;
}

function exactOffset({ sql, source, kind }: Segment, at: number): number | undefined {
  if (source === undefined) return undefined;
  if (kind === "verbatim") return source.start + at - sql.start;
  // The end first: text inserted after a line continuation must not stand between it and its line break.
  if (at === sql.end) return source.end;
  return at === sql.start ? source.start : undefined;
}

function isEditable({ source, kind, quote }: Segment): boolean {
  return source !== undefined && (kind === "verbatim" || (kind === "escape" && quote !== undefined));
}

/** A hole has no expression of its own: it counts to the one that its neighbours are written in. */
function withinOneExpression(touched: readonly Segment[], start: Span, end: Span): boolean {
  return touched.some(({ expression }) => expression !== undefined && contains(expression, start) && contains(expression, end));
}

/** Quotes or `${` stand between two literals, so stretches whose sources meet are of one literal. */
function contiguous(segments: readonly Segment[]): boolean {
  return segments.every((s, i) => {
    const before = segments[i - 1];
    return before === undefined || (s.source !== undefined && s.source.start === before.source?.end);
  });
}
