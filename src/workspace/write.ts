// The only place of this folder that writes: new migrations, and edits that a user accepted. It writes whole files and
// never over a file that it has not seen.

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { nextMigration, type ExistingMigration } from "../core/schema/migration-name";
import { applyEdits, type TextEdit } from "../core/text/edit";
import { dirOf, join, tidyPath } from "./paths";

/**
 * Writes a new migration with the next number and returns its path, relative to the opened folder like `dir`. The
 * numbers on disk count beside `existing`, since another tool may have written one meanwhile. Rejects with the
 * system's error where the folder cannot be written.
 */
export async function writeMigration(folder: string, dir: string, existing: readonly ExistingMigration[], slug: string, sql: string, now: Date): Promise<string> {
  const body = sql.endsWith("\n") ? sql : `${sql}\n`;
  const taken: ExistingMigration[] = [...existing];
  for (;;) {
    const known = new Set(taken.map((file) => file.path));
    for (const name of await namesOnDisk(path.join(folder, dir), existing)) {
      if (!known.has(name)) taken.push({ path: name, text: undefined });
    }
    const { fileName, header } = nextMigration(taken, slug, now);
    const file = join(dir, fileName);
    await mkdir(path.join(folder, dirOf(file)), { recursive: true });
    try {
      await writeFile(path.join(folder, file), header + body, { flag: "wx" });
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || known.has(fileName)) throw error;
      taken.push({ path: fileName, text: undefined });
    }
  }
}

/** Writes a file that must not exist yet; false where it does. */
export async function writeNewFile(folder: string, file: string, text: string): Promise<boolean> {
  await mkdir(path.join(folder, dirOf(file)), { recursive: true });
  try {
    await writeFile(path.join(folder, file), text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** Edits of one file, and the text that they were made for. */
export interface FileEdits {
  readonly file: string;
  readonly text: string;
  readonly edits: readonly TextEdit[];
}

export interface EditOutcome {
  readonly written: readonly string[];
  /** Files that are not what the edits were made for; where there is one, nothing is written. */
  readonly outdated: readonly string[];
}

/** Applies edits to files on disk, all or none. Byte order marks and line ends stay as they are. */
export async function applyFileEdits(folder: string, changes: readonly FileEdits[]): Promise<EditOutcome> {
  const writes: { readonly file: string; readonly contents: string }[] = [];
  const outdated: string[] = [];
  for (const { file, text, edits } of changes) {
    const name = tidyPath(file);
    if (path.isAbsolute(name) || name.startsWith("../")) throw new Error(`an edit outside the folder: ${file}`);
    const bytes = await readFile(path.join(folder, name)).catch(() => undefined);
    const onDisk = bytes?.toString("utf8");
    const bom = onDisk?.charCodeAt(0) === 0xfeff ? "\ufeff" : "";
    // Bytes that are not UTF-8 would not survive being written again.
    const isWhole = bytes !== undefined && Buffer.from(onDisk!, "utf8").equals(bytes);
    if (!isWhole || onDisk !== bom + text) outdated.push(file);
    else writes.push({ file: name, contents: bom + applyEdits(text, edits) });
  }
  if (outdated.length > 0) return { written: [], outdated };
  for (const { file, contents } of writes) await writeFile(path.join(folder, file), contents);
  return { written: writes.map(({ file }) => file), outdated };
}

/** Only a folder that already has a folder per migration is read one level deeper: others keep archives there. */
async function namesOnDisk(absolute: string, existing: readonly ExistingMigration[]): Promise<string[]> {
  const entries = await readdir(absolute, { withFileTypes: true }).catch(() => []);
  const inner = existing.find((file) => file.path.includes("/"))?.path.split("/").slice(1).join("/");
  return entries.flatMap((entry) => {
    if (entry.name.startsWith(".")) return [];
    if (entry.isDirectory()) return inner !== undefined && /^\d/.test(entry.name) ? [`${entry.name}/${inner}`] : [];
    return entry.name.endsWith(".sql") ? [entry.name] : [];
  });
}
