// `plumbline compare`: how a live database differs from what its migrations say.

import { stat } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder, UsageError } from "../context";
import { compareText } from "../formats/compare-text";
import { folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";

interface Options {
  readonly format: "text" | "json";
  readonly data: string;
}

export function addCompare(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("compare")
    .description("compare the schema of the migrations with that of a live database, and write what would close the drift")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json"]))
    .option("--data <data>", "local (the local D1 database), or a .sqlite file; both are only read", "local")
    .action(async (folder: string, options: Options) => done(await compare(context, folder, options)));
}

async function compare(context: Context, folder: string, { format, data }: Options): Promise<ExitStatus> {
  const file = data === "local" ? undefined : path.resolve(context.cwd, data);
  if (file !== undefined && (await stat(file).catch(() => undefined))?.isFile() !== true) throw new UsageError(`--data ${data} is no file: give a SQLite database, or local`);
  const root = await openFolder(context, folder);
  const report = await context.ask("compare", { file });
  const unread = report.databases.find(({ local }) => local === null);
  if (unread !== undefined && report.databases.every(({ local }) => local === null)) {
    throw new UsageError(file === undefined ? `there is no local database of ${unread.binding} (${unread.why}): run \`wrangler dev\` or \`wrangler d1 migrations apply --local\` once, or give --data FILE` : `${data} cannot be read: ${unread.why}`);
  }
  const style = { colors: colorsFor(context.stdout, context.env), path: shownFrom(context.cwd, root), width: Math.max(60, context.stdout.columns ?? 120) };
  await context.stdout.write(format === "json" ? `${JSON.stringify(report, null, 2)}\n` : compareText(report, style));
  return report.databases.some(({ schema }) => schema.length > 0) ? 1 : 0;
}
