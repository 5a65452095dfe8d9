// "Review Workspace": reviews every folder again, then opens the Problems view.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { withServerProgress } from "../server-progress";
import { hasFolder, sayNoDatabase } from "./needs";

export async function reviewWorkspace(extension: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const { state, message, databases } = await withServerProgress<OwnRequests["review"]["result"]>(extension.client, "Reviewing schema and queries", requests.review);
  if (state === "off") void vscode.window.showInformationMessage("Plumbline is switched off by the setting `plumbline.enable`");
  else if (state === "failed") throw new Error(message ?? "The review failed");
  else if (databases === 0) sayNoDatabase();
  else await vscode.commands.executeCommand("workbench.actions.view.problems");
}
