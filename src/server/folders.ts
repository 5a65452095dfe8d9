// The workspace folders and which of them a uri belongs to. A file in two folders, one inside the other, is the inner
// one's; a file in none is nobody's.

import type { TextDocument } from "vscode-languageserver-textdocument";
import { type AnalysisHost, FolderAnalysis } from "./folder-analysis";
import { pathOfUri, relativePath } from "./places";

export interface PlaceInFolder {
  readonly analysis: FolderAnalysis;
  readonly path: string;
}

export class Folders {
  readonly #host: AnalysisHost;
  readonly #analyses = new Map<string, FolderAnalysis>();

  constructor(host: AnalysisHost) {
    this.#host = host;
  }

  all(): readonly FolderAnalysis[] {
    return [...this.#analyses.values()];
  }

  /** By the uri that the editor gave. */
  get(uri: string): FolderAnalysis | undefined {
    return this.#analyses.get(uri);
  }

  at(uri: string): PlaceInFolder | undefined {
    const absolute = pathOfUri(uri);
    return absolute === undefined ? undefined : this.#owner(absolute);
  }

  /** Adds and removes folders; documents that are open go to the folder that owns them from now on. */
  async change(added: readonly { readonly uri: string; readonly name: string }[], removed: readonly string[], open: readonly TextDocument[]): Promise<void> {
    const before = new Map(open.map((document) => [document, this.at(document.uri)]));
    const closing = removed.flatMap((uri) => {
      const analysis = this.#analyses.get(uri);
      this.#analyses.delete(uri);
      return analysis ? [analysis] : [];
    });
    const started = added.flatMap(({ uri, name }) => this.#add(uri, name));
    const ended = Promise.all(closing.map((analysis) => analysis.close()));
    for (const [document, was] of before) {
      const now = this.at(document.uri);
      if (now?.analysis === was?.analysis) continue;
      if (was && !closing.includes(was.analysis)) was.analysis.documentClosed(was.path);
      now?.analysis.opened(now.path, document);
    }
    // What two folders share changed hands.
    for (const analysis of this.all()) if (!started.includes(analysis)) analysis.publisher.dropForeign();
    for (const analysis of started) analysis.start();
    await ended;
  }

  /** Ends every worker. */
  async close(): Promise<void> {
    const all = this.all();
    this.#analyses.clear();
    await Promise.all(all.map((analysis) => analysis.close()));
  }

  #add(uri: string, name: string): FolderAnalysis[] {
    const path = pathOfUri(uri);
    if (path === undefined || this.#analyses.has(uri)) return [];
    const analysis: FolderAnalysis = new FolderAnalysis({ uri, name, path }, this.#host, (file) => this.#owner(`${path}/${file}`)?.analysis === analysis);
    this.#analyses.set(uri, analysis);
    return [analysis];
  }

  #owner(absolute: string): PlaceInFolder | undefined {
    let nearest: PlaceInFolder | undefined;
    for (const analysis of this.#analyses.values()) {
      const path = relativePath(analysis.root.path, absolute);
      if (path !== undefined && (nearest === undefined || path.length < nearest.path.length)) nearest = { analysis, path };
    }
    return nearest;
  }
}
