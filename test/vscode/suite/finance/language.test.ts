// SQL in a string as a language: what can be written at the cursor, what stands there, and how it is laid out.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { extensionUnderTest, openDocument, replaceText, restore, typeAfter } from "../support";

const file = "functions/api/customers/index.ts";

describe("SQL in a string", () => {
  beforeEach(() => extensionUnderTest().exports.whenIdle());
  afterEach(restore);

  /** The place behind `before`. */
  function behind(document: vscode.TextDocument, before: string): vscode.Position {
    const at = document.getText().indexOf(before);
    assert(at >= 0, `${before} does not stand in ${document.uri.path}`);
    return document.positionAt(at + before.length);
  }

  it("is completed with the columns of its tables while it is half typed", async () => {
    const document = await openDocument(file);
    await replaceText(document, "archived_at IS NULL ORDER BY name", "customers.");
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>("vscode.executeCompletionItemProvider", document.uri, behind(document, "AND customers."), ".");
    const labels = items.map(({ label }) => (typeof label === "string" ? label : label.label));
    assert.ok(labels.includes("email") && labels.includes("user_id"), labels.join());
    assert.ok(!labels.includes("revenue") && !labels.includes("number"), "columns of customers alone");
  });

  it("tells the arguments of a function", async () => {
    const document = await openDocument(file);
    const help = await vscode.commands.executeCommand<vscode.SignatureHelp>("vscode.executeSignatureHelpProvider", document.uri, behind(document, "coalesce(sum(total), "));
    assert.match(help.signatures[help.activeSignature]?.label ?? "", /^coalesce\(/);
    assert.equal(help.activeParameter, 1);
  });

  it("tells of a column what it is and where it was made", async () => {
    const document = await openDocument(file);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", document.uri, behind(document, "SELECT id, na"));
    const text = hovers.flatMap(({ contents }) => contents.map((content) => (typeof content === "string" ? content : content.value))).join("\n");
    assert.match(text, /name.*TEXT/s);
    assert.match(text, /Made in .*006_customers\.sql/);
  });

  it("is laid out anew, and one undo takes that back", async () => {
    const document = await openDocument(file);
    const before = document.getText();
    await typeAfter(document, "WHERE user_id", "");
    await vscode.commands.executeCommand("plumbline.formatSql");
    assert.match(document.getText(), /\n\s+FROM\n?\s*customers\n\s+WHERE\n?\s*user_id = \?1\n?\s+AND archived_at IS NULL/);
    await vscode.commands.executeCommand("undo");
    assert.equal(document.getText(), before);
  });
});
