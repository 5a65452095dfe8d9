// `textDocument/hover`: the plan of the query whose text the cursor is in, or what an index is for. Elsewhere nothing, since
// other languages have hovers of their own.

import { type Hover, type HoverParams, MarkupKind } from "vscode-languageserver/node";
import { askDocument } from "../asked-document";
import { offsetOf, rangeOf } from "../convert";
import { hoverText, shortHoverText } from "../hover-text";
import { uriOfPath } from "../places";
import type { Session } from "../server";

export function hoverAt(session: Session, { textDocument, position }: HoverParams): Promise<Hover | null> {
  return askDocument<Hover | null>(session, textDocument.uri, null, async ({ analysis, path, document, revision }) => {
    const offset = offsetOf(document, position);
    const found = await analysis.ask("hover", { path, version: revision, offset });
    if (!found) return null;
    // A finding about an index at the same place has said where its numbers come from.
    const isTold = analysis.publisher.published(path)?.findings.some(({ finding: { span, data } }) => data["index"] !== undefined && span.start <= offset && offset <= span.end) === true;
    const value = (isTold ? shortHoverText : hoverText)(found, (file) => uriOfPath(analysis.root.path, file));
    return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(document, found.span) };
  });
}
