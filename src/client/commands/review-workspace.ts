// "Review Workspace": reviews every folder again, then opens the Problems view.

import * as vscode from "vscode";
import { WorkDoneProgress } from "vscode-languageclient/node";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { hasFolder, sayNoDatabase } from "./needs";

let count = 0;

export async function reviewWorkspace(extension: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const { state, message, databases } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Reviewing schema and queries", cancellable: true },
    (progress, token) => review(extension, progress, token),
  );
  if (state === "off") void vscode.window.showInformationMessage("Plumbline is switched off by the setting `plumbline.enable`");
  else if (state === "failed") throw new Error(message ?? "The review failed");
  else if (databases === 0) sayNoDatabase();
  else await vscode.commands.executeCommand("workbench.actions.view.problems");
}

async function review({ client }: Extension, progress: vscode.Progress<{ message?: string; increment?: number }>, token: vscode.CancellationToken): Promise<OwnRequests["review"]["result"]> {
  const workDoneToken = `plumbline-review-${++count}`;
  let percentage = 0;
  const following = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
    if (value.kind !== "report") return;
    const now = value.percentage ?? percentage;
    progress.report({ increment: Math.max(0, now - percentage), ...(value.message === undefined ? {} : { message: value.message }) });
    percentage = Math.max(percentage, now);
  });
  try {
    return await client.sendRequest(requests.review, { workDoneToken }, token);
  } catch (error) {
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    throw error;
  } finally {
    following.dispose();
  }
}
