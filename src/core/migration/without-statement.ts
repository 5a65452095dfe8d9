// Takes a statement out of a migration file, with its semicolon, and with its line where nothing else stands there.

import type { TextEdit } from "../text/edit";
import type { Span } from "../text/span";

/** `span` is that of the statement without its semicolon. */
export function withoutStatement(text: string, span: Span): TextEdit {
  const behind = /^\s*;(?:[ \t]*--> statement-breakpoint)?/.exec(text.slice(span.end, span.end + 200));
  let { start } = span;
  let end = span.end + (behind?.[0].length ?? 0);
  while (start > 0 && isBlank(text[start - 1]!)) start--;
  while (end < text.length && isBlank(text[end]!)) end++;
  const opens = start === 0 || text[start - 1] === "\n";
  const closes = end === text.length || text[end] === "\n" || text.startsWith("\r\n", end);
  if (!opens || !closes) return { span: { start: span.start, end: span.end + (behind?.[0].length ?? 0) }, newText: "" };
  const lineBreak = text.startsWith("\r\n", end) ? 2 : 1;
  return { span: { start, end: Math.min(text.length, end + lineBreak) }, newText: "" };
}

function isBlank(char: string): boolean {
  return char === " " || char === "\t";
}
