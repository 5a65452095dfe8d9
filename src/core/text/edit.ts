// Replacements in one text, and the checks that every edit passes before a user sees it.

import type { Span } from "./span";

export interface TextEdit {
  readonly span: Span;
  readonly newText: string;
}

/** Applies edits given in any order. Throws where two of them overlap: that is a bug of the rule that made them. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let result = "";
  let at = 0;
  for (const edit of ordered) {
    if (edit.span.start < at) throw new Error(`edits overlap at offset ${edit.span.start}`);
    result += text.slice(at, edit.span.start) + edit.newText;
    at = edit.span.end;
  }
  return result + text.slice(at);
}
