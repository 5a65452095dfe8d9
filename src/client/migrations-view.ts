// The tree "Migrations": every migration with its state by the local D1 database, and what can be done with it.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type FolderMigrations, type OwnRequests, requests } from "../protocol/lsp";
import type { MigrationStatusReport, StatusReport } from "../protocol/report";
import type { StatusFeed } from "./status-feed";
import { alertsInWords } from "./status-text";

export function migrationsOf(client: LanguageClient): Promise<readonly FolderMigrations[]> {
  return client.sendRequest<OwnRequests["migrations"]["result"]>(requests.migrations);
}

class DatabaseItem extends vscode.TreeItem {
  constructor(
    readonly folder: FolderMigrations,
    readonly database: StatusReport["databases"][number],
    hasSeveralFolders: boolean,
  ) {
    super(database.binding, vscode.TreeItemCollapsibleState.Expanded);
    this.description = [hasSeveralFolders ? folder.folderName : "", summary(database)].filter((part) => part !== "").join(": ");
    this.tooltip = database.local === null ? `Not compared with a local database: ${database.why ?? ""}` : `By ${database.local}`;
    this.iconPath = new vscode.ThemeIcon("database");
    this.contextValue = "database";
  }
}

class MigrationItem extends vscode.TreeItem {
  constructor(folder: string, { file, state, appliedAt, error, line, rollbackFile }: MigrationStatusReport) {
    super(file.split("/").at(-1)!, vscode.TreeItemCollapsibleState.None);
    this.resourceUri = vscode.Uri.joinPath(vscode.Uri.parse(folder), file);
    this.description = [words[state], rollbackFile === undefined ? "" : "rollback"].filter((part) => part !== "").join(", ");
    this.tooltip = [file, error === undefined ? "" : `Line ${line ?? 1}: ${error}`, appliedAt === undefined ? "" : `Applied ${appliedAt}`, rollbackFile ?? ""].filter((part) => part !== "").join("\n");
    this.iconPath = icons[state];
    this.contextValue = state === "missing" ? "missingMigration" : "migration";
    if (state !== "missing") this.command = { command: "vscode.open", title: "Open", arguments: [this.resourceUri, { selection: new vscode.Range((line ?? 1) - 1, 0, (line ?? 1) - 1, 0) }] };
  }
}

const words: Readonly<Record<MigrationStatusReport["state"], string>> = {
  applied: "applied",
  pending: "pending",
  failed: "fails",
  edited: "edited after it was applied",
  missing: "applied, but there is no such file",
  "out-of-order": "not applied, though a later one is",
};

const icons: Readonly<Record<MigrationStatusReport["state"], vscode.ThemeIcon>> = {
  applied: new vscode.ThemeIcon("pass", new vscode.ThemeColor("testing.iconPassed")),
  pending: new vscode.ThemeIcon("circle-outline"),
  failed: new vscode.ThemeIcon("error", new vscode.ThemeColor("testing.iconFailed")),
  edited: new vscode.ThemeIcon("edit", new vscode.ThemeColor("list.warningForeground")),
  missing: new vscode.ThemeIcon("question", new vscode.ThemeColor("list.warningForeground")),
  "out-of-order": new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground")),
};

function summary({ migrations }: StatusReport["databases"][number]): string {
  const count = (state: MigrationStatusReport["state"]): number => migrations.filter((one) => one.state === state).length;
  const parts = (["pending", "failed", "edited", "missing", "out-of-order"] as const).flatMap((state) => (count(state) === 0 ? [] : [`${count(state)} ${state === "failed" ? "failing" : state.replaceAll("-", " ")}`]));
  return parts.length === 0 ? "all applied" : parts.join(", ");
}

export class MigrationsView implements vscode.TreeDataProvider<vscode.TreeItem>, vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<vscode.TreeItem>;
  readonly #listening: vscode.Disposable;
  readonly #status: StatusFeed;

  constructor(client: LanguageClient, status: StatusFeed) {
    this.#client = client;
    this.#status = status;
    this.#view = vscode.window.createTreeView("plumbline.migrations", { treeDataProvider: this, showCollapseAll: true });
    this.#listening = status.onDidChange(({ state }) => {
      if (state === "idle") this.refresh();
    });
  }

  refresh(): void {
    this.#changed.fire();
  }

  getTreeItem(item: vscode.TreeItem): vscode.TreeItem {
    return item;
  }

  /** The newest migration first: it is the one that is being worked on. */
  async getChildren(item?: vscode.TreeItem): Promise<vscode.TreeItem[]> {
    if (item instanceof DatabaseItem) return [...item.database.migrations].reverse().map((migration) => new MigrationItem(item.folder.folder, migration));
    if (item !== undefined) return [];
    const folders = await migrationsOf(this.#client);
    const databases = folders.flatMap((folder) => folder.status.databases.filter(({ migrations }) => migrations.length > 0).map((database) => new DatabaseItem(folder, database, folders.length > 1)));
    const pending = databases.reduce((sum, { database }) => sum + database.migrations.filter(({ state }) => state === "pending" || state === "failed").length, 0);
    const hasLocal = databases.some(({ database }) => database.local !== null);
    this.#showBadge(hasLocal ? pending : 0);
    return databases;
  }

  /** What waits for someone: migrations, and recorded figures over the project's limits. */
  #showBadge(pending: number): void {
    const alerts = this.#status.last?.alertCount ?? 0;
    const words = [pending === 0 ? "" : pending === 1 ? "1 migration is not applied to the local database" : `${pending} migrations are not applied to the local database`, alerts === 0 ? "" : alertsInWords(alerts)].filter((part) => part !== "");
    this.#view.badge = words.length === 0 ? undefined : { value: pending + alerts, tooltip: words.join("\n") };
  }

  dispose(): void {
    this.#listening.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }
}
