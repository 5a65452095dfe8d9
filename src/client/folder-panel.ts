// A panel that shows a report of one folder and keeps it up to date with the reviews. There is one panel for each kind of
// report, and another folder takes it over.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { clientCommands, type OwnRequests, requests } from "../protocol/lsp";
import type { FolderPage, PageMemory, PageRequest, ViewedPage, WantedTable } from "../protocol/pages";
import type { CacheReport } from "../protocol/report";
import { messageOf, PagePanel } from "./page-panel";
import type { StatusFeed } from "./status-feed";

/** A kind of report that such a panel shows. */
export interface FolderView<Report> {
  readonly viewType: string;
  /** Of the editor tab, before the folder's name. */
  readonly title: string;
  /** Files of `media`. */
  readonly styles: readonly string[];
  /** Asks for the report and shows it, more than once where a part of it takes longer. */
  refresh(asking: Asking<Report>): Promise<void>;
  /** `wanted` is what a command asked to see of it last. */
  page(page: FolderPage<Report>, wanted: WantedTable | null): ViewedPage;
  /** What the page asks for beside another review. */
  answer(request: PageRequest, shown: Shown<Report>): Promise<void>;
}

export interface Asking<Report> {
  readonly client: LanguageClient;
  /** Uri of the workspace folder, as the server has it. */
  readonly folder: string;
  /** Of the review before; null where there is none. */
  readonly before: Report | null;
  /** Cancelled where something was reviewed since, or the panel is gone. */
  readonly token: vscode.CancellationToken;
  /** Null where the folder has nothing to review. */
  show(report: Report | null): void;
}

export interface Shown<Report> {
  readonly client: LanguageClient;
  readonly folder: vscode.WorkspaceFolder;
  /** Its uri, as the server has it. */
  readonly folderUri: string;
  readonly report: Report | null;
}

export const cacheMapView: FolderView<CacheReport> = {
  viewType: "plumbline.cacheMap",
  title: "Cache Map",
  styles: ["pages.css", "dashboard.css", "caches.css"],
  refresh: async ({ client, folder, show }) => show(await client.sendRequest<CacheReport | null>(requests.cacheMap, { folder })),
  page: (page) => ({ view: "cacheMap", page }),
  async answer({ kind }, { folderUri }) {
    if (kind === "createCacheHelper") await vscode.commands.executeCommand(clientCommands.createCacheHelper, folderUri);
  },
};

interface Surroundings {
  readonly client: LanguageClient;
  readonly status: StatusFeed;
  readonly extension: vscode.Uri;
}

export class FolderPanel<Report> implements vscode.Disposable, vscode.WebviewPanelSerializer<Partial<PageMemory>> {
  readonly #view: FolderView<Report>;
  readonly #surroundings: Surroundings;
  readonly #listening: vscode.Disposable;
  #shown: ShownFolder<Report> | undefined;

  constructor(view: FolderView<Report>, surroundings: Surroundings) {
    this.#view = view;
    this.#surroundings = surroundings;
    this.#listening = vscode.window.registerWebviewPanelSerializer(view.viewType, this);
  }

