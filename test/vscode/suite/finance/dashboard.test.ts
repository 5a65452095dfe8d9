// The dashboard's panel: that its script runs in a real webview, and what it is then shown.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { panelTabs, watchPanel } from "../panels";
import { diagnosticOf, extensionUnderTest, openDocument, restore, uriOf } from "../support";

describe("the health dashboard", () => {
  afterEach(restore);

  it("opens once, and shows the review to the script that asks for it", async () => {
    await extensionUnderTest().exports.whenIdle();
    const shown = watchPanel().page("health", ({ kind }) => kind === "reviewed");
    await vscode.commands.executeCommand("plumbline.openHealthDashboard");
    const page = await shown;
    assert(page.kind === "reviewed");
    assert.equal(page.folderName, vscode.workspace.workspaceFolders?.[0]?.name);
    assert.deepEqual(page.report?.review.databases.map(({ binding }) => binding), ["DB"]);
    const inProblems = vscode.languages.getDiagnostics().flatMap(([, found]) => found.filter(({ source }) => source === "plumbline"));
    assert.equal(page.report?.review.findings.length, inProblems.length);

    await vscode.commands.executeCommand("plumbline.openHealthDashboard");
    assert.equal(panelTabs("plumbline.dashboard").length, 1);
  });

  it("applies the fix of a line as the light bulb does, and one undo takes it back", async () => {
    await extensionUnderTest().exports.whenIdle();
    const panel = watchPanel();
    const shown = panel.page("health", ({ kind }) => kind === "reviewed");
    await vscode.commands.executeCommand("plumbline.openHealthDashboard");
    await shown;
    const file = "functions/api/reports/expenses.ts";
    const finding = await diagnosticOf(uriOf(file), "unknown-column");
    const document = await openDocument(file);
    const before = document.getText();
    await panel.ask({ kind: "mend", folder: uriOf("").toString(), file, line: finding.range.start.line + 1, rules: ["unknown-column"] });
    assert.match(document.getText(), /-t\.amount AS spent/);
    await vscode.commands.executeCommand("undo");
    assert.equal(document.getText(), before);
  });
});
