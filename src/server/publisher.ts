// Publishes the findings of one folder, and remembers what stands in the editor. A result for a text that is no longer
// the current one is dropped, whether it came late or its positions took long to find.

import { readFile } from "node:fs/promises";
import nodePath from "node:path";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Diagnostic, PublishDiagnosticsParams } from "vscode-languageserver/node";
import type { FileFindings, FindingData } from "../protocol/worker";
import { diagnosticOf, type Located, withoutMark } from "./convert";
import type { OpenDocuments } from "./open-documents";
import { uriOfPath } from "./places";

/** What was published last for a file. */
export interface Published {
  readonly uri: string;
  readonly revision: number;
  readonly findings: readonly { readonly finding: FindingData; readonly diagnostic: Diagnostic }[];
}

export interface PublisherOptions {
  readonly folder: string;
  readonly documents: OpenDocuments;
  readonly send: (params: PublishDiagnosticsParams) => void;
  /** Whether a path of this folder is not another, inner workspace folder's. */
  readonly owns: (path: string) => boolean;
  /** Whether the editor shows related places. */
  readonly related: boolean;
}

export class Publisher {
  readonly #options: PublisherOptions;
  readonly #published = new Map<string, Published>();
  readonly #latest = new Map<string, number>();
  #turn = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Publishes what is still current of these files. */
  async publish(files: readonly FileFindings[]): Promise<void> {
    const texts = new Map<string, Promise<Located | undefined>>();
    await Promise.all(files.map((file) => this.#publishFile(file, texts)));
  }

  published(path: string): Published | undefined {
    return this.#published.get(path);
  }

  /** The text of a file as the editor holds it, else as it stands on disk; undefined where there is none. */
  async locate(path: string): Promise<Located | undefined> {
    return this.#openText(path) ?? (await readText(this.#options.folder, path));
  }

  /** Takes back everything. */
  clear(): void {
    for (const [path, { uri, findings }] of this.#published) {
      this.#latest.delete(path);
      if (findings.length > 0) this.#options.send({ uri, diagnostics: [] });
    }
    this.#published.clear();
  }

  /** Takes back what belongs to another folder now. */
  dropForeign(): void {
    for (const [path, { uri, findings }] of this.#published) {
      if (this.#options.owns(path)) continue;
      this.#published.delete(path);
      if (findings.length > 0) this.#options.send({ uri, diagnostics: [] });
    }
  }

  async #publishFile(file: FileFindings, texts: Map<string, Promise<Located | undefined>>): Promise<void> {
    const { path, version, findings } = file;
    if (!this.#options.owns(path)) return;
    const turn = ++this.#turn;
    if (!this.#isCurrent(path, version)) return;
    this.#latest.set(path, turn);
    const wanted = findings.length === 0 ? [] : [path, ...(this.#options.related ? findings.flatMap((f) => f.related.map((r) => r.file)) : [])];
    const located = new Map<string, Located>();
    for (const each of new Set(wanted)) {
      const text = this.#openText(each) ?? (await share(texts, each, () => readText(this.#options.folder, each)));
      if (text) located.set(each, text);
    }
    if (this.#latest.get(path) !== turn || !this.#isCurrent(path, version)) return;
    this.#show(path, version, findings, located);
  }

  #show(path: string, revision: number, findings: readonly FindingData[], located: ReadonlyMap<string, Located>): void {
    const there = located.get(path);
    // A file that is gone has no findings.
    const shown = there ? findings : [];
    const uri = this.#openText(path)?.uri ?? there?.uri ?? uriOfPath(this.#options.folder, path);
    const before = this.#published.get(path);
    if (before && before.uri !== uri && before.findings.length > 0) this.#options.send({ uri: before.uri, diagnostics: [] });
    const pairs = there ? shown.map((finding) => ({ finding, diagnostic: diagnosticOf(there.document, finding, (file) => located.get(file)) })) : [];
    if (pairs.length === 0 && (before?.findings.length ?? 0) === 0 && !this.#options.documents.get(path)) {
      this.#published.delete(path);
      return;
    }
    this.#published.set(path, { uri, revision, findings: pairs });
    const version = this.#options.documents.get(path)?.version;
    this.#options.send({ uri, diagnostics: pairs.map(({ diagnostic }) => diagnostic), ...(version === undefined ? {} : { version }) });
  }

  #isCurrent(path: string, revision: number): boolean {
    return this.#options.documents.revision(path) === revision;
  }

  #openText(path: string): Located | undefined {
    const document = this.#options.documents.get(path);
    return document && { uri: document.uri, document };
  }
}

function share<K, V>(made: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const existing = made.get(key);
  if (existing) return existing;
  const value = make();
  made.set(key, value);
  return value;
}

async function readText(folder: string, path: string): Promise<Located | undefined> {
  try {
    const text = await readFile(nodePath.join(folder, path), "utf8");
    const uri = uriOfPath(folder, path);
    // Core counts without a byte order mark, and so does the editor that opens the file.
    return { uri, document: TextDocument.create(uri, "", 0, withoutMark(text)) };
  } catch {
    return undefined;
  }
}
