// "Show Schema": the tables as all migrations leave them, with the place that made each column.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { schemaDocument } from "../markdown";
import { hasFolder, sayNoDatabase } from "./needs";

export async function showSchema({ client, documents }: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const folders = await client.sendRequest<OwnRequests["schema"]["result"]>(requests.schema);
  if (folders.every(({ schema }) => schema.databases.length === 0)) return sayNoDatabase();
  await documents.show("Schema.md", schemaDocument(folders), vscode.ViewColumn.Active);
}
