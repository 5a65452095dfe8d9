// What the tests in the extension host share: documents of the opened folder, diagnostics, edits and code actions.
// Every wait ends with an event and names what it waited for when its time is up.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { PlumblineApi } from "../../../src/client/extension";

const limit = 20_000;

/** The uri of a file in the opened folder. */
export function uriOf(file: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert(folder, "the test host opened no folder");
  return vscode.Uri.joinPath(folder.uri, file);
}

/** Opens a file of the folder in an editor. */
export async function openDocument(file: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uriOf(file));
  await vscode.window.showTextDocument(document);
  return document;
}

/** The document of the editor that has the focus. */
export function shownDocument(): vscode.TextDocument {
  const editor = vscode.window.activeTextEditor;
  assert(editor, "no editor is shown");
  return editor.document;
}

/** Waits until one of the extension's own documents, which stands rendered in an editor, has a text, and returns it. */
export async function virtualText(name: string, part: RegExp): Promise<string> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: "plumbline", path: `/${name}` }));
  return until(vscode.workspace.onDidChangeTextDocument, () => (part.test(document.getText()) ? document.getText() : undefined), `${part} in ${name}`);
}

const made: vscode.Uri[] = [];

/** Notes a file that a test made, so that `restore` deletes it. */
export function discardLater(uri: vscode.Uri): void {
  made.push(uri);
}

/** After a test: nothing typed remains, no editor is open, and the files that it made are gone. */
export async function restore(): Promise<void> {
  for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("workbench.action.files.revert");
  }
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  if (made.length === 0) return;
  // As in the file tree: who deletes a file beside VS Code leaves its text open for some minutes.
  const deletions = new vscode.WorkspaceEdit();
  for (const uri of made.splice(0)) deletions.deleteFile(uri, { ignoreIfNotExists: true });
  assert(await vscode.workspace.applyEdit(deletions), "the files that the test made were not deleted");
}

/** Waits until an event (or the present) fulfils the condition; `what` ends the sentence "waited for ...". */
export function until<T, E>(event: vscode.Event<E>, condition: () => T | undefined, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      try {
        const value = condition();
        if (value !== undefined) finish(() => resolve(value));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const subscription = event(look);
    const timer = setTimeout(() => finish(() => reject(new Error(`waited ${limit / 1000} s for ${what}`))), limit);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      subscription.dispose();
      settle();
    };
    look();
  });
}

/** Waits until our diagnostics of a file fulfil the condition, and returns them. */
export async function diagnosticsWhere(
  uri: vscode.Uri,
  condition: (diagnostics: readonly vscode.Diagnostic[]) => boolean,
  what: string,
): Promise<readonly vscode.Diagnostic[]> {
  let last: readonly vscode.Diagnostic[] = [];
  const found = (): readonly vscode.Diagnostic[] | undefined => {
    last = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "plumbline");
    return condition(last) ? last : undefined;
  };
  try {
    return await until(vscode.languages.onDidChangeDiagnostics, found, what);
  } catch (error) {
    const shown = last.map((diagnostic) => `  ${codeOf(diagnostic)}: ${diagnostic.message}`).join("\n") || "  none";
    throw new Error(`${error instanceof Error ? error.message : String(error)}; diagnostics of ${uri.path}:\n${shown}`);
  }
}

/** Waits for the first diagnostic of a rule in a file. */
export async function diagnosticOf(uri: vscode.Uri, rule: string): Promise<vscode.Diagnostic> {
  const ofRule = (diagnostics: readonly vscode.Diagnostic[]): vscode.Diagnostic | undefined =>
    diagnostics.find((diagnostic) => codeOf(diagnostic) === rule);
  const found = ofRule(await diagnosticsWhere(uri, (diagnostics) => ofRule(diagnostics) !== undefined, `\`${rule}\``));
  assert(found);
  return found;
}

/** The rule of a diagnostic, with or without a link to its document. */
export function codeOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === "object" ? code.value : code);
}

/** The code actions that the light bulb offers on a range, resolved. */
export async function codeActionsAt(document: vscode.TextDocument, range: vscode.Range): Promise<readonly vscode.CodeAction[]> {
  const resolveAtMost = 100;
  return vscode.commands.executeCommand("vscode.executeCodeActionProvider", document.uri, range, undefined, resolveAtMost);
}

