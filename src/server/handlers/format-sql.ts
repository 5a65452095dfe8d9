// `plumbline/formatSql`: the edits that lay out the SQL at a place.

import type { TextEdit } from "vscode-languageserver/node";
import type { OwnRequests } from "../../protocol/lsp";
import { askText } from "../asked-text";
import { requestFailed } from "../answers";
import { textEditsOf } from "../convert";
import type { Session } from "../server";

export async function formatSqlAt(session: Session, { uri, position, indent }: OwnRequests["formatSql"]["params"]): Promise<TextEdit[]> {
  const edits = await askText<TextEdit[] | null>(session, { textDocument: { uri }, position }, null, async ({ analysis, document, place }) => textEditsOf(document, (await analysis.ask("formatSql", { ...place, indent })) ?? []));
  if (edits === null) throw requestFailed("The file is in no folder that Plumbline reviews");
  return edits;
}
