// What the server last said of its state, for everyone in the extension who follows it. The language client keeps one
// handler for a notification, so that a second listener of its own would silence the first.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { notifications, type ServerStatus } from "../protocol/lsp";

export class StatusFeed implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<ServerStatus>();
  readonly #listening: vscode.Disposable;
  #last: ServerStatus | undefined;
  readonly onDidChange = this.#changed.event;

  constructor(client: LanguageClient) {
    this.#listening = client.onNotification(notifications.status, (status: ServerStatus) => {
      this.#last = status;
      this.#changed.fire(status);
    });
  }

  /** Undefined until the server has spoken. */
  get last(): ServerStatus | undefined {
    return this.#last;
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }
}
