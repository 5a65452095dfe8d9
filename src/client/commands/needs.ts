// What a command needs, and what to do where it is missing.

import * as vscode from "vscode";
import { type DatabaseChoice, type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";

const noDatabase = "Plumbline found no database here. It knows one by `d1_databases` in a wrangler file, by a folder `migrations`, by a `schema.sql`, or by `databases` in plumbline.json";

/** False where no folder is open: a message has offered to open one. */
export async function hasFolder(): Promise<boolean> {
  if (vscode.workspace.workspaceFolders !== undefined && vscode.workspace.workspaceFolders.length > 0) return true;
  const open = "Open Folder";
  const choice = await vscode.window.showInformationMessage("Open the folder of a SQLite or D1 project first", open);
  if (choice === open) await vscode.commands.executeCommand("vscode.openFolder");
  return false;
}

export function sayNoDatabase(): void {
  void vscode.window.showInformationMessage(noDatabase);
}

/** The only folder, that of the file at hand, or the one that the user picks. */
export async function chooseFolder(placeHolder: string): Promise<vscode.WorkspaceFolder | undefined> {
  const [first, second] = vscode.workspace.workspaceFolders ?? [];
  if (second === undefined) return first;
  const active = vscode.window.activeTextEditor?.document.uri;
  const holding = active && vscode.workspace.getWorkspaceFolder(active);
  return holding ?? vscode.window.showWorkspaceFolderPick({ placeHolder });
}

/** The only database, or the one that the user picks; undefined where there is none or none was picked. */
export async function chooseDatabase({ client }: Extension): Promise<DatabaseChoice | undefined> {
  if (!(await hasFolder())) return undefined;
  const all = await client.sendRequest<OwnRequests["databases"]["result"]>(requests.databases);
  const withMigrations = all.filter(({ migrationsDir }) => migrationsDir !== null);
  const choices = withMigrations.length > 0 ? withMigrations : all;
  if (choices.length === 0) sayNoDatabase();
  if (choices.length <= 1) return choices[0];
  const items = choices.map((database) => ({ label: database.binding, description: database.folderName, detail: database.migrationsDir ?? "", database }));
  return (await vscode.window.showQuickPick(items, { title: "Which database?" }))?.database;
}
