// What each migration was when it was first seen in a local database, kept from one session to the next for the server,
// which tells of every change.

import type * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type AppliedMemory, type FolderApplied, notifications } from "../protocol/lsp";

const key = "plumbline.applied";

/** By the uri of the workspace folder. */
export function keptApplied({ workspaceState }: vscode.ExtensionContext): Readonly<Record<string, AppliedMemory>> {
  return workspaceState.get(key, {});
}

export function keepApplied(client: LanguageClient, context: vscode.ExtensionContext): vscode.Disposable {
  return client.onNotification(notifications.applied, ({ folder, applied }: FolderApplied) => {
    void context.workspaceState.update(key, { ...keptApplied(context), [folder]: applied });
  });
}