  show(folder: vscode.WorkspaceFolder, wanted: WantedTable | null = null): void {
    if (this.#shown?.folder.uri.toString() === folder.uri.toString()) return this.#shown.reveal(wanted);
    const panel = this.#shown?.release() ?? vscode.window.createWebviewPanel(this.#view.viewType, "", vscode.ViewColumn.Active);
    panel.reveal();
    this.#fill(panel, folder, wanted);
  }

  /** A window that was opened again brings its panel. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, memory: Partial<PageMemory> | undefined): Promise<void> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const folder = folders.find(({ uri }) => uri.toString() === memory?.folder) ?? folders[0];
    if (folder === undefined || this.#shown !== undefined) return panel.dispose();
    this.#fill(panel, folder, null);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#shown?.release().dispose();
  }

  #fill(panel: vscode.WebviewPanel, folder: vscode.WorkspaceFolder, wanted: WantedTable | null): void {
    panel.title = `${this.#view.title}: ${folder.name}`;
    const shown = new ShownFolder(panel, folder, this.#view, this.#surroundings, wanted);
    this.#shown = shown;
    panel.onDidDispose(() => {
      shown.release();
      if (this.#shown === shown) this.#shown = undefined;
    });
  }
}

/** A folder in the panel. */
class ShownFolder<Report> {
  readonly folder: vscode.WorkspaceFolder;
  readonly #view: FolderView<Report>;
  readonly #client: LanguageClient;
  readonly #status: StatusFeed;
  readonly #pages: PagePanel;
  readonly #listening: vscode.Disposable;
  #page: FolderPage<Report>;
  #wanted: WantedTable | null;
  #asking = false;
  /** Something was reviewed since the page was asked for. */
  #isOutdated = true;
  /** Of the question under way. */
  #stopping: vscode.CancellationTokenSource | undefined;

  constructor(panel: vscode.WebviewPanel, folder: vscode.WorkspaceFolder, view: FolderView<Report>, { client, status, extension }: Surroundings, wanted: WantedTable | null) {
    this.folder = folder;
    this.#wanted = wanted;
    this.#view = view;
    this.#client = client;
    this.#status = status;
    this.#page = { kind: "waiting", folderName: folder.name };
    this.#pages = new PagePanel(panel, extension, view.styles, (request) => this.#answer(request));
    this.#listening = status.onDidChange(({ state }) => {
      if (state === "working") return this.#show();
      this.#isOutdated = true;
      this.#stopping?.cancel();
      void this.#update();
    });
    this.#show();
  }

  get panel(): vscode.WebviewPanel {
    return this.#pages.panel;
  }

  reveal(wanted: WantedTable | null): void {
    this.panel.reveal();
    if (wanted === null) return;
    this.#wanted = wanted;
    this.#show();
  }

  /** Leaves the panel to another folder. */
  release(): vscode.WebviewPanel {
    this.#pages.dispose();
    this.#listening.dispose();
    this.#stopping?.cancel();
    return this.panel;
  }

  async #answer(request: PageRequest): Promise<void> {
    if (request.kind === "ready") return this.#update();
    if (request.kind === "review") return void (await this.#client.sendRequest<OwnRequests["review"]["result"]>(requests.review, {}));
    await this.#view.answer(request, { client: this.#client, folder: this.folder, folderUri: this.#folderUri(), report: this.#report });
  }

  /** Asks for the report while the panel is in sight and the page is outdated. */
  async #update(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    while (this.#pages.isReady && this.#isOutdated) {
      this.#isOutdated = false;
      await this.#ask();
    }
    this.#asking = false;
  }

  async #ask(): Promise<void> {
    const folderName = this.folder.name;
    const reviewedAt = new Date().toISOString();
    const stopping = new vscode.CancellationTokenSource();
    this.#stopping = stopping;
    const show = (report: Report | null): void => {
      if (stopping.token.isCancellationRequested) return;
      this.#page = { kind: "reviewed", folderName, reviewedAt, working: false, report };
      this.#show();
    };
    try {
      await this.#view.refresh({ client: this.#client, folder: this.#folderUri(), before: this.#report, token: stopping.token, show });
    } catch (error) {
      // What is typed meanwhile is reviewed next, and the end of that review asks again.
      const hasNewer = this.#isOutdated || stopping.token.isCancellationRequested || this.#status.last?.state === "working";
      if (!hasNewer) this.#page = { kind: "failed", folderName, message: messageOf(error) };
      this.#show();
    } finally {
      stopping.dispose();
    }
  }

  get #report(): Report | null {
    return this.#page.kind === "reviewed" ? this.#page.report : null;
  }

  #folderUri(): string {
    return this.#client.code2ProtocolConverter.asUri(this.folder.uri);
  }

  #show(): void {
    const working = this.#status.last?.state === "working";
    const page = this.#page.kind === "reviewed" ? { ...this.#page, working } : this.#page;
    this.#pages.show({ kind: "show", folder: this.folder.uri.toString(), ...this.#view.page(page, this.#wanted) });
  }
}
