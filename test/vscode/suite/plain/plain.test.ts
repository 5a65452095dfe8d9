// A folder without a database costs nothing: the extension is not even loaded, until an SQL file is opened.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { diagnosticOf, discardLater, extensionUnderTest, openDocument, restore, uriOf } from "../support";

describe("the extension in a folder without a database", () => {
  afterEach(restore);

  it("is not activated by the folder", () => {
    // The tests begin when VS Code is done with what folders activate.
    assert.equal(extensionUnderTest().isActive, false);
  });

  it("is not activated by TypeScript", async () => {
    const document = await openDocument("src/main.ts");
    assert.equal(document.languageId, "typescript");
    // What opening the file activates is activated when this extension is, which waits for the same event.
    await vscode.extensions.getExtension("vscode.typescript-language-features")?.activate();
    assert.equal(extensionUnderTest().isActive, false);
  });

  it("is activated by an SQL file, and reviews it", async () => {
    const uri = uriOf("migrations/001_notes.sql");
    discardLater(uri);
    await mkdir(path.dirname(uri.fsPath));
    await writeFile(uri.fsPath, "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL;\n");
    await openDocument("migrations/001_notes.sql");
    await diagnosticOf(uri, "failed-migration");
    assert.equal(extensionUnderTest().isActive, true);
  });
});
