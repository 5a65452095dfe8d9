// `plumbline/compare`: the local databases of each folder against what their migrations say.

import type { FolderComparison } from "../../protocol/lsp";
import type { Session } from "../server";

export async function compareFolders({ folders }: Session): Promise<readonly FolderComparison[]> {
  const found = await Promise.all(
    folders.all().map(async (analysis): Promise<readonly FolderComparison[]> => {
      await analysis.settled();
      await analysis.documents.allSettled();
      const comparison = await analysis.ask("compare", { file: undefined });
      return comparison === undefined ? [] : [{ folder: analysis.root.uri, folderName: analysis.root.name, comparison }];
    }),
  );
  return found.flat();
}
