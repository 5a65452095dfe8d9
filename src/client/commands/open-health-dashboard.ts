// "Open Health Dashboard": what the review of a folder found, on one page.

import * as vscode from "vscode";
import type { Extension } from "../extension";
import { hasFolder } from "./needs";

export async function openHealthDashboard({ dashboard }: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const folder = await chooseFolder();
  if (folder !== undefined) dashboard.show(folder);
}

/** The only folder, that of the file at hand, or the one that the user picks. */
async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const [first, second] = vscode.workspace.workspaceFolders ?? [];
  if (second === undefined) return first;
  const active = vscode.window.activeTextEditor?.document.uri;
  const holding = active && vscode.workspace.getWorkspaceFolder(active);
  return holding ?? vscode.window.showWorkspaceFolderPick({ placeHolder: "The health of which folder?" });
}
