// Writes a migration that a report recommends, with its rollback file, and offers to take both away again: new files are on
// no undo stack.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { ProposedMigration } from "../protocol/lsp";
import { writeMigrationFiles } from "./new-migration";

export async function writeRecommended(client: LanguageClient, { sql, rollback, ...wanted }: ProposedMigration): Promise<void> {
  const files = await writeMigrationFiles(client, wanted, sql, rollback);
  const texts = await Promise.all(files.map(textOf));
  const [migration] = files;
  await vscode.window.showTextDocument(migration);
  // The press has been answered; the question stays as long as the user wants it.
  void offerUndo(files, texts);
}

async function offerUndo(files: readonly [vscode.Uri, ...vscode.Uri[]], texts: readonly string[]): Promise<void> {
  const undo = "Undo";
  const name = vscode.workspace.asRelativePath(files[0]);
  const choice = await vscode.window.showInformationMessage(`${name} is written${files.length > 1 ? ", with its rollback" : ""}. Nothing is applied to a database yet.`, undo);
  if (choice !== undo) return;
  const now = await Promise.all(files.map((file) => textOf(file).catch(() => undefined)));
  if (now.some((text, at) => text !== texts[at])) return void vscode.window.showWarningMessage(`${name} was changed since, and is kept`);
  // As in the file tree: a file that is deleted beside VS Code stays open in it for minutes, and in the review with it.
  const deletions = new vscode.WorkspaceEdit();
  for (const file of files) deletions.deleteFile(file);
  if (!(await vscode.workspace.applyEdit(deletions))) throw new Error(`${name} could not be deleted`);
}

async function textOf(file: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
}
