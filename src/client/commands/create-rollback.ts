// "Create Rollback": writes what takes a migration back, and opens it. Where something cannot come back, the user is told
// before, and may have the migration keep it.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";

type Rollback = OwnRequests["rollback"]["result"];

const create = "Create Rollback";
const keep = "Keep a Backup";
const overwrite = "Overwrite";

/** `given` is the file that a menu was opened on, or its uri as text; without one, the file at hand. */
export async function createRollback({ client }: Extension, given: unknown): Promise<void> {
  const migration = given instanceof vscode.Uri ? given : typeof given === "string" ? vscode.Uri.parse(given) : vscode.window.activeTextEditor?.document.uri;
  if (migration === undefined || !/\.sql$/i.test(migration.path)) throw new Error("Open the migration to take back, or choose this in its menu in the explorer");
  const rollback = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: "Trying the rollback" }, () =>
    client.sendRequest<Rollback>(requests.rollback, { uri: client.code2ProtocolConverter.asUri(migration) }),
  );
  const choice = rollback.grade === "exact" ? create : await askAbout(rollback);
  if (choice === undefined) return;
  const target = client.protocol2CodeConverter.asUri(rollback.uri);
  if ((await exists(target)) && (await vscode.window.showWarningMessage(`${rollback.path} exists already`, { modal: true }, overwrite)) !== overwrite) return;
  if (choice === keep && rollback.withBackup !== null) await replaceText(migration, rollback.withBackup.migration);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(choice === keep && rollback.withBackup !== null ? rollback.withBackup.sql : rollback.sql));
  await vscode.window.showTextDocument(target);
}

async function askAbout({ grade, reasons, withBackup }: Rollback): Promise<string | undefined> {
  const title = grade === "structure" ? "Not all data comes back" : "The rollback fails on rows";
  const offer = withBackup === null ? "" : "\n\nThe migration can keep it in backup tables first, if it is not applied yet. The rollback is then exact.";
  return vscode.window.showWarningMessage(title, { modal: true, detail: `${reasons.join("\n")}${offer}` }, create, ...(withBackup === null ? [] : [keep]));
}

async function replaceText(uri: vscode.Uri, text: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length)), text);
  await vscode.workspace.applyEdit(edit);
  await document.save();
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(uri)).then(
    () => true,
    () => false,
  );
}
