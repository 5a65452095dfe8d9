// Recorded traffic in the window: imported, over the query that it is about, told of where it passes a limit, and cleared.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import * as vscode from "vscode";
import { answerMessage, answerWarning, discardLater, extensionUnderTest, openDocument, restore, uriOf } from "../support";

const sql = "SELECT count(*) AS invoices, coalesce(sum(total), 0) AS revenue FROM invoices WHERE customer_id = ?1";

describe("recorded telemetry", () => {
  afterEach(restore);

  it("is imported from a file, stands over its query, alerts, and is cleared", async () => {
    const settings = uriOf("plumbline.json");
    const before = await vscode.workspace.fs.readFile(settings);
    const document = await openDocument("functions/api/customers/index.ts");
    const recorded = uriOf("tail.ndjson");
    discardLater(recorded);
    await writeFile(recorded.fsPath, Array.from({ length: 40 }, () => JSON.stringify({ plumbline: "query", query: sql, ms: 340, rowsRead: 12, request: "r1" })).join("\n"));
    try {
      await vscode.workspace.fs.writeFile(settings, new TextEncoder().encode(JSON.stringify({ ...(JSON.parse(new TextDecoder().decode(before)) as object), alerts: { p95Ms: 100 } })));
      await extensionUnderTest().exports.whenIdle();
      const told = answerMessage(undefined);
      const alerted = answerWarning("Show Query");
      answerOpenDialog(recorded);
      await vscode.commands.executeCommand("plumbline.importTraffic");
      assert.equal(await told, "Imported 40 events from tail.ndjson");
      assert.match(await alerted, /^SELECT count\(\*\) AS invoices, .*…: one of 20 calls takes 3\d\d ms or more; the limit is 100 ms$/);
      await extensionUnderTest().exports.whenIdle();
      assert.match(await lensesOf(document), /40 calls recorded, p50 3\d\d ms/);
      const cleared = answerMessage(undefined);
      await vscode.commands.executeCommand("plumbline.clearTelemetry");
      assert.equal(await cleared, "Cleared 40 recorded calls of 1 query. The files of wrangler are as they were");
      await extensionUnderTest().exports.whenIdle();
      assert.doesNotMatch(await lensesOf(document), /recorded/);
    } finally {
      await vscode.workspace.fs.writeFile(settings, before);
      await extensionUnderTest().exports.whenIdle();
    }
  });

  it("asks Cloudflare only once the database was named and agreed to", async () => {
    const asked = answerWarning(undefined);
    await vscode.commands.executeCommand("plumbline.readInsights");
    assert.equal(await asked, "Ask Cloudflare about the remote database ledgerly (DB)?");
  });
});

async function lensesOf(document: vscode.TextDocument): Promise<string> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 100);
  return lenses.map(({ command }) => command?.title ?? "").join("\n");
}

/** Answers the next dialog for opening a file with this one. */
function answerOpenDialog(file: vscode.Uri): void {
  const usual = vscode.window.showOpenDialog;
  const once = async (): Promise<vscode.Uri[]> => {
    Object.assign(vscode.window, { showOpenDialog: usual });
    return [file];
  };
  Object.assign(vscode.window, { showOpenDialog: once });
}
