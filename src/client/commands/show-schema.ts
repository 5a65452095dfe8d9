// "Show Schema": the tables and their foreign keys as a picture that follows the reviews; and "Show Schema as SQL": the
// tables as all migrations leave them, with the place that made each column, as a document.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { schemaDocument } from "../markdown";
import type { ViewNode } from "../view-node";
import { chooseFolder, hasFolder, sayNoDatabase } from "./needs";

/** `given` may be a table of the view. */
export async function showSchema({ schema, client }: Extension, given: unknown): Promise<void> {
  if (!(await hasFolder())) return;
  const { table } = (typeof given === "object" && given !== null ? given : {}) as Partial<ViewNode>;
  const named = table === undefined ? undefined : vscode.workspace.getWorkspaceFolder(client.protocol2CodeConverter.asUri(table.folder));
  const folder = named ?? (await chooseFolder("The schema of which folder?"));
  if (folder === undefined) return;
  schema.show(folder, table === undefined ? null : { database: table.database, table: table.name, at: Date.now() });
}

export async function showSchemaAsSql({ client, documents }: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const folders = await client.sendRequest<OwnRequests["schema"]["result"]>(requests.schema);
  if (folders.every(({ schema }) => schema.databases.length === 0)) return sayNoDatabase();
  await documents.show("Schema.md", schemaDocument(folders), vscode.ViewColumn.Active);
}
