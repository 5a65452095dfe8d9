// A folder in which nothing works: the extension does no harm, says what is wrong, and goes on once it is mended.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import * as vscode from "vscode";
import { codeActionsAt, diagnosticOf, extensionUnderTest, openDocument, replaceText, restore, uriOf } from "../support";

describe("the extension in a broken folder", () => {
  afterEach(restore);

  it("runs, and comes to rest", async () => {
    assert.equal(extensionUnderTest().isActive, true);
    await extensionUnderTest().exports.whenIdle();
  });

  it("answers in files that are half typed, empty or no text", async () => {
    for (const file of ["functions/api/half.ts", "functions/api/empty.ts", "migrations/004_half.sql"]) {
      const document = await openDocument(file);
      await codeActionsAt(document, new vscode.Range(0, 0, document.lineCount, 0));
    }
    await extensionUnderTest().exports.whenIdle();
  });

  it("reviews what can be reviewed once its settings are mended", async () => {
    await writeFile(uriOf("plumbline.json").fsPath, "{}\n");
    await diagnosticOf(uriOf("migrations/004_half.sql"), "failed-migration");
    await diagnosticOf(uriOf("wrangler.toml"), "configuration");
  });

  it("follows what is typed into half a query", async () => {
    const document = await openDocument("functions/api/half.ts");
    await replaceText(document, "SELECT id, body FROM notes", "SELECT id, bodi FROM notes");
    await diagnosticOf(document.uri, "unknown-column");
  });
});
