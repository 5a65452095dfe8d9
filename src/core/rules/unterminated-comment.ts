// Comments that hide more than they show: one that is never closed takes wrangler's note of the migration with it, and
// SQL knows no line that ends at a lone carriage return.

import { stringsAndComments } from "../sql/quoted";
import type { Span } from "../text/span";
import docs from "./unterminated-comment.md";
import { migrationRule } from "./rule";

export const unterminatedComment = migrationRule({
  id: "unterminated-comment",
  summary: "Comment that hides what follows",
  severity: "error",
  docs,
  *check({ text, d1 }) {
    const open = d1 ? openComment(text) : undefined;
    if (open !== undefined) {
      yield {
        span: { start: open.start, end: open.start + 2 },
        message: "This comment is never closed, so wrangler's note that the migration was applied becomes part of it",
        why: "The migration is applied and not recorded; the next `wrangler d1 migrations apply` runs it again",
        fixes: () => [{ title: "Close the comment at the end of the file", safety: "review", edits: [{ span: atEnd(text), newText: " */" }] }],
      };
    }
    const hiding = hidingComment(text);
    if (hiding !== undefined) {
      yield {
        span: hiding,
        message: "The lines after this comment are part of it and never run",
        why: "They end in a carriage return alone, and for SQL a comment ends at a line feed; the file is recorded as applied all the same",
        fixes: () => [{ title: "End the lines with line feeds", safety: "review", edits: [...text.matchAll(/\r(?!\n)/g)].map(({ index }) => ({ span: { start: index, end: index + 1 }, newText: "\n" })) }],
      };
    }
  },
});

function openComment(text: string): Span | undefined {
  if (text.lastIndexOf("*/") >= text.lastIndexOf("/*") + 2 || !text.includes("/*")) return undefined;
  const last = stringsAndComments(text).at(-1);
  const isOpen = last !== undefined && text[last.start] === "/" && last.end === text.length && (last.end - last.start < 4 || !text.endsWith("*/"));
  return isOpen ? last : undefined;
}

function atEnd(text: string): Span {
  const end = text.trimEnd().length;
  return { start: end, end };
}

/** The line of a comment that has statements behind it which an editor shows as lines of their own. */
function hidingComment(text: string): Span | undefined {
  if (!/\r(?!\n)/.test(text)) return undefined;
  for (const { start, end } of stringsAndComments(text)) {
    if (text[start] !== "-") continue;
    const [shown, ...hidden] = text.slice(start, end).split("\r");
    if (hidden.some((line) => line.trim() !== "" && !line.trim().startsWith("--"))) return { start, end: start + shown!.length };
  }
  return undefined;
}
