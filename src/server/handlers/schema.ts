// `plumbline/schema`: the schema of every folder that has one.

import type { FolderSchema } from "../../protocol/lsp";
import type { Session } from "../server";

export async function schemas({ folders }: Session): Promise<readonly FolderSchema[]> {
  const found: FolderSchema[] = [];
  for (const analysis of folders.all()) {
    await analysis.settled();
    const schema = await analysis.ask("schema", null);
    if (schema) found.push({ folder: analysis.root.uri, folderName: analysis.root.name, schema });
  }
  return found;
}
