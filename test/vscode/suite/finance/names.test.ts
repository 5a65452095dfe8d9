// Names of SQL in a real editor: where they were made, who uses them, and what a rename would edit.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { extensionUnderTest, openDocument, restore } from "../support";

const queries = "functions/api/customers/index.ts";

describe("names of SQL", () => {
  beforeEach(() => extensionUnderTest().exports.whenIdle());
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

  it("are renamed in every query that names them", async () => {
    const document = await openDocument(queries);
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>("vscode.executeDocumentRenameProvider", document.uri, await placeOf(document, "FROM <|>customers"), "clients");
    const own = edit.entries().find(([uri]) => uri.toString() === document.uri.toString());
    assert.deepEqual(own?.[1].map(({ newText }) => newText).filter((text) => text !== ""), ["clients", "clients"]);
    assert.ok(edit.entries().length > 1, "other files name the table too");
  });
});
