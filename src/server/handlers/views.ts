// What the views beside the code show: `plumbline/schemaMap`, `plumbline/queryList` and `plumbline/recommendations` of every
// folder, and `plumbline/schemaDiagram` and `plumbline/mermaid` of one.

import type { OfFolder, OwnRequests } from "../../protocol/lsp";
import type { SchemaDiagram } from "../../protocol/report";
import type { Requests } from "../../protocol/worker";
import { requestFailed } from "../answers";
import { reviewedFolder } from "../reviewed-folder";
import type { Session } from "../server";

export async function listed<Kind extends "schemaMap" | "queryList" | "recommendations">({ folders }: Session, kind: Kind): Promise<readonly OfFolder<Requests[Kind]["result"]>[]> {
  const found = await Promise.all(
    folders.all().map(async (analysis): Promise<readonly OfFolder<Requests[Kind]["result"]>[]> => {
      await analysis.settled();
      const answered = await analysis.ask(kind, null);
      return answered === undefined ? [] : [{ folder: analysis.root.uri, folderName: analysis.root.name, found: answered }];
    }),
  );
  return found.flat();
}

export async function diagramOf(session: Session, { folder }: OwnRequests["schemaDiagram"]["params"]): Promise<SchemaDiagram | null> {
  const analysis = await reviewedFolder(session, folder);
  return (await analysis.ask("schemaDiagram", null)) ?? null;
}

export async function mermaidOf(session: Session, { folder, database, tables }: OwnRequests["mermaid"]["params"]): Promise<string> {
  const analysis = await reviewedFolder(session, folder);
  const text = await analysis.ask("mermaid", { database, tables });
  if (text === undefined) throw requestFailed("The folder has no database any more");
  return text;
}
