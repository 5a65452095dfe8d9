// "Import Recorded Traffic": what a tail, a log or `wrangler d1 insights` printed into a file joins what is recorded of a
// folder.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { chooseFolder, hasFolder } from "./needs";

type Imported = OwnRequests["importTraffic"]["result"];
type Asked = OwnRequests["importTraffic"]["params"];

export async function importTraffic(extension: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const folder = await chooseFolder("Which folder's code sent the traffic?");
  if (folder === undefined) return;
  const [file] = (await vscode.window.showOpenDialog({ title: "Recorded traffic: `wrangler tail --format json`, Workers Logs or Traces, `wrangler d1 insights --json`", openLabel: "Import", defaultUri: folder.uri, filters: { "Recorded traffic": ["json", "ndjson", "jsonl", "log", "txt"], "All files": ["*"] } })) ?? [];
  if (file !== undefined) await addTraffic(extension, folder, { name: vscode.workspace.asRelativePath(file, false), source: { file: file.fsPath } });
}

/** Has the server read it, and says what came of it. */
export async function addTraffic({ client }: Extension, folder: vscode.WorkspaceFolder, { name, source }: Pick<Asked, "name" | "source">): Promise<void> {
  const asked: Asked = { folder: client.code2ProtocolConverter.asUri(folder.uri), name, source };
  const imported = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: `Importing ${name}` }, () => client.sendRequest<Imported>(requests.importTraffic, asked));
  const open = "Open Health Dashboard";
  const choice = await vscode.window.showInformationMessage(importedInWords(imported), open);
  if (choice === open) await vscode.commands.executeCommand("plumbline.openHealthDashboard");
}

function importedInWords({ name, form, events, skipped }: Imported): string {
  const what = form === "insights" ? `the sums of ${count(events, "query", "queries")}` : count(events, "event", "events");
  const left = skipped.map((one) => `${one.count.toLocaleString("en-US")} × ${one.reason}`).join(", ");
  return `Imported ${what} from ${name}${left === "" ? "" : `. Left out: ${left}`}`;
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
}
