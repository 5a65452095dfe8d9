// Writing a file so that a reader sees the old bytes or the new ones, never half of them.

import { mkdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "./context";

/** Writes the whole file; a link stays a link, the file's mode stays, and folders are made. */
export async function writeWhole(file: string, bytes: string | Uint8Array): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const mode = (await stat(target).catch(() => undefined))?.mode;
  const beside = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
  try {
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(beside, bytes, { flag: "wx", ...(mode !== undefined && { mode }) });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw new UsageError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

/** The same for a file that must not be there yet. */
export async function writeNew(file: string, text: string): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there !== undefined) throw new UsageError(`${file} exists already: run the command again`);
  await writeWhole(file, text);
}
