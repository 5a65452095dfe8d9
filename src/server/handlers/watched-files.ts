// What is made, changed or deleted outside the open documents: in a terminal, by git, or in the editor's file tree.

import { DidChangeWatchedFilesNotification, type FileOperationRegistrationOptions } from "vscode-languageserver/node";
import { isSkippedFolder } from "../../workspace/ignored";
import type { FolderAnalysis } from "../folder-analysis";
import type { Session } from "../server";

const watched = [
  "**/*.sql",
  "**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx,vue,svelte,astro}",
  "**/wrangler*",
  "**/{plumbline.json,package.json,.gitignore,_journal.json,migration_lock.toml}",
];

const anything: FileOperationRegistrationOptions = { filters: [{ scheme: "file", pattern: { glob: "**/*" } }] };

/** Editors report a renamed or deleted folder here, and nowhere else. */
export const fileOperations = { didCreate: anything, didRename: anything, didDelete: anything };

export function forwardChanges(session: Session): void {
  const { connection } = session;
  connection.onDidChangeWatchedFiles(({ changes }) => forward(session, changes.map(({ uri }) => uri)));
  connection.workspace.onDidCreateFiles(({ files }) => forward(session, files.map(({ uri }) => uri)));
  connection.workspace.onDidDeleteFiles(({ files }) => forward(session, files.map(({ uri }) => uri)));
  connection.workspace.onDidRenameFiles(({ files }) => forward(session, files.flatMap(({ oldUri, newUri }) => [oldUri, newUri])));
}

/** Asks the editor to watch; possible only once it has been initialized. */
export async function registerWatchers({ connection, client }: Session): Promise<void> {
  if (!client.watchesFiles) return;
  await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: watched.map((globPattern) => ({ globPattern })) });
}

function forward({ folders }: Session, uris: readonly string[]): void {
  const changed = new Map<FolderAnalysis, string[]>();
  for (const uri of uris) {
    const place = folders.at(uri);
    if (place === undefined || place.path.split("/").some(isSkippedFolder)) continue;
    changed.set(place.analysis, [...(changed.get(place.analysis) ?? []), place.path]);
  }
  for (const [analysis, paths] of changed) analysis.filesChanged(paths);
}
