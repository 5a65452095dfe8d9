// `plumbline/report`: the whole review of one folder; null where the folder has nothing to review.

import type { OwnRequests } from "../../protocol/lsp";
import type { ReviewReport } from "../../protocol/report";
import { requestFailed } from "../answers";
import type { Session } from "../server";

export async function folderReport({ folders }: Session, { folder }: OwnRequests["report"]["params"]): Promise<ReviewReport | null> {
  const analysis = folders.get(folder);
  if (analysis === undefined) throw requestFailed("The folder is not reviewed: it is no longer open, or Plumbline is switched off by the setting `plumbline.enable`");
  await analysis.settled();
  await analysis.documents.allSettled();
  return (await analysis.ask("report", { rules: [] })) ?? null;
}
