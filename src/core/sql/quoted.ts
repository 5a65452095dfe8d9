// Where an SQL text is no code: strings, quoted names and comments.

import type { Span } from "../text/span";

/** The stretches of strings, quoted names and comments, in order. One that does not end goes to the end of the text. */
export function stringsAndComments(sql: string): readonly Span[] {
  const token = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|--[^\n]*|\/\*[^]*?(?:\*\/|$)/g;
  return [...sql.matchAll(token)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

/** The text with everything that is no code as blanks, so that words can be looked for; offsets stay. */
export function codeOnly(sql: string): string {
  let code = "";
  let at = 0;
  for (const { start, end } of stringsAndComments(sql)) {
    code += sql.slice(at, start) + " ".repeat(end - start);
    at = end;
  }
  return code + sql.slice(at);
}
