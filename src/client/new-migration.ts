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
  const written = last.then(() => write(client, wanted, body, rollback));
  last = written.catch(() => undefined);
  return vscode.window.showTextDocument(await written);
}

async function write(client: LanguageClient, wanted: NewMigration["params"], body: string, rollback: string | undefined): Promise<vscode.Uri> {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const { uri, header, rollbackPath } = await client.sendRequest<NewMigration["result"]>(requests.newMigration, wanted);
    const target = client.protocol2CodeConverter.asUri(uri);
    const isTaken = await exists(target);
    if (!isTaken) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(header + body));
    if (!isTaken && rollback !== undefined) {
      const beside = vscode.Uri.joinPath(client.protocol2CodeConverter.asUri(wanted.folder), rollbackPath);
      await vscode.workspace.fs.writeFile(beside, new TextEncoder().encode(rollback));
    }
    // The file watcher would say so later, and until then the number would count as free.
    await client.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri, type: created }] });
    if (!isTaken) return target;
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
