// The characters of a string or template literal as JavaScript reads them, each stretch with the place it is
// written at. Follows ECMAScript 2024, "String Literals" and "Template Literal Lexical Components".

import type { Quote } from "../embed/embedded-text";
import type { Span } from "../text/span";

/** A stretch of known text. `source` is undefined where it stands nowhere in the file, as `join`'s comma. */
export interface Piece {
  readonly text: string;
  readonly source: Span | undefined;
  readonly kind: "verbatim" | "escape";
  readonly quote: Quote | undefined;
  readonly expression?: Span;
}

const singleEscapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["b", "\b"],
  ["v", "\v"],
  ["f", "\f"],
]);

/** The pieces of a literal whose inside is `text[start, end)`; undefined where it holds an invalid escape. */
export function literalPieces(text: string, start: number, end: number, quote: Quote): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let plain = start;
  const flush = (to: number) => {
    if (to > plain) pieces.push({ text: text.slice(plain, to), source: { start: plain, end: to }, kind: "verbatim", quote });
  };
  let at = start;
  while (at < end) {
    const escape = text[at] === "\r" && quote !== "'" && quote !== '"' ? lineBreak(text, at) : escapeAt(text, at, end, quote);
    if (escape === undefined) {
      at++;
      continue;
    }
    if (escape.cooked === undefined) return undefined;
    flush(at);
    pieces.push({ text: escape.cooked, source: { start: at, end: at + escape.length }, kind: "escape", quote });
    at += escape.length;
    plain = at;
  }
  flush(end);
  // A piece without characters keeps the place where text can be put in.
  return pieces.length > 0 ? pieces : [{ text: "", source: { start, end }, kind: "verbatim", quote }];
}

interface Escape {
  readonly length: number;
  readonly cooked: string | undefined;
}

/** In templates CRLF and CR are read as LF. */
function lineBreak(text: string, at: number): Escape {
  return { length: text[at + 1] === "\n" ? 2 : 1, cooked: "\n" };
}

function escapeAt(text: string, at: number, end: number, quote: Quote): Escape | undefined {
  if (text[at] !== "\\" || quote === "raw" || at + 1 >= end) return undefined;
  const next = text[at + 1]!;
  const single = singleEscapes.get(next);
  if (single !== undefined) return { length: 2, cooked: single };
  if (next === "\r" && text[at + 2] === "\n") return { length: 3, cooked: "" };
  if (/[\r\n\u2028\u2029]/.test(next)) return { length: 2, cooked: "" };
  if (next === "x") return numeric(/^\\x([\da-fA-F]{2})/, 16);
  if (next === "u") return text[at + 2] === "{" ? numeric(/^\\u\{0*([\da-fA-F]{1,6})\}/, 16) : numeric(/^\\u([\da-fA-F]{4})/, 16);
  if (/[0-7]/.test(next)) {
    if (quote !== "`") return numeric(/^\\([0-3][0-7]{0,2}|[4-7][0-7]?)/, 8);
    return next === "0" && !/\d/.test(text[at + 2] ?? "") ? { length: 2, cooked: "\0" } : { length: 2, cooked: undefined };
  }
  // A character outside of the basic plane is two units; the second then follows as itself.
  return { length: 2, cooked: next };

  function numeric(pattern: RegExp, radix: number): Escape {
    const match = pattern.exec(text.slice(at, Math.min(end, at + 40)));
    const code = Number.parseInt(match?.[1] ?? "", radix);
    if (match === null || code > 0x10ffff) return { length: 2, cooked: undefined };
    return { length: match[0].length, cooked: String.fromCodePoint(code) };
  }
}
