// What the search for databases sees of the opened folder: the disk with the open documents laid over it.

import type { ReadResult } from "./texts";

export interface Listing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

export interface FolderView {
  /** The opened folder, absolute. */
  readonly folder: string;
  /** Every file that may matter and is not ignored, sorted. */
  readonly files: ReadonlySet<string>;
  /** The names directly in a folder, sorted, ignored ones too; undefined where there is no such folder. */
  list(dir: string): Promise<Listing | undefined>;
  /** A text as it stands in the editor, else on disk. */
  read(file: string, maxBytes: number): Promise<ReadResult>;
  /** The text on disk of a document that is open; undefined where none is open. */
  readSaved(file: string): Promise<string | undefined>;
}

/** A migration may carry data; nothing that a person wrote is larger than this. */
export const maxSqlBytes = 50 * 1024 * 1024;
export const maxConfigurationBytes = 1024 * 1024;
