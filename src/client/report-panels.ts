// The panels of reports that are run for: each shows how far its run is, then what it found, and can run again. What was
// asked before is shown in the panel that it has.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import type { DryRunData, Found, PageRequest, RunState, ViewedPage } from "../protocol/pages";
import { clientCommands } from "../protocol/lsp";
import { messageOf, PagePanel } from "./page-panel";
import { followedRequest } from "./server-progress";

const viewType = "plumbline.report";

/** A report of a folder, with its uri and as a document to copy. */
export interface FolderReport {
  readonly folder: string;
  readonly folderName: string;
  readonly report: object;
  readonly markdown: string;
}

/** Something that is asked of the server and shown in a panel of its own. */
export interface ReportRun<Folder extends FolderReport = FolderReport> {
  /** The same for what belongs into the same panel. */
  readonly key: string;
  /** Of the editor tab. */
  readonly title: string;
  readonly column: vscode.ViewColumn;
  /** For the file that the report is exported to, without its ending. */
  readonly fileName: string;
  readonly request: string;
  readonly params: object;
  page(state: RunState, found: Found<Folder>): ViewedPage;
  /** The same on other rows. */
  on(data: DryRunData): ReportRun<Folder>;
  /** It has ended: others show it too. */
  ended(found: readonly Folder[]): void;
}

export class ReportPanels implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #extension: vscode.Uri;
  readonly #open = new Map<string, ReportPanel>();

  constructor(client: LanguageClient, extension: vscode.Uri) {
    this.#client = client;
    this.#extension = extension;
  }

  /** Resolves when the run has ended, however it did. */
  async run(run: ReportRun): Promise<void> {
    const { key } = run;
    let shown = this.#open.get(key);
    if (shown === undefined) {
      shown = new ReportPanel(run, this.#client, this.#extension);
      this.#open.set(key, shown);
      shown.panel.onDidDispose(() => this.#open.delete(key));
    } else {
      shown.panel.reveal();
    }
    await shown.start(run);
  }

  dispose(): void {
    for (const { panel } of [...this.#open.values()]) panel.dispose();
  }
}

class ReportPanel {
  readonly panel: vscode.WebviewPanel;
  readonly #client: LanguageClient;
  readonly #pages: PagePanel;
  #run: ReportRun;
  #found: readonly FolderReport[] | null = null;
  /** Of the run under way. */
  #stopping: vscode.CancellationTokenSource | undefined;

  constructor(run: ReportRun, client: LanguageClient, extension: vscode.Uri) {
    this.#run = run;
    this.#client = client;
    this.panel = vscode.window.createWebviewPanel(viewType, run.title, run.column);
    this.#pages = new PagePanel(this.panel, extension, ["pages.css", "migrations.css"], (request) => this.#answer(request));
    this.panel.onDidDispose(() => {
      this.#pages.dispose();
      this.#stop();
    });
  }

  /** In place of a run that is under way. */
  async start(run: ReportRun): Promise<void> {
    this.#stopping?.cancel();
    const stopping = new vscode.CancellationTokenSource();
    this.#run = run;
    this.#stopping = stopping;
    const isLatest = (): boolean => this.#stopping === stopping;
    const running = (message: string): void => {
      if (isLatest()) this.#show({ kind: "running", message });
    };
    running("");
    try {
      const found = await followedRequest<readonly FolderReport[]>(this.#client, run, { token: stopping.token, report: running });
      if (!isLatest()) return;
      this.#found = found;
      this.#show({ kind: "done", at: new Date().toISOString() });
      run.ended(found);
    } catch (error) {
      if (!isLatest()) return;
      this.#found = null;
      this.#show({ kind: "failed", message: messageOf(error) });
    } finally {
      stopping.dispose();
      if (isLatest()) this.#stopping = undefined;
    }
  }

  /** At once: the server may take its time to end the work. */
  #stop(): void {
    if (this.#stopping === undefined) return;
    this.#stopping.cancel();
    this.#stopping = undefined;
    this.#show({ kind: "cancelled" });
  }

  async #answer(request: PageRequest): Promise<void> {
    switch (request.kind) {
      case "run":
        return this.start(request.data === undefined ? this.#run : this.#run.on(request.data));
      case "stop":
        return this.#stop();
      case "dryRun":
        return void (await vscode.commands.executeCommand(clientCommands.dryRunMigration, uriOf(request)));
      case "rollback":
        return void (await vscode.commands.executeCommand(clientCommands.createRollback, uriOf(request)));
      case "copyMarkdown":
        await vscode.env.clipboard.writeText((this.#found ?? []).map(({ markdown }) => markdown).join("\n"));
        return void vscode.window.setStatusBarMessage("The report is in the clipboard, as Markdown", 4_000);
      case "exportJson":
        return this.#export();
    }
  }

  /** One folder as `--format json` prints it; several by their names. */
  async #export(): Promise<void> {
    const found = this.#found ?? [];
    const first = found[0];
    if (first === undefined) return;
    const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(vscode.Uri.parse(first.folder), `${this.#run.fileName}.json`), filters: { JSON: ["json"] } });
    if (target === undefined) return;
    const whole = found.length === 1 ? first.report : Object.fromEntries(found.map(({ folderName, report }) => [folderName, report]));
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(`${JSON.stringify(whole, null, 2)}\n`));
    await vscode.window.showTextDocument(target);
  }

  #show(state: RunState): void {
    const found = this.#found?.map(({ markdown: _, ...rest }) => rest) ?? null;
    this.#pages.show({ kind: "show", folder: this.#found?.[0]?.folder ?? "", ...this.#run.page(state, found) });
  }
}

function uriOf({ folder, file }: Extract<PageRequest, { kind: "dryRun" | "rollback" }>): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.parse(folder), file);
}
