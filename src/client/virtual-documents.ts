// Read-only documents that are on no disk: a plan, a schema, a profile. Showing one again replaces its text. Their links
// to places in files can be followed.

import * as vscode from "vscode";

const scheme = "plumbline";

export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  /** Stands before the registration, which looks for it. */
  readonly onDidChange = this.#changed.event;
  readonly #registered = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  readonly #linked = vscode.languages.registerDocumentLinkProvider({ scheme }, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? "";
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    return [...document.getText().matchAll(/\[((?:\\.|[^\]\\])*)\]\(([a-z][\w+.-]*:[^)\s]+)\)/g)].map((match) => {
      const start = match.index + 1;
      const range = new vscode.Range(document.positionAt(start), document.positionAt(start + match[1]!.length));
      return new vscode.DocumentLink(range, vscode.Uri.parse(match[2]!));
    });
  }

  /** `name` is the title of the editor tab, its ending the language. */
  async show(name: string, text: string, column: vscode.ViewColumn): Promise<void> {
    const uri = this.#put(name, text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: column, preview: true });
  }

  /** The same, as Markdown is meant to be read. */
  async preview(name: string, text: string, column: vscode.ViewColumn.Active | vscode.ViewColumn.Beside): Promise<void> {
    const uri = this.#put(name, text);
    await vscode.workspace.openTextDocument(uri);
    try {
      await vscode.commands.executeCommand(column === vscode.ViewColumn.Beside ? "markdown.showPreviewToSide" : "markdown.showPreview", uri);
    } catch {
      // VS Code's Markdown extension is switched off.
      await this.show(name, text, column);
    }
  }

  /** Gives a document that is shown another text; `instead` of the one that it had, if it still has that. */
  replace(name: string, instead: string, text: string): void {
    if (this.#texts.get(`/${name}`) === instead) this.#put(name, text);
  }

  #put(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme, path: `/${name}` });
    this.#texts.set(uri.path, text);
    this.#changed.fire(uri);
    return uri;
  }

  dispose(): void {
    this.#registered.dispose();
    this.#linked.dispose();
    this.#changed.dispose();
  }
}
