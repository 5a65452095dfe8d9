// `plumbline cache`: what the code caches, what it could, and which writes have to purge it.

import type { Command } from "commander";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder } from "../context";
import { cacheText } from "../formats/cache-text";
import { folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";

interface Options {
  readonly format: "text" | "json" | "markdown";
}

export function addCache(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("cache")
    .description("show what the code caches, which reads are worth it, and which writes have to purge them")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json", "markdown"]))
    .action(async (folder: string, options: Options) => done(await cache(context, folder, options)));
}

async function cache(context: Context, folder: string, { format }: Options): Promise<ExitStatus> {
  const root = await openFolder(context, folder);
  const { report, markdown } = await context.ask("cache", null);
  if (format === "json") await context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (format === "markdown") await context.stdout.write(markdown);
  else await context.stdout.write(cacheText(report, { colors: colorsFor(context.stdout, context.env), path: shownFrom(context.cwd, root) }));
  return 0;
}
