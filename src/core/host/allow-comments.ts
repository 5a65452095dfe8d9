// The comments that ask a rule to be silent, found by their word and told from strings by the syntax tree.

import { ts } from "./typescript";
import type { Span } from "../text/span";

const word = "plumbline-allow";

/** Every comment that holds `plumbline-allow`, in order. */
export function allowComments(file: ts.SourceFile): readonly Span[] {
  const found: Span[] = [];
  for (let at = file.text.indexOf(word); at >= 0; at = file.text.indexOf(word, at + word.length)) {
    const comment = commentAt(file, at);
    if (comment !== undefined && found.at(-1)?.start !== comment.start) found.push(comment);
  }
  return found;
}

function commentAt(file: ts.SourceFile, offset: number): Span | undefined {
  const token = tokenAt(file, offset);
  if (token.kind === ts.SyntaxKind.JsxText || offset >= token.getStart(file)) return undefined;
  const { text } = file;
  const comments = [...(ts.getTrailingCommentRanges(text, token.pos) ?? []), ...(ts.getLeadingCommentRanges(text, token.pos) ?? [])];
  const around = comments.find((comment) => comment.pos <= offset && offset < comment.end);
  return around === undefined ? undefined : { start: around.pos, end: around.end };
}

/** The token whose text, with the blanks and comments before it, holds the offset. */
function tokenAt(file: ts.SourceFile, offset: number): ts.Node {
  let node: ts.Node = file;
  for (;;) {
    const inner: ts.Node | undefined = node.getChildren(file).find((child) => child.pos <= offset && offset < child.end);
    if (inner === undefined) return node;
    node = inner;
  }
}
