// The status bar item: it follows the server's notifications and leads to the Problems view.

import * as vscode from "vscode";
import { type LanguageClient, State } from "vscode-languageclient/node";
import { notifications, type ServerStatus } from "../protocol/lsp";
import { type StatusText, statusText } from "./status-text";

const stopped: StatusText = { text: "$(error) Plumbline", tooltip: "The language server is not running\n\nClick to show the output", isFailure: true };

export function showStatus(client: LanguageClient): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("plumbline.status", vscode.StatusBarAlignment.Left, 0);
  item.name = "Plumbline";
  const show = (status: StatusText | undefined): void => {
    if (status === undefined) return item.hide();
    item.text = status.text;
    item.tooltip = status.tooltip;
    item.command = status.isFailure ? "plumbline.showOutput" : "workbench.actions.view.problems";
    item.backgroundColor = status.isFailure ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
    item.show();
  };
  return vscode.Disposable.from(
    item,
    client.onNotification(notifications.status, (status: ServerStatus) => show(statusText(status))),
    client.onDidChangeState(({ oldState, newState }) => {
      if (newState === State.Stopped && oldState !== State.Stopped) show(stopped);
    }),
  );
}
