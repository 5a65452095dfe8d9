// "Explain this rule": shows the rule's document, which comes with the extension.

import * as vscode from "vscode";
import type { Extension } from "../extension";

export async function openRule({ uri }: Extension, rule: unknown): Promise<void> {
  if (typeof rule !== "string" || !/^[a-z\d-]+$/.test(rule)) throw new Error("Which rule? Choose \"Explain\" in the light bulb's menu of a finding");
  const document = vscode.Uri.joinPath(uri, "dist", "rules", `${rule}.md`);
  // Stat says so where the document is missing; a preview would stay empty.
  await vscode.workspace.fs.stat(document);
  await vscode.commands.executeCommand("markdown.showPreview", document);
}
