// `textDocument/hover`: the plan of the query whose text the cursor is in, or what an index is for. Elsewhere nothing, since
// other languages have hovers of their own.

import { type Hover, type HoverParams, MarkupKind } from "vscode-languageserver/node";
import { askDocument } from "../asked-document";
import { offsetOf, rangeOf } from "../convert";
import { hoverText } from "../hover-text";
import { uriOfPath } from "../places";
import type { Session } from "../server";

export function hoverAt(session: Session, { textDocument, position }: HoverParams): Promise<Hover | null> {
  return askDocument<Hover | null>(session, textDocument.uri, null, async ({ analysis, path, document, revision }) => {
    const found = await analysis.ask("hover", { path, version: revision, offset: offsetOf(document, position) });
    if (!found) return null;
    const value = hoverText(found, (file) => uriOfPath(analysis.root.path, file));
    return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(document, found.span) };
  });
}
