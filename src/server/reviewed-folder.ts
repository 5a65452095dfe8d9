// The folder that a request names, once it has read what was typed last.

import { requestFailed } from "./answers";
import type { FolderAnalysis } from "./folder-analysis";
import type { Session } from "./server";

/** By its uri; fails, with what to do, where it is not reviewed. */
export async function reviewedFolder({ folders }: Session, folder: string): Promise<FolderAnalysis> {
  const analysis = folders.get(folder);
  if (analysis === undefined) throw requestFailed("The folder is not reviewed: it is no longer open, or Plumbline is switched off by the setting `plumbline.enable`");
  await analysis.settled();
  await analysis.documents.allSettled();
  return analysis;
}
