// What is cached, in the window: the Cache Map and its links, the helper by a press, and the read put behind it.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { panelTabs, watchPanel } from "../panels";
import { answerMessage, codeActionsAt, diagnosticOf, discardLater, extensionUnderTest, openDocument, restore, runCodeAction, shownDocument, until, uriOf } from "../support";

const costly = "functions/api/tags/index.js";

describe("caches", () => {
  afterEach(async () => {
    await restore();
    await extensionUnderTest().exports.whenIdle();
  });

  it("are shown on one page, whose links open their lines", async () => {
    await extensionUnderTest().exports.whenIdle();
    const panel = watchPanel();
    const shown = panel.page("cacheMap", ({ kind }) => kind === "reviewed");
    await vscode.commands.executeCommand("plumbline.cacheMap");
    const page = await shown;
    assert(page.kind === "reviewed" && page.report !== null);
    assert.equal(page.report.helper, null);
    const read = page.report.reads.find(({ file, advised }) => file === costly && advised === "yes");
    assert(read, "the sample has a read that is worth caching");

    const { line, column, file } = read;
    await panel.ask({ kind: "open", folder: uriOf("").toString(), file, range: { start: { line, column }, end: { line, column } } });
    const active = (): vscode.TextEditor | undefined => vscode.window.visibleTextEditors.find(({ document }) => document.uri.path.endsWith(costly));
    const editor = await until(vscode.window.onDidChangeVisibleTextEditors, active, "the file of the link");
    assert.equal(editor.document.lineAt(editor.selection.active).text.slice(editor.selection.active.character, editor.selection.active.character + 7), "prepare");

    await vscode.commands.executeCommand("plumbline.cacheMap");
    assert.equal(panelTabs("plumbline.cacheMap").length, 1);
  });

  it("are shown again when the page's button has written the helper", async () => {
    await extensionUnderTest().exports.whenIdle();
    const panel = watchPanel();
    const shown = panel.page("cacheMap", ({ kind }) => kind === "reviewed");
    await vscode.commands.executeCommand("plumbline.cacheMap");
    await shown;
    const said = answerMessage(undefined);
    await panel.ask({ kind: "createCacheHelper", folder: uriOf("").toString() });
    await said;
    discardLater(shownDocument().uri);
    // The helper's editor covers the page, which is asked for when it is in sight again.
    await extensionUnderTest().exports.whenIdle();
    const again = panel.page("cacheMap", (page) => page.kind === "reviewed" && page.report?.helper === "functions/lib/query-cache.js");
    await vscode.commands.executeCommand("plumbline.cacheMap");
    await again;
  });

  it("offer the helper at a costly read, and with it the read is wrapped in one step", async () => {
    const document = await openDocument(costly);
    const before = document.getText();
    const { range } = await diagnosticOf(document.uri, "cacheable-read");
    const said = answerMessage(undefined);
    await runCodeAction(document, range, /^Create the cache helper$/);
    await said;
    discardLater(shownDocument().uri);
    await extensionUnderTest().exports.whenIdle();

    const editor = await vscode.window.showTextDocument(document);
    const titles = (await codeActionsAt(document, range)).map(({ title }) => title);
    assert(!titles.includes("Create the cache helper") && titles.includes("Show the Cache Map"), titles.join(", "));
    await runCodeAction(document, range, /^Cache this read for 30 minutes$/);
    assert.match(document.getText(), /^import { queryCache } from "\.\.\/\.\.\/lib\/query-cache";$/m);
    assert.match(document.getText(), /await queryCache\(env\)\.get\(\n {4}\{ name: "tags", tables: \["tags", "transaction_tags"\], scope: data\.user\.id, ttl: 1800 \},\n {4}\(\) => env\.DB\.prepare\(/);
    assert.equal(editor.document, document);
    await vscode.commands.executeCommand("undo");
    assert.equal(document.getText(), before);
  });
});
