// `plumbline/cacheMap`: what the code of one folder caches, could cache and ends again; null where the folder has nothing to
// review.

import type { OwnRequests } from "../../protocol/lsp";
import type { CacheReport } from "../../protocol/report";
import { reviewedFolder } from "../reviewed-folder";
import type { Session } from "../server";

export async function folderCaches(session: Session, { folder }: OwnRequests["cacheMap"]["params"]): Promise<CacheReport | null> {
  const analysis = await reviewedFolder(session, folder);
  return (await analysis.ask("cache", null))?.report ?? null;
}
