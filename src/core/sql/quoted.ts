// Where an SQL text is no code: strings, quoted names and comments.

import type { Span } from "../text/span";

/** The stretches of strings, quoted names and comments, in order. One that does not end goes to the end of the text. */
export function stringsAndComments(sql: string): readonly Span[] {
  const token = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|--[^\n]*|\/\*[^]*?(?:\*\/|$)/g;
  return [...sql.matchAll(token)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

/** The text with what is no code hidden, so that words can be looked for; offsets stay, and so do quotes. */
export function codeOnly(sql: string): string {
  let code = "";
  let at = 0;
  for (const { start, end } of stringsAndComments(sql)) {
    const comment = sql[start] === "-" || sql[start] === "/";
    const hidden = comment || end - start < 2 ? " ".repeat(end - start) : `${sql[start]}${"\0".repeat(end - start - 2)}${sql[end - 1]}`;
    code += sql.slice(at, start) + hidden;
    at = end;
  }
  return code + sql.slice(at);
}
