// The context key `plumbline.hasDatabase`: menus show our commands only where they have something to work on.

import * as vscode from "vscode";
import type { StatusFeed } from "./status-feed";

export function followDatabases(status: StatusFeed): vscode.Disposable {
  let known: boolean | undefined;
  return status.onDidChange(({ state, databases }) => {
    // A review that only began knows no databases yet.
    if (state === "working" || known === databases > 0) return;
    known = databases > 0;
    void vscode.commands.executeCommand("setContext", "plumbline.hasDatabase", known);
  });
}
