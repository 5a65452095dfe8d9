// "Create Cache Helper" and "Create Telemetry Helper": write one file into the project, open it, and, where the cache needs
// a KV namespace that the wrangler file does not declare, offer to add it.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { chooseFolder, hasFolder } from "./needs";

type Proposed = OwnRequests["helperFile"]["result"];

const next = {
  cache: "Wrap a costly read with it by the light bulb of `cacheable-read`, and purge after writes by that of `cache-without-purge`.",
  telemetry: "Wrap the binding once for each request, as its first lines show.",
} as const;

/** `given` may be the uri of a folder. */
export async function createHelper(extension: Extension, kind: "cache" | "telemetry", given: unknown): Promise<void> {
  if (!(await hasFolder())) return;
  const { client } = extension;
  const folder = typeof given === "string" ? given : await chooseUri(extension);
  if (folder === undefined) return;
  const proposed = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: "Reading the code" }, () => client.sendRequest<Proposed>(requests.helperFile, { folder, kind }));
  const target = client.protocol2CodeConverter.asUri(proposed.uri);
  if (!proposed.exists) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(proposed.text));
  await vscode.window.showTextDocument(target);
  // The command has ended; the questions stay as long as the user wants them.
  void followUp(extension, proposed, kind);
}

async function chooseUri({ client }: Extension): Promise<string | undefined> {
  const folder = await chooseFolder("The helper is for which folder?");
  return folder && client.code2ProtocolConverter.asUri(folder.uri);
}

async function followUp({ client }: Extension, { path, exists, namespace }: Proposed, kind: "cache" | "telemetry"): Promise<void> {
  const done = exists ? `${path} is there already` : `${path} is written`;
  if (namespace === null) return void vscode.window.showInformationMessage(`${done}. ${next[kind]}`);
  const { binding, file } = namespace;
  if (file === null) return void vscode.window.showInformationMessage(`${done}. It needs a KV namespace with the binding ${binding}: declare it where the Worker's bindings are.`);
  const add = "Add the Namespace";
  const choice = await vscode.window.showInformationMessage(`${done}. It needs a KV namespace with the binding ${binding}, which ${file.path} does not declare.`, add);
  if (choice !== add) return;
  const uri = client.protocol2CodeConverter.asUri(file.uri);
  const change = new vscode.WorkspaceEdit();
  change.set(uri, await client.protocol2CodeConverter.asTextEdits([...file.edits]));
  const document = await vscode.workspace.openTextDocument(uri);
  if (!(await vscode.workspace.applyEdit(change)) || !(await document.save())) throw new Error(`${file.path} could not be changed`);
  await vscode.window.showTextDocument(document);
}
