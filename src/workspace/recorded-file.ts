// A file of recorded traffic that someone names: what a tail, a log or wrangler printed into it.

import { readFile, stat } from "node:fs/promises";

/** Longer texts do not fit into a string. */
const MOST_BYTES = 500_000_000;

export type RecordedFile = { readonly ok: true; readonly text: string } | { readonly ok: false; /** What is wrong with it, such as `cannot be read (ENOENT)`. */ readonly reason: string };

/** `file` is absolute. Never throws. */
export async function readRecordedFile(file: string): Promise<RecordedFile> {
  try {
    const stats = await stat(file);
    if (!stats.isFile()) return { ok: false, reason: "is no file" };
    if (stats.size > MOST_BYTES) return { ok: false, reason: "is over 500 MB" };
    const bytes = await readFile(file);
    // What `>` of Windows PowerShell 5 writes.
    const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
    return { ok: true, text: bytes.toString(isWide ? "utf16le" : "utf8").replace(/^\uFEFF/, "") };
  } catch (error) {
    return { ok: false, reason: `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})` };
  }
}
