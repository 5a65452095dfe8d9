// Tells of recorded figures that pass the limits of plumbline.json, once an hour for each query: what it is, where it
// stands, and what can be done. Where no limit is set there is nothing to tell.

import * as vscode from "vscode";
import type { FolderAlert } from "../protocol/lsp";
import { type AlertMemory, dueAlerts, withMuted, withTold } from "./alert-memory";
import type { StatusFeed } from "./status-feed";

const memoryKey = "plumbline.alerts";
const showQuery = "Show Query";
const openDashboard = "Open Health Dashboard";
const mute = "Mute This Query";
const muteOther = "Mute";

export class AlertNotices implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #listening: vscode.Disposable;
  /** One message at a time. */
  #isAsking = false;

  constructor(status: StatusFeed, state: vscode.Memento) {
    this.#state = state;
    this.#listening = status.onDidChange(({ state: now, alerts }) => {
      if (now === "idle") void this.#tell(alerts);
    });
  }

  dispose(): void {
    this.#listening.dispose();
  }

  async #tell(alerts: readonly FolderAlert[]): Promise<void> {
    if (this.#isAsking) return;
    const due = dueAlerts(alerts, this.#memory(), Date.now());
    const [first] = due;
    if (first === undefined) return;
    this.#isAsking = true;
    try {
      await this.#state.update(memoryKey, withTold(this.#memory(), due, Date.now()));
      await this.#ask(first, due.length - 1);
    } finally {
      this.#isAsking = false;
    }
  }

  async #ask(alert: FolderAlert, others: number): Promise<void> {
    const place = placeOf(alert);
    const muting = alert.setting === "queriesPerRequest" || alert.setting === "hitRate" ? muteOther : mute;
    const more = others === 0 ? "" : ` (and ${others} more)`;
    const choice = await vscode.window.showWarningMessage(`${shortened(alert.subject)}: ${alert.message}${more}`, ...(place === undefined ? [] : [showQuery]), openDashboard, muting);
    if (choice === showQuery && place !== undefined) await vscode.window.showTextDocument(place.uri, { selection: place.range });
    if (choice === openDashboard) await vscode.commands.executeCommand("plumbline.openHealthDashboard");
    if (choice === muting) await this.#state.update(memoryKey, withMuted(this.#memory(), alert, Date.now()));
  }

  #memory(): AlertMemory {
    return this.#state.get(memoryKey, {});
  }
}

function placeOf({ folder, file, line }: FolderAlert): vscode.Location | undefined {
  return file === undefined || line === undefined ? undefined : new vscode.Location(vscode.Uri.joinPath(vscode.Uri.parse(folder), file), new vscode.Position(line - 1, 0));
}

function shortened(subject: string): string {
  return subject.length <= 80 ? subject : `${subject.slice(0, 80)}…`;
}
