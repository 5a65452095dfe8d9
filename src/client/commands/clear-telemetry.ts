// "Clear Recorded Telemetry": forgets what Plumbline has kept of recorded traffic. What wrangler recorded is wrangler's, and
// stays; it does not come back from there.

import * as vscode from "vscode";
import { type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { hasFolder } from "./needs";

export async function clearTelemetry({ client }: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const { calls, queries } = await client.sendRequest<OwnRequests["clearTraffic"]["result"]>(requests.clearTraffic);
  const number = (count: number, one: string, many: string): string => `${Math.round(count).toLocaleString("en-US")} ${count === 1 ? one : many}`;
  const cleared = calls === 0 ? "There was no recorded telemetry to clear" : `Cleared ${number(calls, "recorded call", "recorded calls")} of ${number(queries, "query", "queries")}`;
  void vscode.window.showInformationMessage(`${cleared}. The files of wrangler are as they were`);
}
