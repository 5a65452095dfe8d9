// `plumbline/profile`: every query of every folder measured on made-up rows, with progress. An editor that cancels ends
// the work, and not only the wait for it.

import type { CancellationToken } from "vscode-languageserver/node";
import type { FolderProfile, OwnRequests } from "../../protocol/lsp";
import { progressFor } from "../progress";
import type { Session } from "../server";

export async function profileFolders({ connection, folders }: Session, params: OwnRequests["profile"]["params"], token: CancellationToken): Promise<readonly FolderProfile[]> {
  const progress = progressFor(connection.window.attachWorkDoneProgress(params.workDoneToken));
  const found: FolderProfile[] = [];
  try {
    for (const analysis of folders.all()) {
      if (token.isCancellationRequested) break;
      const listening = token.onCancellationRequested(() => void analysis.ask("stopProfile", null).catch(() => undefined));
      try {
        const profile = await analysis.profile(progress);
        if (profile !== undefined) found.push({ folder: analysis.root.uri, folderName: analysis.root.name, profile });
      } finally {
        listening.dispose();
      }
    }
  } finally {
    progress.end();
  }
  return found;
}
