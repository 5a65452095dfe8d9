// `plumbline/review`: every folder is reviewed again, with progress where the editor asks for it.

import type { OwnRequests, ServerStatus } from "../../protocol/lsp";
import { progressFor } from "../progress";
import type { Session } from "../server";

export async function reviewEverything({ connection, folders, status }: Session, params: OwnRequests["review"]["params"]): Promise<ServerStatus> {
  const progress = progressFor(connection.window.attachWorkDoneProgress(params.workDoneToken));
  try {
    await Promise.all(folders.all().map((analysis) => analysis.review(progress)));
  } finally {
    progress.end();
  }
  return status.current();
}
