// Applies a fix of the findings of a line, as the light bulb there would: the edit lies on the document's undo stack.

import * as vscode from "vscode";
import { CodeActionKind, CodeActionRequest, CodeActionResolveRequest, CodeActionTriggerKind, type CodeAction, type LanguageClient } from "vscode-languageclient/node";
import { clientCommands } from "../protocol/lsp";

/** What the light bulb offers beside the fixes of a finding. */
const mending: ReadonlySet<string> = new Set([clientCommands.writeMigration, clientCommands.createCacheHelper]);

/** `line` counts from 1. Asks where there are several fixes, and says so where there is none. */
export async function mend(client: LanguageClient, uri: vscode.Uri, { line, rules }: { readonly line: number; readonly rules: readonly string[] }): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const found = vscode.languages.getDiagnostics(uri).filter((one) => one.range.start.line === line - 1 && rules.includes(ruleOf(one)));
  const { start } = found[0]?.range ?? document.lineAt(Math.min(line, document.lineCount) - 1).range;
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(start, start) });
  const actions = found.length === 0 ? [] : await fixesOf(client, uri, found);
  if (actions.length === 0) return void vscode.window.showInformationMessage("Plumbline writes no fix for this: the message at the line says what to do");
  const action = await choose(actions);
  if (action === undefined) return;
  const { edit, command } = await client.sendRequest(CodeActionResolveRequest.type, action);
  if (edit !== undefined && !(await vscode.workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(edit)))) throw new Error("The fix could not be applied: the text has changed since");
  if (command !== undefined) await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
}

/** Those of these findings alone. The server is asked itself: VS Code does not tell an extension which finding an action is for. */
async function fixesOf(client: LanguageClient, uri: vscode.Uri, found: readonly vscode.Diagnostic[]): Promise<readonly CodeAction[]> {
  const { asUri, asRange, asDiagnostics } = client.code2ProtocolConverter;
  const range = found.reduce((all, one) => all.union(one.range), found[0]!.range);
  const context = { diagnostics: await asDiagnostics([...found]), only: [CodeActionKind.QuickFix], triggerKind: CodeActionTriggerKind.Invoked };
  const actions = await client.sendRequest(CodeActionRequest.type, { textDocument: { uri: asUri(uri) }, range: asRange(range), context });
  const rules = new Set(found.map(ruleOf));
  return (actions ?? []).filter((action): action is CodeAction => {
    if (!("kind" in action) || action.diagnostics?.some(({ code }) => rules.has(String(code))) !== true) return false;
    const { command } = action.command ?? (action.data as Pick<CodeAction, "command"> | undefined)?.command ?? {};
    return action.edit !== undefined || (command !== undefined && mending.has(command));
  });
}

async function choose(actions: readonly CodeAction[]): Promise<CodeAction | undefined> {
  if (actions.length < 2) return actions[0];
  return (await vscode.window.showQuickPick(actions.map((action) => ({ label: action.title, action })), { title: "Which fix?" }))?.action;
}

function ruleOf({ source, code }: vscode.Diagnostic): string {
  if (source !== "plumbline") return "";
  return String(typeof code === "object" ? code.value : code);
}
