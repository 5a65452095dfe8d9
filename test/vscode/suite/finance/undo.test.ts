// Every fix that edits the code is taken back by one undo, whatever it changes.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { codeActionsAt, codeOf, extensionUnderTest, openDocument, restore } from "../support";

describe("one undo", () => {
  beforeEach(() => extensionUnderTest().exports.whenIdle());
  afterEach(restore);

  it("takes back every fix that the sample's findings offer as an edit, one of each rule", async () => {
    const tried = new Set<string>();
    for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) {
      for (const diagnostic of diagnostics) {
        const rule = codeOf(diagnostic);
        if (diagnostic.source !== "plumbline" || tried.has(rule)) continue;
        const document = await openDocument(vscode.workspace.asRelativePath(uri));
        const fixes = (await codeActionsAt(document, diagnostic.range)).filter(({ edit, kind }) => edit !== undefined && kind?.value === vscode.CodeActionKind.QuickFix.value);
        for (const fix of fixes) await isTakenBack(document, fix);
        if (fixes.length > 0) tried.add(rule);
      }
    }
    for (const rule of ["query-in-loop", "write-in-loop", "unknown-column", "cacheable-read"]) assert.ok(tried.has(rule), `no fix of ${rule}`);
  });
});

async function isTakenBack(document: vscode.TextDocument, { edit, title }: vscode.CodeAction): Promise<void> {
  const texts = (): string[] => vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === "file").map((one) => `${one.uri.path}\n${one.getText()}`).sort();
  for (const [uri] of edit!.entries()) await vscode.workspace.openTextDocument(uri);
  const before = texts();
  assert(await vscode.workspace.applyEdit(edit!), title);
  assert.notDeepEqual(texts(), before, `"${title}" changes nothing`);
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand("undo");
  assert.deepEqual(texts(), before, `one undo does not take back "${title}"`);
}
