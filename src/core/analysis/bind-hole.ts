// From a value that is put into the text to one that is bound: the edits of the code that write `?` in its place and
// hand the value to `bind` at the right position. Only where the text, the binding and their order are certain.

import type { Segment } from "../embed/embedded-text";
import type { CallSite, Hole } from "../host/call-site";
import { placeholders } from "../sql/parameters";
import type { TextEdit } from "../text/edit";
import type { Span } from "../text/span";
import type { StatementFact } from "./file-facts";

/** The place in the code of what a hole stands for. */
export function hostPlaceOf(hole: Hole, fact: StatementFact): Span | undefined {
  return segmentOf(hole, fact)?.source;
}

export function bindHole(hole: Hole, fact: StatementFact, site: CallSite, file: string): readonly TextEdit[] | undefined {
  const { bindPlace } = site;
  const { statement, offset } = fact;
  if (hole.kind === "list") return listAsJson(hole, fact, site, file);
  if (bindPlace === undefined || !bindPlace.chained || site.binds?.length !== bindPlace.arguments.length || site.sql.variants.length > 1 || offset > 0) return undefined;
  const expression = hostPlaceOf(hole, fact);
  // The text must be written in the call itself: elsewhere it may serve another call too.
  if (expression === undefined || expression.start < site.call.start || expression.end > site.call.end) return undefined;
  const inText = quotedAround(hole, statement.text);
  const stretch = inText === undefined ? undefined : replaced(inText.whole, "?", hole, fact, file);
  if (inText === undefined || stretch === undefined) return undefined;
  const given = file.slice(expression.start, expression.end);
  const value = bound(given, inText);
  const position = positionOf(hole, fact, bindPlace.arguments.length);
  if (value === undefined || position === undefined) return undefined;
  return [{ span: stretch.span, newText: stretch.newText }, argumentEdit(bindPlace, position, value)];
}

interface Quoted {
  /** The literal's quotes included, where the hole stands within an SQL string. */
  readonly whole: Span;
  readonly before: string;
  readonly after: string;
}

/** The SQL string around the hole; undefined where other holes or escaped quotes stand in it. */
function quotedAround(hole: Hole, sql: string): Quoted | undefined {
  const quotesBefore = sql.slice(0, hole.span.start).split("'").length - 1;
  if (quotesBefore % 2 === 0) return { whole: hole.span, before: "", after: "" };
  const start = sql.lastIndexOf("'", hole.span.start - 1);
  const end = sql.indexOf("'", hole.span.end);
  if (end < 0 || sql[end + 1] === "'" || sql[start - 1] === "'") return undefined;
  return { whole: { start, end: end + 1 }, before: sql.slice(start + 1, hole.span.start), after: sql.slice(hole.span.end, end) };
}

