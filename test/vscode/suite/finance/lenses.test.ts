// What stands over queries and indexes in the window, what a click on it does, and what hovers say.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { extensionUnderTest, openDocument, restore, virtualText } from "../support";

const atMost = 100;

describe("the lenses", () => {
  afterEach(restore);

  it("tell the plan over a query, and explain it", async () => {
    const document = await openDocument("functions/api/transactions/index.js");
    const [lens] = await lensesOf(document);
    assert.match(lens?.command?.title ?? "", /^SCAN transactions \+ sort · ~[\d,]+ rows$/);
    assert.equal(document.lineAt(lens!.range.start.line).text.trim(), "const { results } = await env.DB.prepare(");
    await vscode.commands.executeCommand(lens!.command!.command, ...(lens!.command!.arguments ?? []));
    await virtualText("Plan.md", /^SELECT id, account_id, category_id, date, amount, type, description$/m);
  });

  it("tell over an index who uses it, and list the queries", async () => {
    const document = await openDocument("migrations/004_transactions.sql");
    await extensionUnderTest().exports.whenIdle();
    const lenses = await lensesOf(document);
    assert.deepEqual(lenses.map(({ command }) => command?.title.replace(/\d+/, "n")), ["Dry-run", "used by n queries", "used by n queries"]);
    const { command } = lenses[1]!;
    await vscode.commands.executeCommand(command!.command, ...(command!.arguments ?? []));
  });

  it("go away with the setting", async () => {
    const document = await openDocument("functions/api/transactions/index.js");
    const settings = vscode.workspace.getConfiguration("plumbline");
    await settings.update("codeLens", false, vscode.ConfigurationTarget.Global);
    try {
      await extensionUnderTest().exports.whenIdle();
      assert.deepEqual(await lensesOf(document), []);
    } finally {
      await settings.update("codeLens", undefined, vscode.ConfigurationTarget.Global);
    }
    await extensionUnderTest().exports.whenIdle();
    assert((await lensesOf(document)).length > 0);
  });
});

describe("a hover", () => {
  afterEach(restore);

  it("tells the plan within a query's text, and nothing of ours outside of it", async () => {
    const document = await openDocument("functions/api/transactions/index.js");
    assert.match(await hoverAt(document, "FROM transactions"), /SCAN transactions[\s\S]*rows read[\s\S]*Better with an index[\s\S]*CREATE INDEX/);
    assert.doesNotMatch(await hoverAt(document, "onRequestGet"), /rows read/);
  });

  it("tells over the name of an index what it is for", async () => {
    const document = await openDocument("migrations/004_transactions.sql");
    await extensionUnderTest().exports.whenIdle();
    assert.match(await hoverAt(document, "idx_transactions_account_date"), /on `transactions` \(`account_id`, `date`\)[\s\S]*used by \d+ queries[\s\S]*functions\/api\//);
  });
});

async function lensesOf(document: vscode.TextDocument): Promise<readonly vscode.CodeLens[]> {
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri, atMost);
  return all.filter(({ command }) => command?.command === "" || command?.command.startsWith("plumbline."));
}

async function hoverAt(document: vscode.TextDocument, text: string): Promise<string> {
  const start = document.getText().indexOf(text);
  assert(start >= 0, `\`${text}\` does not stand in ${document.uri.path}`);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", document.uri, document.positionAt(start + 1));
  return hovers.flatMap(({ contents }) => contents.map((content) => (typeof content === "string" ? content : content.value))).join("\n");
}
