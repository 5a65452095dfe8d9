// `plumbline/report`: the whole review of one folder; null where the folder has nothing to review.

import type { OwnRequests } from "../../protocol/lsp";
import type { ReviewReport } from "../../protocol/report";
import { reviewedFolder } from "../reviewed-folder";
import type { Session } from "../server";

export async function folderReport(session: Session, { folder }: OwnRequests["report"]["params"]): Promise<ReviewReport | null> {
  const analysis = await reviewedFolder(session, folder);
  return (await analysis.ask("report", { rules: [] })) ?? null;
}
