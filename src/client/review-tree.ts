// A view beside the code that follows the reviews: it asks for its contents while it is in sight and only once a review,
// and is drawn again only where they have changed.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { messageOf } from "./page-panel";
import type { StatusFeed } from "./status-feed";
import { filtered, type ViewNode } from "./view-node";

/** What a view shows, and how. */
export interface ReviewedView<Found, Choice extends string> {
  /** Of the view in package.json; its context key `<id>.filtered`, and `<id>.choice`, are for its menus. */
  readonly id: string;
  readonly request: string;
  /** How it can be shown; the first where nothing was chosen. */
  readonly choices: readonly [Choice, ...Choice[]];
  nodes(found: Found, choice: Choice): readonly ViewNode[];
  /** Beside the view's title. */
  summary(found: Found): string;
}

export class ReviewTree<Found, Choice extends string = string> implements vscode.TreeDataProvider<ViewNode>, vscode.Disposable {
  readonly #view: ReviewedView<Found, Choice>;
  readonly #client: LanguageClient;
  readonly #status: StatusFeed;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #tree: vscode.TreeView<ViewNode>;
  readonly #listening: readonly vscode.Disposable[];
  #found: Found | undefined;
  /** What was found last, to draw again only what has changed. */
  #drawn = "";
  #asking: Promise<void> | undefined;
  /** Something was reviewed since the contents were asked for. */
  #isOutdated = true;

  /** `memory` keeps the filter and the choice for this workspace. */
  constructor(view: ReviewedView<Found, Choice>, { client, status, memory }: { readonly client: LanguageClient; readonly status: StatusFeed; readonly memory: vscode.Memento }) {
    this.#view = view;
    this.#client = client;
    this.#status = status;
    this.#memory = memory;
    this.#tree = vscode.window.createTreeView(view.id, { treeDataProvider: this, showCollapseAll: true });
    this.#listening = [
      status.onDidChange(({ state }) => {
        if (state === "working") return;
        this.#isOutdated = true;
        this.#follow();
      }),
      this.#tree.onDidChangeVisibility(() => this.#follow()),
    ];
    this.#tell();
  }

  get filter(): string {
    return this.#memory.get(`${this.#view.id}.filter`, "");
  }

  get choice(): Choice {
    const kept = this.#memory.get<string>(`${this.#view.id}.choice`);
    return this.#view.choices.find((choice) => choice === kept) ?? this.#view.choices[0];
  }

  async setFilter(text: string): Promise<void> {
    await this.#memory.update(`${this.#view.id}.filter`, text.trim() === "" ? undefined : text.trim());
    this.#tell();
    this.#changed.fire();
  }

  async choose(choice: Choice): Promise<void> {
    await this.#memory.update(`${this.#view.id}.choice`, choice);
    this.#tell();
    this.#changed.fire();
  }

  /** Asks again, whether anything was reviewed or not. */
  async refresh(): Promise<void> {
    this.#isOutdated = true;
    await this.#load();
  }

  getTreeItem(node: ViewNode): vscode.TreeItem {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children === undefined ? None : node.isOpen === true ? Expanded : Collapsed);
    item.id = node.id;
    if (node.description !== undefined) item.description = node.description;
    if (node.tooltip !== undefined) item.tooltip = new vscode.MarkdownString(node.tooltip);
    if (node.context !== undefined) item.contextValue = node.context;
    item.iconPath = new vscode.ThemeIcon(node.icon, node.color === undefined ? undefined : new vscode.ThemeColor(node.color));
    // A press on what can be unfolded unfolds it.
    if (node.place !== undefined && node.children === undefined) item.command = { command: "plumbline.revealInEditor", title: "Reveal in Editor", arguments: [node] };
    return item;
  }

  async getChildren(node?: ViewNode): Promise<ViewNode[]> {
    if (node !== undefined) return [...(node.children ?? [])];
    if (this.#found === undefined) await this.#load();
    if (this.#found === undefined) return [];
    const all = this.#view.nodes(this.#found, this.choice);
    const left = filtered(all, this.filter);
    this.#tree.message = this.filter === "" ? "" : left.length > 0 ? `Filter: ${this.filter}` : `Nothing here has “${this.filter}” in its name`;
    return [...left];
  }

  dispose(): void {
    for (const each of this.#listening) each.dispose();
    this.#tree.dispose();
    this.#changed.dispose();
  }

  #follow(): void {
    if (this.#tree.visible && this.#isOutdated && this.#found !== undefined) void this.#load();
    // What was never there is asked for by VS Code, as it draws the view.
    else if (this.#tree.visible && this.#isOutdated && this.#asking === undefined) this.#changed.fire();
  }

  #load(): Promise<void> {
    this.#asking ??= this.#askWhileOutdated().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #askWhileOutdated(): Promise<void> {
    // An answer before the first review would have to make it.
    if (this.#found === undefined) await reviewed(this.#status);
    while (this.#isOutdated) {
      this.#isOutdated = false;
      try {
        this.#take(await this.#client.sendRequest<Found>(this.#view.request));
      } catch (error) {
        // What is typed meanwhile is reviewed next, and the end of that review asks again.
        if (this.#found === undefined && !this.#isOutdated && !isOvertaken(error)) this.#tree.message = messageOf(error);
      }
    }
  }

  #take(found: Found): void {
    const text = JSON.stringify(found);
    const isFirst = this.#found === undefined;
    this.#found = found;
    this.#tree.description = this.#view.summary(found);
    if (text === this.#drawn) return;
    this.#drawn = text;
    if (!isFirst) this.#changed.fire();
  }

  #tell(): void {
    void vscode.commands.executeCommand("setContext", `${this.#view.id}.filtered`, this.filter !== "");
    void vscode.commands.executeCommand("setContext", `${this.#view.id}.choice`, this.choice);
  }
}

/** Resolves when the server has said how a review ended. */
function reviewed(status: StatusFeed): Promise<void> {
  if (status.last !== undefined && status.last.state !== "working") return Promise.resolve();
  return new Promise((resolve) => {
    const listening = status.onDidChange(({ state }) => {
      if (state === "working") return;
      listening.dispose();
      resolve();
    });
  });
}

/** LSP's words for what newer input made useless: `ContentModified` and `RequestCancelled`. */
function isOvertaken(error: unknown): boolean {
  const { code } = (typeof error === "object" && error !== null ? error : {}) as { readonly code?: unknown };
  return code === -32801 || code === -32800;
}
