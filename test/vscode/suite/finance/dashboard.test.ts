// The dashboard's panel: that its script runs in a real webview, and what it is then shown.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { DashboardPage, ShowPage } from "../../../../src/protocol/pages";
import { extensionUnderTest, restore } from "../support";

describe("the health dashboard", () => {
  afterEach(restore);

  it("opens once, and shows the review to the script that asks for it", async () => {
    await extensionUnderTest().exports.whenIdle();
    const shown = firstReview();
    await vscode.commands.executeCommand("plumbline.openHealthDashboard");
    const page = await shown;
    assert.equal(page.folderName, vscode.workspace.workspaceFolders?.[0]?.name);
    assert.deepEqual(page.report?.databases.map(({ binding }) => binding), ["DB"]);
    const inProblems = vscode.languages.getDiagnostics().flatMap(([, found]) => found.filter(({ source }) => source === "plumbline"));
    assert.equal(page.report?.findings.length, inProblems.length);

    await vscode.commands.executeCommand("plumbline.openHealthDashboard");
    assert.equal(panels().length, 1);
  });
});

function panels(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith("plumbline.dashboard")));
}

/** The first reviewed page that a panel is sent after its script has said that it is ready. */
function firstReview(): Promise<Extract<DashboardPage, { kind: "reviewed" }>> {
  const usual = vscode.window.createWebviewPanel;
  return new Promise((resolve) => {
    // VS Code does not show tests what stands in a webview; the extension and its tests share this object.
    const once = (...given: Parameters<typeof usual>): vscode.WebviewPanel => {
      Object.assign(vscode.window, { createWebviewPanel: usual });
      const panel = usual.apply(vscode.window, given);
      const { webview } = panel;
      const send = webview.postMessage.bind(webview);
      let isReady = false;
      webview.onDidReceiveMessage(({ kind }: { readonly kind: string }) => (isReady ||= kind === "ready"));
      Object.assign(webview, {
        postMessage: (message: ShowPage) => {
          if (isReady && message.view === "health" && message.page.kind === "reviewed") resolve(message.page);
          return send(message);
        },
      });
      return panel;
    };
    Object.assign(vscode.window, { createWebviewPanel: once });
  });
}
