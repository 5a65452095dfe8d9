// Writes new migrations: the server gives the name at the moment of writing, and the file is whole on disk before
// anything shows it. One is written after the other, so that no two get the same number.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type OwnRequests, requests } from "../protocol/lsp";

type NewMigration = OwnRequests["newMigration"];

/** Another tool may take the same number at the same moment; more often than that something else is wrong. */
const mostAttempts = 5;
const created = 1;

let last: Promise<unknown> = Promise.resolve();

/** Writes the migration, with its rollback file where there is one, and opens it; `body` stands after the header that the folder's files have. */
export async function writeNewMigration(client: LanguageClient, wanted: NewMigration["params"], body: string, rollback?: string): Promise<vscode.TextEditor> {
  const [migration] = await writeMigrationFiles(client, wanted, body, rollback);
  return vscode.window.showTextDocument(migration);
}

/** The migration, and its rollback file where there is one. */
export function writeMigrationFiles(client: LanguageClient, wanted: NewMigration["params"], body: string, rollback?: string): Promise<readonly [vscode.Uri, ...vscode.Uri[]]> {
  const written = last.then(() => write(client, wanted, body, rollback));
  last = written.catch(() => undefined);
  return written;
}

async function write(client: LanguageClient, wanted: NewMigration["params"], body: string, rollback: string | undefined): Promise<readonly [vscode.Uri, ...vscode.Uri[]]> {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const { uri, header, rollbackPath } = await client.sendRequest<NewMigration["result"]>(requests.newMigration, wanted);
    const target = client.protocol2CodeConverter.asUri(uri);
    const isTaken = await exists(target);
    if (!isTaken) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(header + body));
    const beside = rollback === undefined ? [] : [vscode.Uri.joinPath(client.protocol2CodeConverter.asUri(wanted.folder), rollbackPath)];
    if (!isTaken) for (const file of beside) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(rollback));
    // The file watcher would say so later, and until then the number would count as free.
    await client.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri, type: created }] });
    if (!isTaken) return [target, ...beside];
  }
  throw new Error("No free number was found for the migration");
}

/** Writes the rollback file of a migration that was just written. */
export async function writeRollback(client: LanguageClient, migration: vscode.Uri): Promise<void> {
  const { uri, sql } = await client.sendRequest<OwnRequests["rollback"]["result"]>(requests.rollback, { uri: client.code2ProtocolConverter.asUri(migration) });
  await vscode.workspace.fs.writeFile(client.protocol2CodeConverter.asUri(uri), new TextEncoder().encode(sql));
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
