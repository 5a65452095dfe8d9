// `plumbline indexes`: the indexes that all the code asks for, those that it has too many of, and who uses what.

import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import type { FixData, MigrationChange } from "../../protocol/worker";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder, UsageError } from "../context";
import { planFixes } from "../fixing";
import { indexesText } from "../formats/indexes-text";
import { folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";
import { writeNew } from "../write";

interface Options {
  readonly format: "text" | "json" | "markdown";
  readonly write?: true;
  readonly from?: string;
}

export function addIndexes(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("indexes")
    .description("recommend the indexes that all queries together ask for, and audit those that exist")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json", "markdown"]))
    .option("--write", "make the migration, and its rollback file")
    .option("--from <FILE>", "weigh queries by what `wrangler d1 insights --json` printed")
    .action(async (folder: string, options: Options) => done(await indexes(context, folder, options)));
}

async function indexes(context: Context, folder: string, { format, write, from }: Options): Promise<ExitStatus> {
  const root = await openFolder(context, folder);
  const recorded = from === undefined ? undefined : await readRecorded(path.resolve(context.cwd, from));
  const { report, markdown, migrations } = await context.ask("indexes", { recorded });
  const shown = shownFrom(context.cwd, root);
  if (format === "json") await context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (format === "markdown") await context.stdout.write(markdown);
  else await context.stdout.write(indexesText(report, { colors: colorsFor(context.stdout, context.env), path: shown, isWriting: write === true }));
  if (write === true) await writeMigrations(context, root, migrations, report.recommended.length, shown);
  return 0;
}

/** On standard error, since standard output is the report's. */
async function writeMigrations(context: Context, root: string, migrations: readonly MigrationChange[], recommended: number, shown: (path: string) => string): Promise<void> {
  const fix: FixData = { title: "Recommended indexes", safety: "review", rule: "", key: 0, changes: migrations };
  const { files } = await planFixes(context, root, [fix]);
  for (const file of files) await writeNew(file.absolute, file.after);
  const nothing = recommended === 0 ? "no index is missing" : "no migration makes these tables, or there is no migrations folder";
  await context.stderr.write(files.length === 0 ? `Nothing to write: ${nothing}\n` : files.map((file) => `created ${shown(file.path)}\n`).join(""));
}

async function readRecorded(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}): give --from the output of \`wrangler d1 insights --json\``);
  }
}
