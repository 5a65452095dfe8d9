// `plumbline dry-run`: what migrations do to rows and schema, without applying them.

import { stat } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import type { DryRunReport } from "../../protocol/report";
import type { DryRunRequest } from "../../protocol/worker";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder, UsageError } from "../context";
import { dryRunText } from "../formats/dry-run-text";
import { atLeastOne, folderArgument, formatOption } from "../options";
import { migrationPaths } from "../migration-paths";
import { shownFrom } from "../paths";

interface Options {
  readonly format: "text" | "json" | "markdown";
  readonly migration: readonly string[];
  readonly all?: true;
  readonly data: string;
  readonly rows?: number;
}

export function addDryRun(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("dry-run")
    .description("run migrations without applying them: rows before and after, schema, time, queries that break")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json", "markdown"]))
    .option("--migration <file>", "this migration; may be given several times. Without it: the pending ones, or all where there is no local database", (file: string, before: readonly string[]) => [...before, file], [])
    .option("--all", "every migration")
    .option("--data <data>", "seeded (made-up rows), local (a copy of the local D1 database), or a .sqlite file, which is copied", "seeded")
    .option("--rows <n>", "made-up rows of each table that a migration can change", atLeastOne)
    .action(async (folder: string, options: Options) => done(await dryRun(context, folder, options)));
}

async function dryRun(context: Context, folder: string, { format, migration, all, data, rows }: Options): Promise<ExitStatus> {
  const source = await dataOf(context, data);
  if (rows !== undefined && source !== "seeded") throw new UsageError("--rows is for made-up rows: leave it out, or use --data seeded");
  const root = await openFolder(context, folder);
  const { report, markdown } = await context.ask("dryRun", { files: migrationPaths(context, root, migration), all: all === true, data: source, rows });
  const style = { colors: colorsFor(context.stdout, context.env), path: shownFrom(context.cwd, root), width: Math.max(60, context.stdout.columns ?? 120) };
  await context.stdout.write(format === "json" ? `${JSON.stringify(report, null, 2)}\n` : format === "markdown" ? markdown : dryRunText(report, style));
  return isBad(report) ? 1 : 0;
}

/** A migration that fails, loses rows that no statement of it names, or breaks queries of the code. */
function isBad({ migrations }: DryRunReport): boolean {
  return migrations.some(({ ok, lost, breaks }) => !ok || lost.some(({ stated }) => !stated) || breaks.length > 0);
}

async function dataOf(context: Context, data: string): Promise<DryRunRequest["data"]> {
  if (data === "seeded" || data === "local") return data;
  const file = path.resolve(context.cwd, data);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) throw new UsageError(`--data ${data} is neither seeded nor local nor a file: give one of them`);
  return { file };
}
