// `plumbline/dryRun`: migrations run without being applied, with progress. An editor that cancels ends the work, and not
// only the wait for it.

import type { CancellationToken } from "vscode-languageserver/node";
import type { FolderDryRun, OwnRequests } from "../../protocol/lsp";
import { requestFailed } from "../answers";
import type { FolderAnalysis } from "../folder-analysis";
import { progressFor } from "../progress";
import type { Session } from "../server";

type Asked = OwnRequests["dryRun"]["params"];

export async function dryRun({ connection, folders }: Session, { uri, all, data, workDoneToken }: Asked, token: CancellationToken): Promise<readonly FolderDryRun[]> {
  const place = uri === null ? undefined : folders.at(uri);
  if (uri !== null && place === undefined) throw requestFailed("This file lies in no folder that Plumbline reviews: open its project's folder");
  const progress = progressFor(connection.window.attachWorkDoneProgress(workDoneToken));
  const found: FolderDryRun[] = [];
  try {
    for (const analysis of place === undefined ? folders.all() : [place.analysis]) {
      if (token.isCancellationRequested) break;
      const listening = token.onCancellationRequested(() => void analysis.ask("stopDryRun", null).catch(() => undefined));
      try {
        found.push(...(await runIn(analysis, { files: place === undefined ? [] : [place.path], all, data, rows: undefined, linkTo: analysis.root.uri }, progress)));
      } finally {
        listening.dispose();
      }
    }
  } finally {
    progress.end();
  }
  return found;
}

async function runIn(analysis: FolderAnalysis, ...asked: Parameters<FolderAnalysis["dryRun"]>): Promise<readonly FolderDryRun[]> {
  const result = await analysis.dryRun(...asked);
  return result === undefined ? [] : [{ folder: analysis.root.uri, folderName: analysis.root.name, ...result }];
}
