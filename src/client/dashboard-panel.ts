// The one panel of the health dashboard, and the folder whose review it shows.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type OwnRequests, requests } from "../protocol/lsp";
import type { DashboardPage, PageMemory, PageRequest } from "../protocol/pages";
import { messageOf, PagePanel } from "./page-panel";
import type { StatusFeed } from "./status-feed";

const viewType = "plumbline.dashboard";

export class Dashboard implements vscode.Disposable, vscode.WebviewPanelSerializer<Partial<PageMemory>> {
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
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, memory: Partial<PageMemory> | undefined): Promise<void> {
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
    panel.title = `Health: ${folder.name}`;
    const shown = new ShownFolder(panel, folder, { client: this.#client, status: this.#status, extension: this.#extension });
    this.#shown = shown;
    panel.onDidDispose(() => {
      shown.release();
      if (this.#shown === shown) this.#shown = undefined;
    });
  }
}

interface Surroundings {
  readonly client: LanguageClient;
  readonly status: StatusFeed;
  readonly extension: vscode.Uri;
}

/** A folder in the panel, kept up to date with the reviews. */
class ShownFolder {
  readonly folder: vscode.WorkspaceFolder;
  readonly #client: LanguageClient;
  readonly #status: StatusFeed;
  readonly #pages: PagePanel;
  readonly #listening: vscode.Disposable;
  #page: DashboardPage;
  #asking = false;
  /** Something was reviewed since the page was asked for. */
  #isOutdated = true;

  constructor(panel: vscode.WebviewPanel, folder: vscode.WorkspaceFolder, { client, status, extension }: Surroundings) {
    this.folder = folder;
    this.#client = client;
    this.#status = status;
    this.#page = { kind: "waiting", folderName: folder.name };
    this.#pages = new PagePanel(panel, extension, ["pages.css", "dashboard.css"], (request) => this.#answer(request));
    this.#listening = status.onDidChange(({ state }) => {
      if (state === "working") return this.#show();
      this.#isOutdated = true;
      void this.#update();
    });
    this.#show();
  }

  get panel(): vscode.WebviewPanel {
    return this.#pages.panel;
  }

  /** Leaves the panel to another folder. */
  release(): vscode.WebviewPanel {
    this.#pages.dispose();
    this.#listening.dispose();
    return this.panel;
  }

  async #answer({ kind }: PageRequest): Promise<void> {
    if (kind === "ready") await this.#update();
    if (kind === "review") await this.#client.sendRequest<OwnRequests["review"]["result"]>(requests.review, {});
  }

  /** Asks for the report while the panel is in sight and the page is outdated. */
  async #update(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    while (this.#pages.isReady && this.#isOutdated) {
      this.#isOutdated = false;
      this.#page = await this.#ask();
      this.#show();
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

  #show(): void {
    const working = this.#status.last?.state === "working";
    const page = this.#page.kind === "reviewed" ? { ...this.#page, working } : this.#page;
    this.#pages.show({ kind: "show", view: "health", folder: this.folder.uri.toString(), page });
  }
}
