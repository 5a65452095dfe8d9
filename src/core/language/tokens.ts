// Reads an SQL text into tokens as SQLite does (https://sqlite.org/src/file/src/tokenize.c), also where it is half-typed:
// every character belongs to a token or is blank, and a string without an end goes to the end of the text.

import type { Span } from "../text/span";

export interface Token extends Span {
  /** `name` is quoted, by `"`, backquotes or brackets; `hole` is a part that the text does not tell. */
  readonly kind: "word" | "name" | "string" | "number" | "parameter" | "operator" | "comment" | "hole";
  /** As written. */
  readonly text: string;
  /** False for a string, a quoted name or a comment whose end is missing. */
  readonly closed: boolean;
}

const token =
  /(?<comment>--[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<string>[xX]?'(?:[^']|'')*'?)|(?<name>"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?)|(?<parameter>\?\d*|[:@$][\w$\u0080-\uffff]+)|(?<number>(?:0[xX][\da-fA-F]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?![\w$]))|(?<word>[\w$\u0080-\uffff]+)|(?<operator>->>?|\|\||<>|<<|>>|[<>=!]=|[^\s])/gy;

/** The tokens in order, comments among them. A hole is one token, unless it stands within another. */
export function readTokens(sql: string, holes: readonly Span[] = []): readonly Token[] {
  const tokens: Token[] = [];
  const ahead = holes.filter(({ start, end }) => start < end);
  let next = 0;
  let at = 0;
  while (at < sql.length) {
    while (next < ahead.length && ahead[next]!.start < at) next++;
    const hole = ahead[next];
    if (hole?.start === at) {
      tokens.push({ kind: "hole", ...hole, text: sql.slice(hole.start, hole.end), closed: true });
      at = hole.end;
      continue;
    }
    const read = isBlank(sql.charCodeAt(at)) ? undefined : readToken(sql, at);
    if (read === undefined) at++;
    else {
      const cut = hole !== undefined && hole.start < read.end && (read.kind === "word" || read.kind === "number") ? { ...read, end: hole.start, text: sql.slice(at, hole.start) } : read;
      tokens.push(cut);
      at = cut.end;
    }
  }
  return tokens;
}

/** The name that a word or a quoted name stands for. */
export function nameOf({ kind, text, closed }: Token): string {
  if (kind !== "name") return text;
  const quote = text[0] === "[" ? "]" : text[0]!;
  const inside = text.slice(1, closed ? -1 : undefined);
  return quote === "]" ? inside : inside.replaceAll(quote + quote, quote);
}

/** A word in capitals; empty for every other token. */
export function wordOf(token: Token | undefined): string {
  return token?.kind === "word" ? token.text.toUpperCase() : "";
}

/** As it must be written where a name is wanted. */
export function quotedName(name: string): string {
  return /^[A-Za-z_][\w]*$/.test(name) && !reserved.has(name.toUpperCase()) ? name : `"${name.replaceAll('"', '""')}"`;
}

function readToken(sql: string, at: number): Token | undefined {
  token.lastIndex = at;
  const match = token.exec(sql);
  const groups = match?.groups;
  if (match === null || groups === undefined) return undefined;
  const [text] = match;
  const kind = kinds.find((one) => groups[one] !== undefined) ?? "operator";
  return { kind, start: at, end: at + text.length, text, closed: isClosed(kind, text) };
}

const kinds = ["comment", "string", "name", "parameter", "number", "word", "operator"] as const;

function isClosed(kind: Token["kind"], text: string): boolean {
  if (kind === "comment") return !text.startsWith("/*") || (text.length >= 4 && text.endsWith("*/"));
  if (kind !== "string" && kind !== "name") return true;
  const body = kind === "string" ? text.replace(/^[xX]/, "") : text;
  const quote = body[0] === "[" ? "]" : body[0]!;
  // Of an odd number of quotes at the end the last one closes.
  return body.length >= 2 && (/(['"`\]])\1*$/.exec(body.slice(1))?.[0].split(quote).length ?? 1) % 2 === 0;
}

function isBlank(c: number): boolean {
  return c === 0x20 || (c >= 0x09 && c <= 0x0d) || c === 0xfeff || c === 0xa0;
}

/** Words that SQLite takes for a name only in quotes, and those that are no alias without AS: https://sqlite.org/lang_keywords.html */
export const reserved: ReadonlySet<string> = new Set(
  `ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE CROSS DEFAULT DEFERRABLE DELETE DISTINCT DROP ELSE ESCAPE
  EXCEPT EXISTS FOREIGN FROM FULL GROUP HAVING IN INDEX INNER INSERT INTERSECT INTO IS ISNULL JOIN LEFT LIMIT NATURAL NOT NOTHING NOTNULL NULL ON OR
  ORDER OUTER PRIMARY REFERENCES RETURNING RIGHT SELECT SET TABLE THEN TO TRANSACTION UNION UNIQUE UPDATE USING VALUES WHEN WHERE`.split(/\s+/),
);
