// The schema's picture in a panel: what is asked of the server for it, and where its pictures go.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../protocol/lsp";
import type { SchemaDiagram } from "../protocol/report";
import type { FolderView } from "./folder-panel";

export const schemaView: FolderView<SchemaDiagram> = {
  viewType: "plumbline.schema",
  title: "Schema",
  styles: ["pages.css", "schema.css"],
  refresh: async ({ client, folder, show }) => show(await client.sendRequest<SchemaDiagram | null>(requests.schemaDiagram, { folder })),
  page: (page, wanted) => ({ view: "schema", page: { ...page, wanted } }),
  async answer(request, { client, folder, folderUri }) {
    if (request.kind === "showSchemaText") await vscode.commands.executeCommand("plumbline.showSchemaAsSql");
    if (request.kind === "saveSvg") await save(folder, request.name, request.svg);
    if (request.kind !== "copyMermaid") return;
    const { database, tables } = request;
    const text = await client.sendRequest<OwnRequests["mermaid"]["result"]>(requests.mermaid, { folder: folderUri, database, tables });
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage("The diagram is in the clipboard, as Mermaid", 4_000);
  },
};

/** The user says where, under a name that every file system takes. */
async function save(folder: vscode.WorkspaceFolder, name: string, svg: string): Promise<void> {
  const fileName = `schema-${name.replaceAll(/[^\p{L}\p{N}_-]+/gu, "_")}.svg`;
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(folder.uri, fileName), filters: { SVG: ["svg"] } });
  if (target === undefined) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(svg));
  vscode.window.setStatusBarMessage(`The diagram is in ${vscode.workspace.asRelativePath(target)}`, 4_000);
}
