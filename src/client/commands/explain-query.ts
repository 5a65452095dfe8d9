// "Explain Query": the plan of the selected SQL, or of the query at the cursor or under a lens, beside the code. What the
// whole project's indexes give to it takes longer, and is filled in when it is known.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type ExplainPlace, type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { planDocument } from "../plan-document";
import { hasFolder } from "./needs";

const name = "Plan.md";

export async function explainQuery(extension: Extension, given: unknown): Promise<void> {
  if (!(await hasFolder())) return;
  const { documents } = extension;
  const place = isPlace(given) ? given : placeOfCursor(extension);
  if (place === undefined) {
    void vscode.window.showInformationMessage("Open a file and put the cursor in a query, or select SQL");
    return;
  }
  const report = await ask(extension, place);
  if (report === null) {
    void vscode.window.showInformationMessage("No query was found at the cursor: put it in a query of this folder's database, or select SQL");
    return;
  }
  const hasMore = report.ok && report.plan.length > 0;
  const first = planDocument(report, hasMore ? "working" : "known");
  await documents.preview(name, first, vscode.ViewColumn.Beside);
  if (!hasMore) return;
  const whole = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: "Choosing indexes for the project" }, () => askWhole(extension, place, report));
  documents.replace(name, first, planDocument(whole));
}

/** The report without its last part where that could not be made: the code is being changed. */
async function askWhole(extension: Extension, place: ExplainPlace, report: NonNullable<OwnRequests["explain"]["result"]>): Promise<typeof report> {
  try {
    return (await ask(extension, { ...place, set: true })) ?? report;
  } catch (error) {
    extension.output.info(`plumbline.explainQuery: ${error instanceof Error ? error.message : String(error)}`);
    return report;
  }
}

function ask({ client }: Extension, params: OwnRequests["explain"]["params"]): Promise<OwnRequests["explain"]["result"]> {
  return client.sendRequest<OwnRequests["explain"]["result"]>(requests.explain, params);
}

function placeOfCursor({ client }: Extension): ExplainPlace | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const { document, selection } = editor;
  return { uri: client.code2ProtocolConverter.asUri(document.uri), range: client.code2ProtocolConverter.asRange(selection) };
}

/** A place of a file, which need not be open: the server explains what the editor has opened. */
export async function placeIn(uri: vscode.Uri, position: vscode.Position, client: LanguageClient): Promise<ExplainPlace> {
  await vscode.workspace.openTextDocument(uri);
  return { uri: client.code2ProtocolConverter.asUri(uri), range: { start: position, end: position } };
}

/** A menu gives the file's uri instead. */
function isPlace(given: unknown): given is ExplainPlace {
  const place = given as Partial<Record<keyof ExplainPlace, unknown>> | null | undefined;
  return typeof place?.uri === "string" && typeof place.range === "object";
}
