// A folder on disk made from one source text: `//- /path` starts a file. Removed when its suite ends.

import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { ProjectProblem, Snapshot } from "../../src/core/analysis/snapshot";

const made: string[] = [];

export async function folderOf(fixture: string): Promise<string> {
  // Through links (as the temporary folder is one on some systems), so that paths compare.
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), "plumbline-")));
  made.push(folder);
  await put(folder, fixture);
  return folder;
}

/** Writes more files into a folder. */
export async function put(folder: string, fixture: string): Promise<void> {
  for (const part of fixture.split(/^\s*\/\/- \//m).slice(1)) {
    const end = part.indexOf("\n");
    const file = path.join(folder, part.slice(0, end).trim());
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, dedent(part.slice(end + 1)));
  }
}

export async function removeFolders(): Promise<void> {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** One line per database, as a person would say it. */
export function databasesOf(snapshot: Snapshot): string[] {
  return snapshot.databases.map(({ binding, migrationsDir, migrations, baseCandidates, seeds }) => {
    const names = migrations.map((file) => (migrationsDir && file.startsWith(`${migrationsDir}/`) ? file.slice(migrationsDir.length + 1) : file));
    return `${binding}: ${migrationsDir ?? "-"} [${names.join(" ")}] base [${baseCandidates.join(" ")}]${seeds === undefined ? "" : ` seeds [${seeds.join(" ")}]`}`;
  });
}

/** `file: "the text marked" message`. */
export function problemsOf(snapshot: { readonly files: Snapshot["files"]; readonly problems: readonly ProjectProblem[] }): string[] {
  return snapshot.problems.map(({ file, span, severity, message }) => `${severity} ${file} ‹${snapshot.files.get(file)?.text.slice(span.start, span.end)}› ${message}`);
}

function dedent(text: string): string {
  const lines = text.split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)![0].length);
  const shared = Math.min(...indents, 40);
  return lines.map((line) => line.slice(shared)).join("\n").trimEnd() + "\n";
}
