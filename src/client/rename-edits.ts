// The edits of a rename with the new files whole: a file that is made empty and filled by a later edit could be run empty by
// wrangler in between.

import * as vscode from "vscode";
import type { LanguageClient, Middleware, TextEdit, WorkspaceEdit } from "vscode-languageclient/node";

export function renameMiddleware(client: () => LanguageClient): Pick<Middleware, "provideRenameEdits"> {
  return {
    async provideRenameEdits(document, position, newName, token) {
      const { code2ProtocolConverter: to } = client();
      const asked = { textDocument: to.asTextDocumentIdentifier(document), position: to.asPosition(position), newName };
      const edit = await client().sendRequest<WorkspaceEdit | null>("textDocument/rename", asked, token);
      return edit === null ? undefined : withWholeFiles(client(), edit);
    },
  };
}

async function withWholeFiles({ protocol2CodeConverter: from }: LanguageClient, edit: WorkspaceEdit): Promise<vscode.WorkspaceEdit> {
  const changes = edit.documentChanges ?? [];
  const created = changes.filter((change) => "kind" in change && change.kind === "create");
  const isOfNew = (uri: string): boolean => created.some((one) => one.uri === uri);
  const others = changes.filter((change) => !("kind" in change) && !isOfNew(change.textDocument.uri));
  const whole = await from.asWorkspaceEdit({ ...edit, documentChanges: others });
  for (const { uri, annotationId } of created) {
    const text = changes.flatMap((change) => ("kind" in change || change.textDocument.uri !== uri ? [] : (change.edits as TextEdit[]).map(({ newText }) => newText))).join("");
    const note = annotationId === undefined ? undefined : edit.changeAnnotations?.[annotationId];
    const metadata: vscode.WorkspaceEditEntryMetadata | undefined = note && { label: note.label, needsConfirmation: note.needsConfirmation === true, ...(note.description === undefined ? {} : { description: note.description }) };
    whole.createFile(from.asUri(uri), { contents: new TextEncoder().encode(text), overwrite: false }, metadata);
  }
  return whole;
}
