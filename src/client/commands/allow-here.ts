// "Allow here…": asks for the reason and writes the comment at the place that the server named.

import * as vscode from "vscode";
import type { AllowPlace } from "../../protocol/lsp";
import type { Extension } from "../extension";

export async function allowHere({ client }: Extension, given: unknown): Promise<void> {
  const place = given as AllowPlace | undefined;
  if (place?.uri === undefined) throw new Error("Choose this in the light bulb's menu of a finding");
  const reason = await vscode.window.showInputBox({
    title: `Allow ${place.rule} here`,
    prompt: "Why is it right here? The reason stands in a comment, for whoever reads the code next",
    validateInput: (text) => (text.trim() === "" ? "A reason is needed" : undefined),
  });
  if (reason === undefined) return;
  const document = await vscode.workspace.openTextDocument(client.protocol2CodeConverter.asUri(place.uri));
  if (document.version !== place.version) throw new Error("The file changed in the meantime: choose \"Allow\" once more");
  const edit = new vscode.WorkspaceEdit();
  const position = new vscode.Position(place.position.line, place.position.character);
  edit.insert(document.uri, position, `${place.before}${reason.trim().replaceAll(/\s+/g, " ")}${place.after}`);
  await vscode.workspace.applyEdit(edit);
}
