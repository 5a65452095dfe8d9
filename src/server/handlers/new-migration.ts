// `plumbline/newMigration`: where the next migration goes. The number is true at the moment of asking.

import type { OwnRequests } from "../../protocol/lsp";
import { requestFailed } from "../answers";
import { uriOfPath } from "../places";
import type { Session } from "../server";

type Asked = OwnRequests["newMigration"];

export async function nextMigration({ folders }: Session, { folder, ...wanted }: Asked["params"]): Promise<Asked["result"]> {
  const analysis = folders.get(folder);
  if (analysis === undefined) throw requestFailed("The folder is no longer open");
  await analysis.settled();
  const next = await analysis.ask("newMigration", wanted);
  if (next === undefined) throw requestFailed("The folder has no database to make a migration for");
  return { uri: uriOfPath(analysis.root.path, next.path), ...next };
}
