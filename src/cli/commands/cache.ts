// `plumbline cache`: what the code caches, what it could, and which writes have to purge it.

import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import type { EditData } from "../../protocol/worker";
import { applyFileEdits } from "../../workspace/write";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder } from "../context";
import { cacheText } from "../formats/cache-text";
import { folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";
import { writeNew } from "../write";

interface Options {
  readonly format: "text" | "json" | "markdown";
  readonly write?: true;
}

export function addCache(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("cache")
    .description("show what the code caches, which reads are worth it, and which writes have to purge them")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json", "markdown"]))
    .option("--write", "write the cache helper into the project, and declare its KV namespace")
    .action(async (folder: string, options: Options) => done(await cache(context, folder, options)));
}

async function cache(context: Context, folder: string, { format, write }: Options): Promise<ExitStatus> {
  const root = await openFolder(context, folder);
  if (write === true) return writeHelper(context, root);
  const { report, markdown } = await context.ask("cache", null);
  if (format === "json") await context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (format === "markdown") await context.stdout.write(markdown);
  else await context.stdout.write(cacheText(report, { colors: colorsFor(context.stdout, context.env), path: shownFrom(context.cwd, root) }));
  return 0;
}

async function writeHelper(context: Context, root: string): Promise<ExitStatus> {
  const { path: file, text, exists, namespace } = await context.ask("helperFile", { kind: "cache" });
  const shown = shownFrom(context.cwd, root);
  if (exists) {
    await context.stdout.write(`${shown(file)} is there already\n`);
    return 0;
  }
  const edits = namespace?.file === undefined ? undefined : { file: namespace.file, edits: namespace.edits };
  await writeNew(path.join(root, file), text);
  await context.stdout.write(`created ${shown(file)}\n`);
  if (namespace === undefined) return 0;
  const declared = edits !== undefined && (await declare(root, edits));
  await context.stdout.write(declared ? `declared the KV namespace ${namespace.binding} in ${shown(edits.file)}\n` : `It needs a KV namespace with the binding ${namespace.binding}: declare it where the Worker's bindings are\n`);
  return 0;
}

/** False where the file cannot be edited without losing bytes of it. */
async function declare(root: string, { file, edits }: { readonly file: string; readonly edits: readonly EditData[] }): Promise<boolean> {
  const text = (await readFile(path.join(root, file), "utf8")).replace(/^\ufeff/, "");
  return (await applyFileEdits(root, [{ file, text, edits }])).outdated.length === 0;
}
