// A panel that shows whole pages in a webview. The webview is ended while it is out of sight; its page is sent again when it
// comes back, and what the user chose in it is remembered by VS Code.

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { PageRequest, ShowPage } from "../protocol/pages";

/** What the panel's owner does about what the page asks; links are the panel's own matter. */
export type Answer = (request: Exclude<PageRequest, { readonly kind: "open" | "explainRule" }>) => Promise<void> | void;

export class PagePanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #answer: Answer;
  readonly #listening: readonly vscode.Disposable[];
  #page: ShowPage | undefined;
  /** The script runs: what is sent before is lost. */
  #isReady = false;

  /** `styles` are files of `media`. */
  constructor(panel: vscode.WebviewPanel, extension: vscode.Uri, styles: readonly string[], answer: Answer) {
    this.panel = panel;
    this.#answer = answer;
    this.#listening = [
      panel.webview.onDidReceiveMessage((request: PageRequest) => this.#receive(request)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#isReady = false;
      }),
    ];
    const file = (...parts: readonly string[]): vscode.Uri => vscode.Uri.joinPath(extension, ...parts);
    const { webview } = panel;
    panel.iconPath = { light: file("media", "dashboard-light.svg"), dark: file("media", "dashboard-dark.svg") };
    webview.options = { enableScripts: true, localResourceRoots: [file("dist"), file("media")] };
    const sheets = styles.map((name) => webview.asWebviewUri(file("media", name)));
    webview.html = documentOf(webview, webview.asWebviewUri(file("dist", "webview.js")), sheets);
  }

  /** The page is in sight, or will be when it is sent. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** In place of the page before. */
  show(page: ShowPage): void {
    this.#page = page;
    this.#send();
  }

  /** Leaves the panel to another owner. */
  dispose(): void {
    this.#isReady = false;
    for (const each of this.#listening) each.dispose();
  }

  #send(): void {
    if (this.#isReady && this.#page !== undefined) void this.panel.webview.postMessage(this.#page);
  }

  async #receive(request: PageRequest): Promise<void> {
    try {
      switch (request.kind) {
        case "open":
          return await open(request);
        case "explainRule":
          return void (await vscode.commands.executeCommand("plumbline.openRule", request.rule));
        case "ready":
          this.#isReady = true;
          this.#send();
          return await this.#answer(request);
        default:
          return await this.#answer(request);
      }
    } catch (error) {
      if (!(error instanceof vscode.CancellationError)) void vscode.window.showErrorMessage(messageOf(error));
    }
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function open({ folder, file, range: { start, end } }: Extract<PageRequest, { kind: "open" }>): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(vscode.Uri.parse(folder), file));
  const selection = new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1);
  // Beside the page, where a file is in sight there, so that the page stays in sight as well.
  const beside = vscode.window.visibleTextEditors.find(({ viewColumn }) => viewColumn !== undefined && viewColumn !== vscode.window.tabGroups.activeTabGroup.viewColumn);
  await vscode.window.showTextDocument(document, { selection, viewColumn: beside?.viewColumn ?? vscode.ViewColumn.Active });
}

function documentOf(webview: vscode.Webview, script: vscode.Uri, sheets: readonly vscode.Uri[]): string {
  const nonce = randomBytes(16).toString("base64");
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
${sheets.map((sheet) => `  <link rel="stylesheet" href="${sheet.toString()}">`).join("\n")}
  <title>Plumbline</title>
</head>
<body>
  <main></main>
  <script nonce="${nonce}" src="${script.toString()}"></script>
</body>
</html>
`;
}
