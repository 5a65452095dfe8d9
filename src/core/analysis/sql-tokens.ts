// The words of the SQL in a code file that its TextMate grammar cannot know: names by what they mean, and in literals that
// only the analysis knows to be SQL (a constant far from its call, a wrapper by another name) all the others too.

import { keywords } from "../language/keyword-list";
import { readTokens, wordOf, type Token } from "../language/tokens";
import type { SqlVariant } from "../host/call-site";
import type { Span } from "../text/span";
import type { FileReview } from "./file-review";
import { codePlaces, type NamePlace } from "./name-places";

export type SqlTokenType = "keyword" | "string" | "number" | "operator" | "comment" | "parameter" | "class" | "property" | "variable" | "function";

export interface SqlToken {
  /** In the file, within one literal. */
  readonly span: Span;
  readonly type: SqlTokenType;
}

/** In order; none overlaps another. */
export function sqlTokens(review: FileReview): readonly SqlToken[] {
  let tokens = known.get(review);
  if (tokens === undefined) known.set(review, (tokens = inOrder([...nameTokens(codePlaces(review)), ...otherTokens(review)])));
  return tokens;
}

const known = new WeakMap<FileReview, readonly SqlToken[]>();

function nameTokens(places: readonly NamePlace[]): readonly SqlToken[] {
  return places.flatMap((place) => {
    const type = typeOf(place);
    const [piece, ...others] = place.code === undefined ? [] : pieces(place.code.fact.variant, place.code.fact.offset + place.code.span.start, place.code.fact.offset + place.code.span.end);
    return type === undefined || piece === undefined || others.length > 0 ? [] : [{ span: piece, type }];
  });
}

function typeOf({ meanings: [meaning] }: NamePlace): SqlTokenType | undefined {
  switch (meaning?.kind) {
    case "table":
      return "class";
    case "column":
      return "property";
    case "local":
      return meaning.what === "column" ? "property" : "variable";
    case "function":
      return "function";
    default:
      return undefined;
  }
}

function otherTokens({ file, sites }: FileReview): readonly SqlToken[] {
  const variants = new Set(sites.flatMap(({ site, status }) => (status === "foreign" ? [] : site.sql.variants)));
  return [...variants].flatMap((variant) => {
    // What the grammar colours is left to it.
    if (variant.segments.every(({ source }) => source === undefined || isInCall(file.text, source.start))) return [];
    return readTokens(variant.text, variant.holes.map(({ span }) => span)).flatMap((token) => {
      const type = typeOfToken(token);
      return type === undefined ? [] : pieces(variant, token.start, token.end).flatMap((span) => (isInCall(file.text, span.start) ? [] : [{ span, type }]));
    });
  });
}

/** The beginnings that `syntaxes/sql-in-js.tmLanguage.json` knows, as far as they stand before the literal. */
const beforeLiteral = /(?:\b(?:prepare|exec|query|queryAll|queryFirst|queryOne|execute|run|all|get|first)\s*(?:<[^()]*>\s*)?\(\s*(?:[\w$.!?[\]]+\s*,\s*)?|\bsql\s*(?:<[^`]*>\s*)?|\/\*\s*sql\s*\*\/\s*)["'`][^"'`]*$/i;
const LONGEST = 2000;

function isInCall(text: string, at: number): boolean {
  return beforeLiteral.test(text.slice(Math.max(0, at - LONGEST), at));
}

function typeOfToken(token: Token): SqlTokenType | undefined {
  switch (token.kind) {
    case "word":
      return keywords.has(wordOf(token)) ? "keyword" : undefined;
    case "string":
    case "number":
    case "parameter":
    case "comment":
      return token.kind;
    case "operator":
      return /^[(),;.]$/.test(token.text) ? undefined : "operator";
    case "name":
    case "hole":
      return undefined;
  }
}

/** The stretches of a text that stand in the file as they are. */
function pieces({ segments }: Pick<SqlVariant, "segments">, start: number, end: number): readonly Span[] {
  return segments.flatMap(({ sql, source, kind, quote }) => {
    if (source === undefined || kind !== "verbatim" || quote === undefined || sql.start >= end || sql.end <= start) return [];
    const from = source.start - sql.start;
    return [{ start: from + Math.max(start, sql.start), end: from + Math.min(end, sql.end) }];
  });
}

/** Of two that overlap, the first one given: names come before words. */
function inOrder(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const sorted = tokens.map((token, at) => ({ token, at })).sort((a, b) => a.token.span.start - b.token.span.start || a.at - b.at);
  const kept: SqlToken[] = [];
  for (const { token } of sorted) if ((kept.at(-1)?.span.end ?? 0) <= token.span.start) kept.push(token);
  return kept;
}
