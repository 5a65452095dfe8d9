// `plumbline/indexes`: the indexes that all the code of one folder asks for, as a document and as migrations. An editor
// that cancels ends the work, and not only the wait for it.

import type { CancellationToken } from "vscode-languageserver/node";
import type { FolderIndexes, OwnRequests } from "../../protocol/lsp";
import { contentModified, isCancelled, requestFailed } from "../answers";
import { progressFor } from "../progress";
import { proposedMigrations } from "../proposed-migrations";
import type { Session } from "../server";

/** A schema that is being typed ends the work each time. */
const mostAttempts = 3;

export async function folderIndexes({ connection, folders }: Session, { folder, workDoneToken }: OwnRequests["indexes"]["params"], token: CancellationToken): Promise<FolderIndexes | null> {
  const analysis = folders.get(folder);
  if (analysis === undefined) throw requestFailed("The folder is not reviewed: it is no longer open, or Plumbline is switched off by the setting `plumbline.enable`");
  const progress = progressFor(connection.window.attachWorkDoneProgress(workDoneToken));
  const ended = analysis.follow(progress);
  const listening = token.onCancellationRequested(() => void analysis.ask("stopIndexes", null).catch(() => undefined));
  try {
    for (let attempt = 0; attempt < mostAttempts && !token.isCancellationRequested; attempt++) {
      await analysis.settled();
      await analysis.documents.allSettled();
      const found = await analysis.ask("indexes", { recorded: undefined }).catch((error: unknown) => {
        if (isCancelled(error)) return "cancelled" as const;
        throw error;
      });
      if (found === "cancelled") continue;
      return found ? { folderName: analysis.root.name, markdown: found.markdown, recommended: found.report.recommended.length, databases: new Set(found.report.tables.map(({ database }) => database)).size, migrations: proposedMigrations(analysis, found.migrations) } : null;
    }
    throw contentModified();
  } finally {
    listening.dispose();
    ended();
    progress.end();
  }
}
