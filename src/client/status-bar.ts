// The status bar item: it follows the server's notifications and leads to the Problems view.

import * as vscode from "vscode";
import { type LanguageClient, State } from "vscode-languageclient/node";
import type { StatusFeed } from "./status-feed";
import { type StatusText, statusText } from "./status-text";

const stopped: StatusText = { text: "$(error) Plumbline", tooltip: "The language server is not running\n\nClick to show the output", isFailure: true };

export function showStatus(client: LanguageClient, status: StatusFeed): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("plumbline.status", vscode.StatusBarAlignment.Left, 0);
  item.name = "Plumbline";
  const show = (words: StatusText | undefined): void => {
    if (words === undefined) return item.hide();
    item.text = words.text;
    item.tooltip = words.tooltip;
    item.command = words.isFailure ? "plumbline.showOutput" : "workbench.actions.view.problems";
    item.backgroundColor = words.isFailure ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
    item.show();
  };
  return vscode.Disposable.from(
    item,
    status.onDidChange((now) => show(statusText(now))),
    client.onDidChangeState(({ oldState, newState }) => {
      if (newState === State.Stopped && oldState !== State.Stopped) show(stopped);
    }),
  );
}