function bound(expression: string, { before, after }: Quoted): string | undefined {
  if (before === "" && after === "") return expression;
  return /[`\\$\r\n]/.test(before + after) ? undefined : `\`${before}\${${expression}}${after}\``;
}

/** The stretch of the file from the literal before the hole to that after it, and what stands for it in the same quotes. */
function replaced(whole: Span, by: string, hole: Hole, fact: StatementFact, file: string): TextEdit | undefined {
  const { segments } = fact.variant;
  const at = segments.findIndex((segment) => segment.kind === "hole" && segment.sql.start === hole.span.start);
  const left = segments[at - 1];
  const right = segments[at + 1];
  const expression = segments[at]?.source;
  if (expression === undefined || left?.source === undefined || left.kind !== "verbatim") return undefined;
  const start = left.source.start + whole.start - left.sql.start;
  if (start < left.source.start || start > left.source.end) return undefined;
  const opening = file.slice(left.source.end, expression.start);
  if (right === undefined) {
    // The text ends with the value: `"… WHERE id = " + id`.
    return left.quote !== undefined && new RegExp(`^${left.quote}\\s*\\+\\s*$`).test(opening) ? { span: { start, end: expression.end }, newText: `${by}${left.quote}` } : undefined;
  }
  if (right.source === undefined || right.kind !== "verbatim" || right.quote !== left.quote) return undefined;
  const end = right.source.start + whole.end - right.sql.start;
  if (end < right.source.start || end > right.source.end) return undefined;
  const closing = file.slice(expression.end, right.source.start);
  const inTemplate = left.quote === "`" && /^\$\{\s*$/.test(opening) && /^\s*\}$/.test(closing);
  const joined = left.quote !== undefined && new RegExp(`^${left.quote}\\s*\\+\\s*$`).test(opening) && new RegExp(`^\\s*\\+\\s*${left.quote}$`).test(closing);
  return inTemplate || joined ? { span: { start, end }, newText: by } : undefined;
}

/** `IN (${placeholders})` with `...ids` as one parameter, which holds the list as JSON. */
function listAsJson(hole: Hole, fact: StatementFact, site: CallSite, file: string): readonly TextEdit[] | undefined {
  const { statement, variant, offset } = fact;
  const place = hostPlaceOf(hole, fact);
  const list = site.interpolations.find(({ span }) => span.start === place?.start && span.end === place.end)?.list;
  const { bindPlace } = site;
  if (!statement.ok || list === undefined || place === undefined || bindPlace?.call === undefined || site.sql.variants.length > 1 || offset > 0) return undefined;
  if (place.start < site.call.start || place.end > site.call.end || !/\bIN\s*\($/i.test(statement.text.slice(0, hole.span.start)) || statement.text[hole.span.end] !== ")") return undefined;
  const parameters = placeholders(statement);
  const before = parameters.filter((one) => one.span.start < hole.span.start).length;
  const spread = bindPlace.arguments[before];
  const isSpread = ({ start, end }: Span): boolean => file.slice(start, end).startsWith("...");
  // One argument for each other parameter, so that the one in its place is certainly that of the list.
  if (spread === undefined || file.slice(spread.start, spread.end).replace(/\s+/g, " ") !== `...${list.array}` || bindPlace.arguments.filter(isSpread).length > 1) return undefined;
  if (bindPlace.arguments.length !== parameters.length || parameters.some(({ name }) => name !== "?") || variant.holes.length > 1) return undefined;
  const stretch = replaced(hole.span, "SELECT value FROM json_each(?)", hole, fact, file);
  if (stretch === undefined) return undefined;
  const unneeded = list.declaration === undefined ? [] : [{ span: withItsLine(list.declaration, file), newText: "" }];
  return [...unneeded, stretch, { span: spread, newText: `JSON.stringify(${list.array})` }];
}

/** A statement that fills its lines, with the white space around it. */
function withItsLine({ start, end }: Span, file: string): Span {
  const before = /(?:^|\n)([^\S\n]*)$/.exec(file.slice(0, start));
  const after = /^[^\S\n]*\r?\n/.exec(file.slice(end));
  return before === null || after === null ? { start, end } : { start: start - before[1]!.length, end: end + after[0].length };
}

/** How many arguments come before the value; undefined where parameters are numbered, or do not match what is bound. */
function positionOf(hole: Hole, { statement, variant }: StatementFact, given: number): number | undefined {
  if (!statement.ok) return undefined;
  const parameters = placeholders(statement).filter((one) => !variant.holes.some((other) => other.span.start <= one.span.start && one.span.end <= other.span.end));
  if (variant.holes.some((other) => other.kind === "list" || other.kind === "fragment" || other.kind === "identifier")) return undefined;
  if (parameters.some((one) => one.name !== "?") || parameters.length !== given) return undefined;
  return parameters.filter((one) => one.span.start < hole.span.start).length;
}

function argumentEdit(place: NonNullable<CallSite["bindPlace"]>, position: number, value: string): TextEdit {
  if (place.call === undefined) return { span: { start: place.end, end: place.end }, newText: `.bind(${value})` };
  const next = place.arguments[position];
  if (next !== undefined) return { span: { start: next.start, end: next.start }, newText: `${value}, ` };
  return { span: { start: place.end, end: place.end }, newText: place.arguments.length === 0 ? value : `, ${value}` };
}

function segmentOf(hole: Hole, { variant, offset }: StatementFact): Segment | undefined {
  return variant.segments.find((segment) => segment.kind === "hole" && segment.sql.start === hole.span.start + offset);
}
