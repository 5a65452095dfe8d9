// The context key `plumbline.hasDatabase`: menus show our commands only where they have something to work on.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { notifications, type ServerStatus } from "../protocol/lsp";

export function followDatabases(client: LanguageClient): vscode.Disposable {
  let known: boolean | undefined;
  return client.onNotification(notifications.status, ({ state, databases }: ServerStatus) => {
    // A review that only began knows no databases yet.
    if (state === "working" || known === databases > 0) return;
    known = databases > 0;
    void vscode.commands.executeCommand("setContext", "plumbline.hasDatabase", known);
  });
}
