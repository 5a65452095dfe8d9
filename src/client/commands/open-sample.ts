// "Open the Sample Project": a copy of a small finance application with typical mistakes, to try everything on.

import * as vscode from "vscode";
import type { Extension } from "../extension";

const folderName = "plumbline-sample";

export async function openSample({ uri }: Extension): Promise<void> {
  const [parent] = (await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, openLabel: "Put the Sample Here", title: "The sample is copied into a new folder here" })) ?? [];
  if (parent === undefined) return;
  const sample = await copySample(uri, parent);
  await vscode.commands.executeCommand("vscode.openFolder", sample, { forceNewWindow: (vscode.workspace.workspaceFolders?.length ?? 0) > 0 });
}

/** Into a folder of its own, whose uri it gives; what is there already is left alone. */
export async function copySample(extension: vscode.Uri, parent: vscode.Uri): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const target = vscode.Uri.joinPath(parent, number === 1 ? folderName : `${folderName}-${number}`);
    const isThere = await vscode.workspace.fs.stat(target).then(
      () => true,
      () => false,
    );
    if (isThere) continue;
    await vscode.workspace.fs.copy(vscode.Uri.joinPath(extension, "dist", "sample"), target);
    return target;
  }
}
