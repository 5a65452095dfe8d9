// `plumbline profile`: what each query takes on made-up rows, and what the recommended indexes change.

import type { Command } from "commander";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder } from "../context";
import { profileText } from "../formats/profile-text";
import { atLeastOne, folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";

interface Options {
  readonly format: "text" | "json";
  readonly rows?: number;
}

export function addProfile(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("profile")
    .description("measure every query on made-up rows, with and without the recommended indexes")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json"]))
    .option("--rows <n>", "rows of each table that has no number of its own in plumbline.json; lookup tables stay small", atLeastOne)
    .action(async (folder: string, { format, rows }: Options) => {
      const root = await openFolder(context, folder);
      const report = await context.ask("profile", { rows });
      const style = { colors: colorsFor(context.stdout, context.env), path: shownFrom(context.cwd, root), width: Math.max(60, context.stdout.columns ?? 120) };
      await context.stdout.write(format === "json" ? `${JSON.stringify(report, null, 2)}\n` : profileText(report, style));
      done(0);
    });
}
