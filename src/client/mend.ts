// Applies a fix of the findings of a line, as the light bulb there would: the edit lies on the document's undo stack.

import * as vscode from "vscode";
import { clientCommands } from "../protocol/lsp";

/** What the light bulb offers beside the fixes of a finding. */
const mending: ReadonlySet<string> = new Set([clientCommands.writeMigration, clientCommands.createCacheHelper]);
/** Actions that are asked for whole. */
const mostActions = 50;

/** `line` counts from 1. Asks where there are several fixes, and says so where there is none. */
export async function mend(uri: vscode.Uri, { line, rules }: { readonly line: number; readonly rules: readonly string[] }): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const found = vscode.languages.getDiagnostics(uri).filter((one) => one.range.start.line === line - 1 && rules.includes(ruleOf(one)));
  const first = found[0];
  const { start } = first?.range ?? document.lineAt(Math.min(line, document.lineCount) - 1).range;
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(start, start) });
  const action = first === undefined ? undefined : await choose(await fixesOf(uri, found));
  if (action === "none" || first === undefined) return void vscode.window.showInformationMessage("Plumbline writes no fix for this: the message at the line says what to do");
  if (action === undefined) return;
  if (action.edit !== undefined && !(await vscode.workspace.applyEdit(action.edit))) throw new Error("The fix could not be applied: the text has changed since");
  if (action.command !== undefined) await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
}

async function fixesOf(uri: vscode.Uri, found: readonly vscode.Diagnostic[]): Promise<readonly vscode.CodeAction[]> {
  const range = found.reduce((all, one) => all.union(one.range), found[0]!.range);
  const actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>("vscode.executeCodeActionProvider", uri, range, vscode.CodeActionKind.QuickFix.value, mostActions);
  return actions.filter(({ edit, command, diagnostics }) => (diagnostics ?? []).some((one) => found.some((other) => ruleOf(one) === ruleOf(other))) && (edit !== undefined || mending.has(command?.command ?? "")));
}

async function choose(actions: readonly vscode.CodeAction[]): Promise<vscode.CodeAction | "none" | undefined> {
  if (actions.length < 2) return actions[0] ?? "none";
  return (await vscode.window.showQuickPick(actions.map((action) => ({ label: action.title, action })), { title: "Which fix?" }))?.action;
}

function ruleOf({ source, code }: vscode.Diagnostic): string {
  if (source !== "plumbline") return "";
  return String(typeof code === "object" ? code.value : code);
}
