// "Explain Query": the plan of the selected SQL, or of the query at the cursor, beside the code.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { planDocument } from "../markdown";
import { hasFolder } from "./needs";

export async function explainQuery({ client, documents }: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage("Open a file and put the cursor in a query, or select SQL");
    return;
  }
  const { document, selection } = editor;
  const params = { uri: client.code2ProtocolConverter.asUri(document.uri), range: client.code2ProtocolConverter.asRange(selection) };
  const report = await client.sendRequest<OwnRequests["explain"]["result"]>(requests.explain, params);
  if (report === null) {
    void vscode.window.showInformationMessage("No query was found at the cursor: put it in a query of this folder's database, or select SQL");
    return;
  }
  await documents.show("Plan.md", planDocument(report), vscode.ViewColumn.Beside);
}
