// `textDocument/documentHighlight`: the name under the cursor wherever its statement has it.

import { type DocumentHighlight, DocumentHighlightKind, type DocumentHighlightParams } from "vscode-languageserver/node";
import { askDocument } from "../asked-document";
import { offsetOf, rangeOf } from "../convert";
import type { Session } from "../server";

export function highlightsOf(session: Session, { textDocument, position }: DocumentHighlightParams): Promise<DocumentHighlight[] | null> {
  return askDocument<DocumentHighlight[] | null>(session, textDocument.uri, null, async ({ analysis, path, document, revision }) => {
    const found = await analysis.ask("highlights", { path, version: revision, offset: offsetOf(document, position) });
    // Elsewhere the editor's own words are better than none.
    if (!found || found.length === 0) return null;
    return found.map(({ span, declares }) => ({ range: rangeOf(document, span), kind: declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read }));
  });
}
