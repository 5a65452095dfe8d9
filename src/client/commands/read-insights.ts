// "Read D1 Insights": has the user's own wrangler ask Cloudflare which queries a database ran in production, once the user
// has agreed to it by the database's name.

import * as vscode from "vscode";
import type { Extension } from "../extension";
import { insightsCommand, runWrangler } from "../wrangler";
import { addTraffic } from "./import-traffic";
import { chooseDatabase } from "./needs";

const read = "Read Insights";

export async function readInsights(extension: Extension): Promise<void> {
  if (!vscode.workspace.isTrusted) throw new Error("Read D1 Insights runs the wrangler of this workspace: trust the workspace first");
  const database = await chooseDatabase(extension);
  if (database === undefined) return;
  const { binding, declaredIn } = database;
  if (declaredIn === null) throw new Error(`No wrangler file here declares the database ${binding}, so wrangler does not know which one is meant`);
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(database.folder));
  if (folder === undefined) return;
  const command = insightsCommand(binding);
  const config = vscode.Uri.joinPath(folder.uri, declaredIn);
  const name = database.name === null ? binding : `${database.name} (${binding})`;
  const detail = `This runs \`wrangler ${command.join(" ")}\` beside ${declaredIn}. It asks Cloudflare, with wrangler's own login, about the queries of the last day of the remote database ${name}. It reads nothing else and changes nothing.`;
  const choice = await vscode.window.showWarningMessage(`Ask Cloudflare about the remote database ${name}?`, { modal: true, detail }, read);
  if (choice !== read) return;
  const text = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `Reading D1 insights of ${name}`, cancellable: true }, (_, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    return runWrangler(command, { cwd: vscode.Uri.joinPath(config, "..").fsPath, root: folder.uri.fsPath, signal: stop.signal });
  });
  if (text !== undefined) await addTraffic(extension, folder, { name: `D1 insights of ${name}`, source: { text } });
}
