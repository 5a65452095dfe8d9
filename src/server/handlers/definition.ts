// `textDocument/definition`: the migration's line that made the table, column or index under the cursor; of an alias the
// place that declares it.

import type { DefinitionParams, Location, LocationLink } from "vscode-languageserver/node";
import { askDocument } from "../asked-document";
import { offsetOf, rangeOf } from "../convert";
import { locationsOf } from "../located-places";
import type { Session } from "../server";

export function definitionAt(session: Session, { textDocument, position }: DefinitionParams): Promise<Location[] | LocationLink[] | null> {
  return askDocument<Location[] | LocationLink[] | null>(session, textDocument.uri, null, async ({ analysis, path, document, revision }) => {
    const found = await analysis.ask("definition", { path, version: revision, offset: offsetOf(document, position) });
    if (!found) return null;
    const locations = await locationsOf(analysis, found.places);
    if (!session.client.linksDefinitions) return locations;
    const originSelectionRange = rangeOf(document, found.origin);
    return locations.map(({ uri, range }): LocationLink => ({ originSelectionRange, targetUri: uri, targetRange: range, targetSelectionRange: range }));
  });
}
