// What SQL stands at a place of a document, and how its offsets map to the document: the foundation of everything that an
// editor asks at a cursor. `sqlAt` takes the newest text of a file, however half-typed, and answers with the SQL text
// around the offset (in code the whole text that the literal is a part of, with holes for what is not known; in an SQL
// file the file itself), the statement in it, and the offset in that. What an earlier review knew of the file is used
// where it still fits: which wrappers there are, and the texts that a fragment in a literal of its own ends up in.
// `readStatement` reads that statement into tokens, groups and queries. Nothing here waits for a review, or parses SQL.

import { plainText, type Segment } from "../embed/embedded-text";
import { toSql } from "../embed/source-map";
import type { CallSite, SqlVariant } from "../host/call-site";
import { literalAt, type HoledText, type LiteralAt } from "../host/literal-at";
import { splitStatements } from "../sql/split";
import type { Span } from "../text/span";
import { groupsAround, groupTokens, type Group } from "./groups";
import { isMeantAsSql } from "./meant-as-sql";
import { queryAt, readQueries, type Query } from "./queries";
import { readTokens, type Token } from "./tokens";

/** What the last review knew; nothing of it need be of the newest text. */
export interface KnownCode {
  /** The file's text at that time; undefined where it had none. */
  readonly text: string | undefined;
  readonly sites: readonly CallSite[];
  /** Names of functions that are handed SQL, of the whole project. */
  readonly wrappers: ReadonlySet<string>;
}

export const nothingKnown: KnownCode = { text: undefined, sites: [], wrappers: new Set() };

export interface SqlAt {
  /** With the map to the document. */
  readonly text: HoledText;
  /** The statement around the offset, or the empty place where one could begin: offsets of the text. */
  readonly statement: Span;
  /** Of the cursor, in the text. */
  readonly offset: number;
  /** The binding that the text is sent to, where it is seen. */
  readonly binding: string | undefined;
  /** Undefined in an SQL file. */
  readonly literal: LiteralAt | undefined;
  /** The call that is known to send the text, as it was in the last review. */
  readonly site: CallSite | undefined;
}

export function isSqlFile(path: string): boolean {
  return /\.sql$/i.test(path);
}

/** `path` says what kind of file it is. Undefined where no SQL stands at the offset. */
export function sqlAt(path: string, text: string, offset: number, known: KnownCode = nothingKnown): SqlAt | undefined {
  if (offset < 0 || offset > text.length) return undefined;
  if (isSqlFile(path)) return placed({ ...plainText(text), holes: [] }, offset, undefined, undefined);
  const literal = literalAt(path, text, offset);
  if (literal === undefined) return undefined;
  const earlier = spliced(literal, text, known);
  const place = earlier && placed(earlier.text, offset, literal, earlier.site);
  if (place !== undefined) return place;
  return isMeantAsSql(literal, known.wrappers) ? placed(literal.whole, offset, literal, undefined) : undefined;
}

/** A statement as it stands, read without a parser. All offsets are those of the whole text. */
export interface ReadStatement {
  readonly tokens: readonly Token[];
  readonly whole: Group;
  readonly queries: readonly Query[];
  /** The groups around the offset, from the whole statement to the innermost. */
  readonly groups: readonly Group[];
  /** The innermost query around the offset. */
  readonly query: Query | undefined;
}

export function readStatement({ text, statement, offset }: Pick<SqlAt, "text" | "statement" | "offset">): ReadStatement {
  const { start, end } = statement;
  const holes = text.holes.flatMap(({ span }) => (span.start >= start && span.end <= end ? [{ start: span.start - start, end: span.end - start }] : []));
  const tokens = readTokens(text.text.slice(start, end), holes).map((token) => ({ ...token, start: token.start + start, end: token.end + start }));
  const whole = groupTokens(tokens, statement);
  const queries = readQueries(whole);
  const groups = groupsAround(whole, offset);
  return { tokens, whole, queries, groups, query: queryAt(queries, groups, offset) };
}

