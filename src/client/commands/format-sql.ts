// "Format SQL": lays out the statement at the cursor, in a literal or in an SQL file, as one step to undo.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { hasFolder } from "./needs";

export async function formatSql({ client }: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage("Open a file and put the cursor in SQL");
    return;
  }
  const { document, selection, options } = editor;
  const indent = options.insertSpaces === true ? " ".repeat(Number(options.tabSize)) : "\t";
  const { version } = document;
  const params: OwnRequests["formatSql"]["params"] = { uri: client.code2ProtocolConverter.asUri(document.uri), position: client.code2ProtocolConverter.asPosition(selection.active), indent };
  const edits = await client.protocol2CodeConverter.asTextEdits(await client.sendRequest<OwnRequests["formatSql"]["result"]>(requests.formatSql, params));
  if (document.version !== version) return;
  if (edits.length === 0) {
    void vscode.window.setStatusBarMessage("The SQL is laid out already", 3_000);
    return;
  }
  await editor.edit((builder) => edits.forEach(({ range, newText }) => builder.replace(range, newText)));
}
