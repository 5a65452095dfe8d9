// `plumbline rollback`: what takes migrations back, each run up and down; printed, or written beside them.

import { stat } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import type { RollbackReport, RollbacksReport } from "../../core/report/rollbacks-report";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder, UsageError } from "../context";
import { rollbacksText } from "../formats/rollbacks-text";
import { collect, folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";
import type { ShowPath } from "../paths";
import { writeWhole } from "../write";

interface Options {
  readonly migration: readonly string[];
  readonly write?: true;
  readonly force?: true;
  readonly backup?: true;
  readonly format: "text" | "json";
}

export function addRollback(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("rollback")
    .description("make what takes a migration back, and prove it by running both")
    .argument(...folderArgument)
    .requiredOption("--migration <FILE>", "the migration; may be given several times", collect, [])
    .option("--write", "write the rollback file")
    .option("--force", "also over a rollback file that is there")
    .option("--backup", "change the migration so that it first keeps what it loses in tables of its own")
    .addOption(formatOption(["text", "json"]))
    .action(async (folder: string, options: Options) => done(await rollback(context, folder, options)));
}

async function rollback(context: Context, folder: string, { migration, write, force, backup, format }: Options): Promise<ExitStatus> {
  if (migration.length === 0) throw new UsageError("--migration is missing: name the file to take back");
  const root = await openFolder(context, folder);
  const migrations = await Promise.all(migration.map((file) => nameOf(context.cwd, root, file)));
  const { report, unknown } = await context.ask("rollbacks", { migrations });
  if (unknown[0] !== undefined) throw new UsageError(`${unknown[0]} is no migration of ${folder === "." ? "this folder" : folder}: \`plumbline review\` lists them`);
  const wanted = report.rollbacks.map((one) => (backup === true && one.withBackup !== null ? keepingBackup(one) : { ...one, changed: undefined }));
  if (write === true) await writeAll(root, wanted, force === true, shownFrom(context.cwd, root));
  const rollbacks = wanted.map(({ changed: _, ...one }): RollbackReport => ({ ...one, written: write === true }));
  const all: RollbacksReport = { ...report, rollbacks };
  const style = { colors: colorsFor(context.stdout, context.env), path: shownFrom(context.cwd, root), isBackup: backup === true };
  await context.stdout.write(format === "json" ? `${JSON.stringify(all, null, 2)}\n` : rollbacksText(all, style));
  return report.failed.length > 0 || rollbacks.some(({ grade }) => grade === "irreversible") ? 1 : 0;
}

/** A path from here, where there is such a file in the folder; else as given, which may be wrangler's name. */
async function nameOf(cwd: string, root: string, file: string): Promise<string> {
  const absolute = path.resolve(cwd, file);
  const relative = path.relative(root, absolute).split(path.sep).join("/");
  const isThere = await stat(absolute).then((found) => found.isFile()).catch(() => false);
  return isThere && !relative.startsWith("../") ? relative : file;
}

interface Wanted extends RollbackReport {
  /** The new text of the migration. */
  readonly changed: string | undefined;
}

function keepingBackup(one: RollbackReport): Wanted {
  const { migration, sql } = one.withBackup!;
  return { ...one, grade: "exact", verified: true, sql, reasons: [], changed: migration };
}

/** All of them or, where one is there already, none. */
async function writeAll(root: string, wanted: readonly Wanted[], isForced: boolean, shown: ShowPath): Promise<void> {
  for (const { rollbackFile } of isForced ? [] : wanted) {
    const isThere = await stat(path.join(root, rollbackFile)).then(() => true, () => false);
    if (isThere) throw new UsageError(`${shown(rollbackFile)} exists already: give --force to write it anew`);
  }
  for (const { rollbackFile, sql, file, changed } of wanted) {
    if (changed !== undefined) await writeWhole(path.join(root, file), changed);
    await writeWhole(path.join(root, rollbackFile), sql);
  }
}
