// The commands of the palette, run in the window.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { answerInputBox, answerMessage, diagnosticOf, discardLater, extensionUnderTest, openDocument, restore, shownDocument, until, uriOf, virtualText } from "../support";

describe("the commands", () => {
  afterEach(restore);

  it("show the schema as the migrations leave it", async () => {
    await vscode.commands.executeCommand("plumbline.showSchemaAsSql");
    const text = shownDocument().getText();
    assert.match(text, /^## payables$/m);
    assert.doesNotMatch(text, /^## bills$/m);
    assert.match(text, /^\| tax_id \| TEXT \|.*\| migrations\/\d+_\w+\.sql:\d+ \|$/m);
  });

  it("explain the query at the cursor", async () => {
    const document = await openDocument("functions/api/transactions/index.js");
    const { range } = await diagnosticOf(document.uri, "unindexed-filter");
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(range.start, range.start);
    await vscode.commands.executeCommand("plumbline.explainQuery");
    // What the project's indexes give to it is filled in when it is known.
    const text = await virtualText("Plan.md", /^\| +\| now +\| with the project's indexes \|/m);
    assert.match(text, /^## Now\n\n```text\nSCAN transactions/m);
  });

  it("recommend indexes, and write them with their rollback", async () => {
    const asked = answerMessage("Create Migration");
    await vscode.commands.executeCommand("plumbline.recommendIndexes");
    await virtualText("Indexes.md", /^# Indexes\n\n\d+ queries over \d+ tables were planned\. \d+ indexes make them \d+% cheaper/);
    assert.match(await asked, /^\d+ indexes are recommended\. Write a migration with its rollback\?$/);
    const migration = await until(vscode.window.onDidChangeActiveTextEditor, () => vscode.window.activeTextEditor?.document.uri.path.match(/[^/]+\.sql$/)?.[0], "the migration");
    assert.equal(migration, "025_add_indexes.sql");
    const rollback = uriOf("migrations/rollbacks/025_add_indexes.down.sql");
    discardLater(shownDocument().uri);
    discardLater(rollback);
    assert.match(shownDocument().getText(), /^CREATE INDEX /m);
    assert.match(await readFile(rollback.fsPath, "utf8"), /^DROP INDEX /m);
    await extensionUnderTest().exports.whenIdle();
  });

  it("create an empty migration with the next number", async () => {
    const asked = answerInputBox("Vendor notes");
    await vscode.commands.executeCommand("plumbline.createMigration");
    await asked;
    const migration = shownDocument();
    discardLater(migration.uri);
    assert.equal(vscode.workspace.asRelativePath(migration.uri), "migrations/025_vendor_notes.sql");
    assert.equal(await readFile(migration.uri.fsPath, "utf8"), migration.getText());
  });

  it("create the rollback of a migration, and open it", async () => {
    await vscode.commands.executeCommand("plumbline.createRollback", uriOf("migrations/022_customer_tax_id.sql"));
    const rollback = shownDocument();
    discardLater(rollback.uri);
    assert.equal(vscode.workspace.asRelativePath(rollback.uri), "migrations/rollbacks/022_customer_tax_id.down.sql");
    assert.equal(await readFile(rollback.uri.fsPath, "utf8"), rollback.getText());
    assert.match(rollback.getText(), /^-- Exact: /m);
    await extensionUnderTest().exports.whenIdle();
  });

  it("create the cache helper beside the code that queries, and open it", async () => {
    const said = answerMessage(undefined);
    await vscode.commands.executeCommand("plumbline.createCacheHelper");
    const helper = shownDocument();
    discardLater(helper.uri);
    assert.equal(vscode.workspace.asRelativePath(helper.uri), "functions/lib/query-cache.js");
    assert.match(helper.getText(), /kvStore\(env\.CACHE\)/);
    assert.match(await said, /^functions\/lib\/query-cache\.js is written\. Wrap a costly read/);
    await extensionUnderTest().exports.whenIdle();
  });

  it("review the workspace again", async () => {
    await vscode.commands.executeCommand("plumbline.reviewWorkspace");
    await diagnosticOf(uriOf("functions/api/vendors/[id].js"), "unknown-table");
  });

  it("restart the language server, which finds everything anew", async () => {
    const file = uriOf("functions/api/vendors/[id].js");
    const gone = nextDiagnostics(file);
    await vscode.commands.executeCommand("plumbline.restart");
    await gone;
    await extensionUnderTest().exports.whenIdle();
    await diagnosticOf(file, "unknown-table");
  });
});

function nextDiagnostics(uri: vscode.Uri): Promise<void> {
  return new Promise((resolve) => {
    const subscription = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (!uris.some((changed) => changed.toString() === uri.toString())) return;
      subscription.dispose();
      resolve();
    });
  });
}
