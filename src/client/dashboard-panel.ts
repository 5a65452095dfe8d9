// The one panel of the dashboard: its webview, and the page that it was last given. The webview is ended while it is out
// of sight; what it shows is sent again, and what the user chose in it is remembered by VS Code.

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { DashboardMemory, DashboardPage, DashboardRequest, ShowPage } from "../protocol/dashboard";
import { type OwnRequests, requests } from "../protocol/lsp";
import type { StatusFeed } from "./status-feed";

const viewType = "plumbline.dashboard";

export class Dashboard implements vscode.Disposable, vscode.WebviewPanelSerializer<Partial<DashboardMemory>> {
  readonly #client: LanguageClient;
  readonly #extension: vscode.Uri;
  readonly #status: StatusFeed;
  readonly #listening: vscode.Disposable;
  #shown: ShownFolder | undefined;

  constructor(client: LanguageClient, status: StatusFeed, extension: vscode.Uri) {
    this.#client = client;
    this.#extension = extension;
    this.#status = status;
    this.#listening = vscode.window.registerWebviewPanelSerializer(viewType, this);
  }

  show(folder: vscode.WorkspaceFolder): void {
    if (this.#shown?.folder.uri.toString() === folder.uri.toString()) return this.#shown.panel.reveal();
    const panel = this.#shown?.release() ?? vscode.window.createWebviewPanel(viewType, "", vscode.ViewColumn.Active);
    panel.reveal();
    this.#fill(panel, folder);
  }

  /** A window that was opened again brings its panel. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, memory: Partial<DashboardMemory> | undefined): Promise<void> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const folder = folders.find(({ uri }) => uri.toString() === memory?.folder) ?? folders[0];
    if (folder === undefined || this.#shown !== undefined) return panel.dispose();
    this.#fill(panel, folder);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#shown?.release().dispose();
  }

  #fill(panel: vscode.WebviewPanel, folder: vscode.WorkspaceFolder): void {
    const file = (...parts: readonly string[]): vscode.Uri => vscode.Uri.joinPath(this.#extension, ...parts);
    panel.title = `Health: ${folder.name}`;
    panel.iconPath = { light: file("media", "dashboard-light.svg"), dark: file("media", "dashboard-dark.svg") };
    const shown = new ShownFolder(panel, folder, this.#client, this.#status);
    this.#shown = shown;
    panel.onDidDispose(() => {
      shown.release();
      if (this.#shown === shown) this.#shown = undefined;
    });
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [file("dist"), file("media")] };
    webview.html = documentOf(webview, webview.asWebviewUri(file("dist", "webview.js")), webview.asWebviewUri(file("media", "dashboard.css")));
  }
}

/** A folder in the panel, kept up to date with the reviews. */
class ShownFolder {
  readonly panel: vscode.WebviewPanel;
  readonly folder: vscode.WorkspaceFolder;
  readonly #client: LanguageClient;
  readonly #status: StatusFeed;
  readonly #listening: readonly vscode.Disposable[];
  #page: DashboardPage;
  #asking = false;
  /** Something was reviewed since the page was asked for. */
  #isOutdated = true;
  /** The script runs: what is sent before is lost. */
  #isReady = false;

  constructor(panel: vscode.WebviewPanel, folder: vscode.WorkspaceFolder, client: LanguageClient, status: StatusFeed) {
    this.panel = panel;
    this.folder = folder;
    this.#client = client;
    this.#status = status;
    this.#page = { kind: "waiting", folderName: folder.name };
    this.#listening = [
      panel.webview.onDidReceiveMessage((message: DashboardRequest) => void this.#receive(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#isReady = false;
      }),
      status.onDidChange(({ state }) => {
        if (state === "working") return this.#send();
        this.#isOutdated = true;
        void this.#update();
      }),
    ];
  }

  /** Leaves the panel to another folder. */
  release(): vscode.WebviewPanel {
    this.#isReady = false;
    for (const each of this.#listening) each.dispose();
    return this.panel;
  }

  async #receive(message: DashboardRequest): Promise<void> {
    try {
      switch (message.kind) {
        case "ready":
          this.#isReady = true;
          this.#send();
          return await this.#update();
        case "open":
          return await this.#open(message);
        case "explainRule":
          return void (await vscode.commands.executeCommand("plumbline.openRule", message.rule));
        case "review":
          return void (await this.#client.sendRequest<OwnRequests["review"]["result"]>(requests.review, {}));
      }
    } catch (error) {
      void vscode.window.showErrorMessage(messageOf(error));
    }
  }

  async #open({ file, range: { start, end } }: Extract<DashboardRequest, { kind: "open" }>): Promise<void> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(this.folder.uri, file));
    const selection = new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1);
    await vscode.window.showTextDocument(document, { selection });
  }

  /** Asks for the report while the panel is in sight and the page is outdated. */
  async #update(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    while (this.#isReady && this.#isOutdated) {
      this.#isOutdated = false;
      this.#page = await this.#ask();
      this.#send();
    }
    this.#asking = false;
  }

  async #ask(): Promise<DashboardPage> {
    const { name: folderName, uri } = this.folder;
    try {
      const folder = this.#client.code2ProtocolConverter.asUri(uri);
      const report = await this.#client.sendRequest<OwnRequests["report"]["result"]>(requests.report, { folder });
      return { kind: "reviewed", folderName, reviewedAt: new Date().toISOString(), working: false, report };
    } catch (error) {
      // What is typed meanwhile is reviewed next, and the end of that review asks again.
      const hasNewer = this.#isOutdated || this.#status.last?.state === "working";
      return hasNewer ? this.#page : { kind: "failed", folderName, message: messageOf(error) };
    }
  }

  #send(): void {
    if (!this.#isReady) return;
    const working = this.#status.last?.state === "working";
    const page = this.#page.kind === "reviewed" ? { ...this.#page, working } : this.#page;
    const message: ShowPage = { kind: "show", folder: this.folder.uri.toString(), page };
    void this.panel.webview.postMessage(message);
  }
}

function documentOf(webview: vscode.Webview, script: vscode.Uri, styles: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64");
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${styles.toString()}">
  <title>Database health</title>
</head>
<body>
  <main></main>
  <script nonce="${nonce}" src="${script.toString()}"></script>
</body>
</html>
`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
