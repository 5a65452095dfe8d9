// `plumbline/importTraffic` and `plumbline/clearTraffic`: what is recorded elsewhere joins what is kept of a folder, or all
// that is kept of every folder is forgotten.

import type { OwnRequests } from "../../protocol/lsp";
import { requestFailed } from "../answers";
import { reviewedFolder } from "../reviewed-folder";
import type { Session } from "../server";

export async function importTraffic(session: Session, { folder, name, source }: OwnRequests["importTraffic"]["params"]): Promise<OwnRequests["importTraffic"]["result"]> {
  const analysis = await reviewedFolder(session, folder);
  const imported = await analysis.ask("importTraffic", { name, source });
  if (imported === undefined) throw requestFailed("This folder has nothing to review, so there is no query that recorded traffic could be about");
  analysis.trafficChanged();
  return imported;
}

export async function clearTraffic({ folders }: Session): Promise<OwnRequests["clearTraffic"]["result"]> {
  const cleared = { calls: 0, queries: 0 };
  for (const analysis of folders.all()) {
    const one = await analysis.ask("clearTraffic", null);
    if (one === undefined) continue;
    cleared.calls += one.calls;
    cleared.queries += one.queries;
    analysis.trafficChanged();
  }
  return cleared;
}
