// `plumbline/changeableTables` and `plumbline/changeTable`: what there is to change of a database's tables, and the
// migration for one change. Nothing is written here.

import type { OwnRequests } from "../../protocol/lsp";
import { requestFailed } from "../answers";
import type { FolderAnalysis } from "../folder-analysis";
import { proposedMigrations } from "../proposed-migrations";
import type { Session } from "../server";

type Tables = OwnRequests["changeableTables"];
type Change = OwnRequests["changeTable"];

export async function listChangeableTables(session: Session, { folder, database }: Tables["params"]): Promise<Tables["result"]> {
  const analysis = await settledFolder(session, folder);
  return (await analysis.ask("changeableTables", { database })) ?? [];
}

export async function changeTable(session: Session, { folder, database, table, change }: Change["params"]): Promise<Change["result"]> {
  const analysis = await settledFolder(session, folder);
  const written = await analysis.ask("changeTable", { database, table, change });
  if (written === undefined) throw requestFailed("The folder has no database whose tables could be changed");
  if (!written.ok) return written;
  const { migration, way, carried, refuses, rollback } = written;
  return { ok: true, migration: proposedMigrations(analysis, [migration])[0]!, way, carried, refuses: refuses ?? null, rollback: rollback ?? null };
}

async function settledFolder({ folders }: Session, folder: string): Promise<FolderAnalysis> {
  const analysis = folders.get(folder);
  if (analysis === undefined) throw requestFailed("The folder is no longer open");
  await analysis.settled();
  return analysis;
}
