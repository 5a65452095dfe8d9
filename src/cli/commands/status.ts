// `plumbline status`: which migrations the local D1 database has, and which are to come.

import type { Command } from "commander";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder } from "../context";
import { statusText } from "../formats/status-text";
import { folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";

export function addStatus(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("status")
    .description("list applied, pending, failed and edited migrations, by the local D1 database")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json"]))
    .action(async (folder: string, { format }: { readonly format: "text" | "json" }) => {
      const root = await openFolder(context, folder);
      const report = await context.ask("status", null);
      const style = { colors: colorsFor(context.stdout, context.env), path: shownFrom(context.cwd, root) };
      await context.stdout.write(format === "json" ? `${JSON.stringify(report, null, 2)}\n` : statusText(report, style));
      done(0);
    });
}
