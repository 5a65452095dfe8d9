// `plumbline/migrations`: which migrations the local databases of each folder have.

import type { FolderMigrations } from "../../protocol/lsp";
import type { Session } from "../server";

export async function migrationsOfFolders({ folders }: Session): Promise<readonly FolderMigrations[]> {
  const found = await Promise.all(
    folders.all().map(async (analysis): Promise<readonly FolderMigrations[]> => {
      await analysis.settled();
      const status = await analysis.ask("status", null);
      return status === undefined ? [] : [{ folder: analysis.root.uri, folderName: analysis.root.name, status }];
    }),
  );
  return found.flat();
}
