// Works out what fixes make of the files, before anything is written. The fixes come joined: none changes what another
// one changes. A fix applies whole or not at all.

import { readFile } from "node:fs/promises";
import path from "node:path";
import type { EditData, FixData, MigrationChange } from "../protocol/worker";
import type { Context } from "./context";
import { UsageError } from "./context";

export interface PlannedFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly absolute: string;
  /** The text before, without its byte order mark; undefined for a new file. */
  readonly before: string | undefined;
  readonly after: string;
  readonly bom: boolean;
  /** In the order of the text, none overlapping another. */
  readonly edits: readonly EditData[];
  readonly fixes: readonly FixData[];
}

export interface FixPlan {
  readonly files: readonly PlannedFile[];
  /** What was left alone, in words. */
  readonly skipped: readonly string[];
}

export async function planFixes(context: Context, root: string, fixes: readonly FixData[]): Promise<FixPlan> {
  const texts = await readTexts(root, fixes);
  const accepted = new Map<string, { edits: EditData[]; fixes: FixData[] }>();
  const migrations: { change: MigrationChange; fix: FixData }[] = [];
  for (const fix of fixes) {
    const edits = fix.changes.filter((change) => change.kind === "edit");
    if (edits.some(({ file }) => texts.get(file)?.text === undefined)) continue;
    for (const { file, edits: more } of edits) {
      const known = accepted.get(file) ?? { edits: [], fixes: [] };
      known.edits.push(...more);
      known.fixes.push(fix);
      accepted.set(file, known);
    }
    for (const change of fix.changes) if (change.kind === "migration") migrations.push({ change, fix });
  }
  const edited = [...accepted].map(([file, { edits, fixes }]) => edit(root, file, texts.get(file)!, edits, fixes));
  const made: PlannedFile[] = [];
  for (const { change, fix } of migrations) made.push(...(await newMigration(context, root, change, fix)));
  const skipped = [...texts].flatMap(([file, { problem }]) => (problem === undefined ? [] : [`${file} ${problem} and is left as it is`]));
  return { files: [...edited, ...made].sort((a, b) => (a.path < b.path ? -1 : 1)), skipped };
}

interface ReadText {
  readonly text?: string;
  readonly bom: boolean;
  readonly problem?: string;
}

async function readTexts(root: string, fixes: readonly FixData[]): Promise<Map<string, ReadText>> {
  const files = new Set(fixes.flatMap((fix) => fix.changes.flatMap((change) => (change.kind === "edit" ? [change.file] : []))));
  const texts = new Map<string, ReadText>();
  for (const file of files) texts.set(file, await readText(path.join(root, file)));
  return texts;
}

async function readText(absolute: string): Promise<ReadText> {
  const bytes = await readFile(absolute).catch(() => undefined);
  if (bytes === undefined) return { bom: false, problem: "cannot be read" };
  const text = bytes.toString("utf8");
  // Writing it back would change bytes that no fix is about.
  if (!Buffer.from(text).equals(bytes)) return { bom: false, problem: "is not UTF-8" };
  const bom = text.startsWith("\ufeff");
  // Offsets count without the byte order mark, as editors show the text.
  return { bom, text: bom ? text.slice(1) : text };
}

function edit(root: string, file: string, { text, bom }: ReadText, edits: readonly EditData[], fixes: readonly FixData[]): PlannedFile {
  const before = text ?? "";
  const ordered = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let after = "";
  let at = 0;
  for (const { span, newText } of ordered) {
    if (span.start < at) throw new Error(`edits of ${file} overlap at offset ${span.start}`);
    if (span.end > before.length) throw new UsageError(`${file} changed while it was reviewed: run the command again`);
    after += before.slice(at, span.start) + newText;
    at = span.end;
  }
  return { path: file, absolute: path.join(root, file), before, after: after + before.slice(at), bom, edits: ordered, fixes };
}

/** The migration, and its rollback file where the fix has one. */
async function newMigration(context: Context, root: string, change: MigrationChange, fix: FixData): Promise<readonly PlannedFile[]> {
  const { path: file, header, rollbackPath } = await context.ask("newMigration", { database: change.database, migrations: change.folder, name: change.name });
  const after = header + change.sql;
  // The next migration must get the number after this one, which is not on disk yet.
  await context.ask("overlay", { path: file, text: after, version: 1 });
  const made = (name: string, text: string): PlannedFile => ({ path: name, absolute: path.join(root, name), before: undefined, after: text, bom: false, edits: [], fixes: [fix] });
  return [made(file, after), ...(change.rollback === undefined ? [] : [made(rollbackPath, change.rollback)])];
}