function placed(text: HoledText, at: number, literal: LiteralAt | undefined, site: CallSite | undefined): SqlAt | undefined {
  const offset = toSql(text, at);
  if (offset === undefined) return undefined;
  const binding = site?.binding ?? /(?:^|\.)([A-Z][A-Z0-9_]*)$/.exec(literal?.use.call?.receiver ?? "")?.[1];
  return { text, statement: statementAround(text.text, offset), offset, binding, literal, site };
}

/** With the blanks after it; after a semicolon another one begins. */
function statementAround(sql: string, offset: number): Span {
  const statements = splitStatements(sql);
  const at = statements.findLastIndex(({ span }) => span.start <= offset);
  const found = statements[at];
  const next = statements[at + 1]?.span.start ?? sql.length;
  if (found === undefined) return { start: 0, end: Math.min(offset, next) };
  const semicolon = found.terminated ? sql.indexOf(";", found.span.end) : -1;
  if (semicolon < 0) return { start: found.span.start, end: next };
  return offset <= semicolon ? { start: found.span.start, end: semicolon } : { start: semicolon + 1, end: Math.max(offset, semicolon + 1) };
}

/** A text of the last review that the literal is a part of, with what stands in the literal now. */
function spliced(literal: LiteralAt, text: string, known: KnownCode): { readonly text: HoledText; readonly site: CallSite } | undefined {
  const before = known.text;
  if (before === undefined) return undefined;
  const within = insideBefore(literal.inside, before, text);
  if (within === undefined) return undefined;
  let found: { readonly text: HoledText; readonly site: CallSite } | undefined;
  for (const site of known.sites) {
    for (const variant of site.sql.variants) {
      const now = withLiteral(variant, within, literal, text.length - before.length);
      if (now !== undefined && now.text.length > (found?.text.text.length ?? -1)) found = { text: now, site };
    }
  }
  return found;
}

/** Where the literal stood, if nothing but its inside changed. */
function insideBefore({ start, end }: Span, before: string, now: string): Span | undefined {
  const moved = now.length - before.length;
  const was = { start, end: end - moved };
  if (was.end < start || before.slice(0, start) !== now.slice(0, start) || before.slice(was.end) !== now.slice(end)) return undefined;
  return was;
}

function withLiteral(variant: SqlVariant, was: Span, { pieces, whole }: LiteralAt, moved: number): HoledText | undefined {
  const isOfLiteral = ({ source, kind, quote }: Segment): boolean => source !== undefined && kind !== "hole" && quote !== undefined && was.start <= source.start && source.end <= was.end;
  const first = variant.segments.findIndex(isOfLiteral);
  if (first < 0) return undefined;
  let after = first;
  while (after < variant.segments.length && isOfLiteral(variant.segments[after]!)) after++;
  const cut: Span = { start: variant.segments[first]!.sql.start, end: variant.segments[after - 1]!.sql.end };
  const inserted = pieces.map(({ text }) => text).join("");
  const shift = inserted.length - (cut.end - cut.start);
  const shifted = (span: Span, by: number): Span => ({ start: span.start + by, end: span.end + by });
  const inDocument = (span: Span): Span => (span.start >= was.end ? shifted(span, moved) : span.end >= was.end ? { start: span.start, end: span.end + moved } : span);
  const other = (segment: Segment, by: number): Segment => ({
    ...segment,
    sql: shifted(segment.sql, by),
    source: segment.source && inDocument(segment.source),
    ...(segment.expression === undefined ? {} : { expression: inDocument(segment.expression) }),
  });
  let at = cut.start;
  const own = pieces.map(({ text, source, kind, quote }): Segment => ({ sql: { start: at, end: (at += text.length) }, source, kind, expression: whole.fragment, ...(quote === undefined ? {} : { quote }) }));
  return {
    text: variant.text.slice(0, cut.start) + inserted + variant.text.slice(cut.end),
    segments: [...variant.segments.slice(0, first).map((segment) => other(segment, 0)), ...own, ...variant.segments.slice(after).map((segment) => other(segment, shift))],
    fragment: inDocument(variant.fragment),
    holes: variant.holes.map((hole) => (hole.span.start >= cut.end ? { ...hole, span: shifted(hole.span, shift) } : hole)),
  };
}
