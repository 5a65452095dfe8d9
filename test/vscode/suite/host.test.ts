// The test host itself: that it is a VS Code which the manifest supports, with the extension under test in it, and that
// edits, diagnostics and code actions reach the tests. A failure here is not the extension's.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { activatedExtension, codeActionsAt, diagnosticOf, openDocument, readFile, replaceText, runCodeAction, writeFile } from "./support";

describe("the test host", () => {
  const disposables: vscode.Disposable[] = [];
  afterEach(async () => {
    for (const disposable of disposables.splice(0)) disposable.dispose();
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  it("runs a VS Code that the manifest supports", async () => {
    const { packageJSON } = await activatedExtension();
    const oldest = String(packageJSON.engines.vscode).replace("^", "");
    assert(vscode.version.localeCompare(oldest, "en", { numeric: true }) >= 0, `${vscode.version} is older than ${oldest}`);
  });

  it("shows diagnostics and applies the light bulb's edit", async () => {
    const uri = await writeFile("host.txt", "a leaning wall\n");
    const diagnostics = vscode.languages.createDiagnosticCollection("host");
    const provider: vscode.CodeActionProvider = {
      provideCodeActions(document) {
        const action = new vscode.CodeAction("Set it upright", vscode.CodeActionKind.QuickFix);
        action.edit = new vscode.WorkspaceEdit();
        action.edit.replace(document.uri, document.lineAt(0).range, "a plumb wall");
        return [action];
      },
    };
    disposables.push(diagnostics, vscode.languages.registerCodeActionsProvider({ pattern: "**/host.txt" }, provider));
    const document = await openDocument("host.txt");
    const leaning = new vscode.Diagnostic(new vscode.Range(0, 2, 0, 9), "The wall leans");
    leaning.code = "leaning";
    disposables.push(
      vscode.workspace.onDidChangeTextDocument(({ document: changed }) => {
        if (changed === document && changed.getText().includes("leaning far")) diagnostics.set(uri, [leaning]);
      }),
    );

    await replaceText(document, "leaning", "leaning far");
    const { range } = await diagnosticOf(uri, "leaning");
    assert.equal(document.getText(range), "leaning");
    assert.deepEqual((await codeActionsAt(document, range)).map(({ title }) => title), ["Set it upright"]);
    await runCodeAction(document, range, /upright/);
    assert.equal(document.getText(), "a plumb wall\n");
    await document.save();
    assert.equal(await readFile("host.txt"), "a plumb wall\n");
  });
});
