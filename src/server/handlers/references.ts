// `textDocument/references`: every query and migration that names the table, column or index under the cursor.

import type { Location, ReferenceParams } from "vscode-languageserver/node";
import { askDocument } from "../asked-document";
import { offsetOf } from "../convert";
import { locationsOf } from "../located-places";
import type { Session } from "../server";

export function referencesTo(session: Session, { textDocument, position, context }: ReferenceParams): Promise<Location[] | null> {
  return askDocument<Location[] | null>(session, textDocument.uri, null, async ({ analysis, path, document, revision }) => {
    const found = await analysis.ask("references", { path, version: revision, offset: offsetOf(document, position), declarations: context.includeDeclaration });
    return locationsOf(analysis, found ?? []);
  });
}