/** Takes the one code action whose title matches, as a click in the light bulb's menu does: its edit, then its command. */
export async function runCodeAction(document: vscode.TextDocument, range: vscode.Range, title: RegExp): Promise<void> {
  const actions = await codeActionsAt(document, range);
  const matching = actions.filter((action) => title.test(action.title));
  assert.equal(matching.length, 1, `of ${JSON.stringify(actions.map((action) => action.title))} one should match ${title}`);
  const [action] = matching;
  assert(action);
  if (action.edit) assert(await vscode.workspace.applyEdit(action.edit), `the edit of "${action.title}" was not applied`);
  if (action.command) await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
}

/** The text under a finding. */
export function textUnder(document: vscode.TextDocument, { range }: vscode.Diagnostic): string {
  return document.getText(range);
}

/** Replaces the one place where `from` stands in the document, as typing over a selection does. */
export async function replaceText(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const start = document.getText().indexOf(from);
  assert(start >= 0, `\`${from}\` does not stand in ${document.uri.path}`);
  assert.equal(document.getText().indexOf(from, start + 1), -1, `\`${from}\` stands twice in ${document.uri.path}`);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(start + from.length)), to);
  assert(await vscode.workspace.applyEdit(edit), "the edit was not applied");
}

/** Puts the cursor behind the one place where `text` stands, and types. */
export async function typeAfter(document: vscode.TextDocument, text: string, typed: string): Promise<void> {
  const start = document.getText().indexOf(text);
  assert(start >= 0, `\`${text}\` does not stand in ${document.uri.path}`);
  const cursor = document.positionAt(start + text.length);
  const editor = await vscode.window.showTextDocument(document);
  editor.selection = new vscode.Selection(cursor, cursor);
  for (const key of typed) await vscode.commands.executeCommand("type", { text: key });
}

/** Answers the next input box with a text, or dismisses it; returns what the box asked. */
export function answerInputBox(answer: string | undefined): Promise<vscode.InputBoxOptions> {
  return new Promise((resolve) => {
    const usual = vscode.window.showInputBox;
    const once = async (options: vscode.InputBoxOptions = {}): Promise<string | undefined> => {
      replaceInputBox(usual);
      resolve(options);
      return answer;
    };
    replaceInputBox(once);
  });
}

/** Answers the next lists with the items of these labels, one after the other; returns the last item. */
export function answerQuickPicks(...labels: readonly string[]): Promise<vscode.QuickPickItem> {
  return new Promise((resolve) => {
    const usual = vscode.window.showQuickPick;
    const answers = [...labels];
    const next = async (items: readonly vscode.QuickPickItem[]): Promise<vscode.QuickPickItem> => {
      const label = answers.shift();
      const item = items.find((one) => one.label === label);
      assert(item, `"${label}" is none of ${items.map((one) => one.label).join(", ")}`);
      if (answers.length === 0) {
        Object.assign(vscode.window, { showQuickPick: usual });
        resolve(item);
      }
      return item;
    };
    Object.assign(vscode.window, { showQuickPick: next });
  });
}

/** Answers the next message that asks something with one of its buttons; returns what it said. */
export function answerMessage(answer: string | undefined): Promise<string> {
  return answerNext("showInformationMessage", answer);
}

/** The same for the next warning, in a dialog or not. */
export function answerWarning(answer: string | undefined): Promise<string> {
  return answerNext("showWarningMessage", answer);
}

function answerNext(how: "showInformationMessage" | "showWarningMessage", answer: string | undefined): Promise<string> {
  return new Promise((resolve) => {
    const usual = vscode.window[how];
    const once = async (message: string, ...items: readonly (string | vscode.MessageOptions)[]): Promise<string | undefined> => {
      Object.assign(vscode.window, { [how]: usual });
      const buttons = items.filter((item) => typeof item === "string");
      assert(answer === undefined || buttons.includes(answer), `"${message}" offers ${buttons.join(", ")}`);
      resolve(message);
      return answer;
    };
    Object.assign(vscode.window, { [how]: once });
  });
}

function replaceInputBox(showInputBox: unknown): void {
  // VS Code offers no way to fill its input box in; the extension and its tests share this object.
  Object.assign(vscode.window, { showInputBox });
}

/** The extension under test, as VS Code has it now. */
export function extensionUnderTest(): vscode.Extension<PlumblineApi> {
  const extension = vscode.extensions.all.find((candidate) => candidate.packageJSON.name === "plumbline");
  assert(extension, "the extension is not installed in the test host");
  return extension;
}
