// Names of SQL in a real editor: where they were made, who uses them, and a rename with its preview.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { discardLater, openDocument, restore, uriOf } from "../support";

const queries = "functions/api/customers/index.ts";

describe("names of SQL", () => {
  afterEach(restore);

  async function placeOf(document: vscode.TextDocument, marked: string): Promise<vscode.Position> {
    const at = document.getText().indexOf(marked.replace("<|>", ""));
    assert(at >= 0, `${marked} does not stand in ${document.uri.path}`);
    return document.positionAt(at + marked.indexOf("<|>"));
  }

  it("lead to the migration and back", async () => {
    const migration = await openDocument("migrations/006_customers.sql");
    const references = await vscode.commands.executeCommand<vscode.Location[]>("vscode.executeReferenceProvider", migration.uri, await placeOf(migration, "TABLE <|>customers"));
    const inCode = references.find(({ uri }) => uri.path.includes("/functions/"));
    assert(inCode, "a query names the table");
    const query = await vscode.workspace.openTextDocument(inCode.uri);
    const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>("vscode.executeDefinitionProvider", inCode.uri, inCode.range.start);
    const targets = found.map((one) => ("targetUri" in one ? one.targetUri : one.uri).path);
    assert.ok(targets.some((path) => path.endsWith("migrations/006_customers.sql")), `${query.getText(inCode.range)} leads to ${targets.join()}`);
  });

  it("outline a migration", async () => {
    const migration = await openDocument("migrations/006_customers.sql");
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>("vscode.executeDocumentSymbolProvider", migration.uri);
    assert.equal(symbols[0]?.name, "customers");
    assert.ok(symbols[0].children.some(({ name }) => name === "id"));
  });

  it("are renamed by a migration that is whole on disk, after a preview", async () => {
    const document = await openDocument(queries);
    const before = document.getText();
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>("vscode.executeDocumentRenameProvider", document.uri, await placeOf(document, "FROM <|>customers"), "clients");
    const migration = uriOf("migrations/025_rename_customers_to_clients.sql");
    const rollback = uriOf("migrations/rollbacks/025_rename_customers_to_clients.down.sql");
    for (const uri of [migration, rollback]) discardLater(uri);
    const applied = vscode.workspace.applyEdit(edit, { isRefactoring: true });
    // The editor shows what it would do, and waits for the word.
    let isDone = false;
    void applied.then(() => (isDone = true));
    while (!isDone) await vscode.commands.executeCommand("refactorPreview.apply");
    assert.equal(await applied, true);
    assert.equal(await readFile(migration.fsPath, "utf8"), "ALTER TABLE customers RENAME TO clients;\n");
    assert.equal(await readFile(rollback.fsPath, "utf8"), "ALTER TABLE clients RENAME TO customers;\n");
    assert.match(document.getText(), /FROM clients/);
    // The editor asks before it takes several files back, which a test cannot answer: the same by an edit.
    const back = new vscode.WorkspaceEdit();
    back.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), before);
    assert(await vscode.workspace.applyEdit(back));
    await document.save();
  });
});
