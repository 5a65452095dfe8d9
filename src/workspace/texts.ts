// The texts of one folder: from disk, or as an editor holds them. A text that did not change keeps its object, since
// every later stage takes identity as the key of its cache.

import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { SourceFile } from "../core/schema/sources";
import { within } from "./paths";

export type ReadResult =
  | { readonly kind: "text"; readonly file: SourceFile }
  /** `missing` also stands for what is no file or cannot be read. */
  | { readonly kind: "missing" | "binary" | "large" };

export class Texts {
  readonly #folder: string;
  readonly #disk = new Map<string, Promise<ReadResult>>();
  readonly #overlays = new Map<string, { readonly file: SourceFile; readonly version: number }>();
  /** Open documents whose file was deleted: their text counts no more until it is typed in or written again. */
  readonly #detached = new Set<string>();
  /** The last object made for a path, to be used again for the same text. */
  readonly #last = new Map<string, SourceFile>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The text as it stands in the editor, else on disk, without its byte order mark. */
  read(file: string, maxBytes: number): Promise<ReadResult> {
    const overlay = this.#overlays.get(file);
    if (overlay && !this.#detached.has(file)) return Promise.resolve({ kind: "text", file: overlay.file });
    return this.#fromDisk(file, maxBytes);
  }

  /** The text on disk, whatever an editor holds. */
  async readSaved(file: string, maxBytes: number): Promise<string | undefined> {
    const result = await load(path.join(this.#folder, file), maxBytes);
    return typeof result === "string" ? result : undefined;
  }

  overlay(file: string, text: string, version: number): void {
    this.#detached.delete(file);
    this.#overlays.set(file, { file: this.#same(file, withoutBom(text), version), version });
  }

  closeOverlay(file: string): void {
    this.#detached.delete(file);
    this.#overlays.delete(file);
    this.#disk.delete(file);
  }

  /** The file of an open document was deleted. */
  detach(file: string): void {
    if (this.#overlays.has(file)) this.#detached.add(file);
  }

  /** It is there again. */
  attach(file: string): void {
    this.#detached.delete(file);
  }

  /** The paths of all open documents. */
  get documents(): string[] {
    return [...this.#overlays.keys()];
  }

  /** The paths of all open documents whose text counts. */
  get open(): string[] {
    return this.documents.filter((file) => this.isOpen(file));
  }

  isOpen(file: string): boolean {
    return this.#overlays.has(file) && !this.#detached.has(file);
  }

  /** The editor's version of an open document, 0 where none is open. */
  version(file: string): number {
    return this.#overlays.get(file)?.version ?? 0;
  }

  /** Reads the file, or all files of the folder, again when they are next asked for. */
  forget(fileOrFolder: string): void {
    if (this.#disk.delete(fileOrFolder)) return;
    for (const file of this.#disk.keys()) if (within(fileOrFolder, file)) this.#disk.delete(file);
  }

  #fromDisk(file: string, maxBytes: number): Promise<ReadResult> {
    let reading = this.#disk.get(file);
    if (!reading) {
      reading = load(path.join(this.#folder, file), maxBytes).then((result): ReadResult => {
        if (typeof result !== "string") return result;
        return { kind: "text", file: this.#same(file, result, 0) };
      });
      this.#disk.set(file, reading);
    }
    return reading;
  }

  #same(file: string, text: string, version: number): SourceFile {
    const last = this.#last.get(file);
    if (last?.text === text) return last;
    const made = Object.freeze({ path: file, text, version });
    this.#last.set(file, made);
    return made;
  }
}

async function load(absolute: string, maxBytes: number): Promise<string | Exclude<ReadResult, { kind: "text" }>> {
  try {
    const { size } = await stat(absolute);
    if (size > maxBytes) return { kind: "large" };
    const bytes = await readFile(absolute);
    if (bytes.includes(0)) return { kind: "binary" };
    return withoutBom(bytes.toString("utf8"));
  } catch {
    return { kind: "missing" };
  }
}

/** Editors show a text without its byte order mark, so offsets count without it. */
function withoutBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
