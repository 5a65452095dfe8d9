// `plumbline/dryRun` and `plumbline/validate`: migrations run without being applied, with progress. An editor that cancels
// ends the work, and not only the wait for it.

import type { CancellationToken } from "vscode-languageserver/node";
import type { FolderDryRun, FolderVerdicts, OwnRequests } from "../../protocol/lsp";
import { requestFailed } from "../answers";
import type { FolderAnalysis } from "../folder-analysis";
import { progressFor } from "../progress";
import type { Session } from "../server";

export async function dryRun(session: Session, { uri, all, data, workDoneToken }: OwnRequests["dryRun"]["params"], token: CancellationToken): Promise<readonly FolderDryRun[]> {
  const place = uri === null ? undefined : session.folders.at(uri);
  if (uri !== null && place === undefined) throw requestFailed("This file lies in no folder that Plumbline reviews: open its project's folder");
  const files = place === undefined ? [] : [place.path];
  const folders = place === undefined ? session.folders.all() : [place.analysis];
  return inFolders(session, folders, { workDoneToken, token }, (analysis, progress) => analysis.runMigrations("dryRun", { files, all, data, rows: undefined }, progress));
}

export async function validateFolders(session: Session, { workDoneToken }: OwnRequests["validate"]["params"], token: CancellationToken): Promise<readonly FolderVerdicts[]> {
  return inFolders(session, session.folders.all(), { workDoneToken, token }, (analysis, progress) => analysis.runMigrations("validate", { files: undefined }, progress));
}

interface Asking {
  readonly workDoneToken: number | string | undefined;
  readonly token: CancellationToken;
}

type Run<T> = (analysis: FolderAnalysis, progress: ReturnType<typeof progressFor>) => Promise<T | undefined>;
type InFolder<T> = T & { readonly folder: string; readonly folderName: string };

async function inFolders<T>({ connection }: Session, folders: Iterable<FolderAnalysis>, { workDoneToken, token }: Asking, run: Run<T>): Promise<readonly InFolder<T>[]> {
  const progress = progressFor(connection.window.attachWorkDoneProgress(workDoneToken));
  const found: InFolder<T>[] = [];
  try {
    for (const analysis of folders) {
      if (token.isCancellationRequested) break;
      const listening = token.onCancellationRequested(() => void analysis.ask("stopDryRun", null).catch(() => undefined));
      try {
        const result = await run(analysis, progress);
        if (result !== undefined) found.push({ folder: analysis.root.uri, folderName: analysis.root.name, ...result });
      } finally {
        listening.dispose();
      }
    }
  } finally {
    progress.end();
  }
  return found;
}
