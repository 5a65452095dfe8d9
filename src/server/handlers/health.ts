// `plumbline/health` and `plumbline/prove`: how a folder stands with what is known of its migrations, and the work that gets
// to know the rest. An editor that cancels the proof ends the work, and loses nothing that is proved.

import type { CancellationToken } from "vscode-languageserver/node";
import type { OwnRequests } from "../../protocol/lsp";
import { progressFor } from "../progress";
import { reviewedFolder } from "../reviewed-folder";
import type { Session } from "../server";

export async function folderHealth(session: Session, { folder }: OwnRequests["health"]["params"]): Promise<OwnRequests["health"]["result"]> {
  const analysis = await reviewedFolder(session, folder);
  return (await analysis.ask("health", { recorded: [], traces: true, proofs: "known" })) ?? null;
}

export async function proveMigrations(session: Session, { folder, workDoneToken }: OwnRequests["prove"]["params"], token: CancellationToken): Promise<null> {
  const analysis = await reviewedFolder(session, folder);
  const progress = progressFor(session.connection.window.attachWorkDoneProgress(workDoneToken));
  const listening = token.onCancellationRequested(() => void analysis.ask("stopProofs", null).catch(() => undefined));
  try {
    await analysis.prove(progress);
    return null;
  } finally {
    listening.dispose();
    progress.end();
  }
}
