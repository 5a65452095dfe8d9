// `plumbline validate`: every migration through its rules, a dry run and its rollback. The gate for CI.

import type { Command } from "commander";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder } from "../context";
import { validateText } from "../formats/validate-text";
import { changesSince } from "../git";
import { folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";

interface Options {
  readonly format: "text" | "json" | "markdown";
  readonly since?: string;
}

export function addValidate(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("validate")
    .description("judge every migration by its rules, a dry run and its rollback; exit status 1 where one fails or loses rows")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json", "markdown"]))
    .option("--since <rev>", "only migrations that are new or changed since this git revision")
    .action(async (folder: string, options: Options) => done(await validate(context, folder, options)));
}

async function validate(context: Context, folder: string, { format, since }: Options): Promise<ExitStatus> {
  const root = await openFolder(context, folder);
  const files = since === undefined ? undefined : (await changesSince(root, since)).files;
  const { report, markdown } = await context.ask("validate", { files });
  const style = { colors: colorsFor(context.stdout, context.env), path: shownFrom(context.cwd, root), width: Math.max(60, context.stdout.columns ?? 120) };
  await context.stdout.write(format === "json" ? `${JSON.stringify(report, null, 2)}\n` : format === "markdown" ? markdown : validateText(report, style));
  return report.summary.fails + report.summary.losesRows > 0 || report.migrations.some(({ errors, breaks }) => errors > 0 || breaks > 0) ? 1 : 0;
}
