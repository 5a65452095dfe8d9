// `plumbline queries`: every place where the code executes SQL, with its text and its plan.

import type { Command } from "commander";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder } from "../context";
import { queriesText } from "../formats/queries-text";
import { folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";

export function addQueries(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("queries")
    .description("list every place that executes SQL, with its plan")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json"]))
    .action(async (folder: string, { format }: { format: "text" | "json" }) => {
      const root = await openFolder(context, folder);
      const report = await context.ask("queries", null);
      const path = shownFrom(context.cwd, root);
      const width = Math.max(60, context.stdout.columns ?? 120);
      await context.stdout.write(
        format === "json" ? `${JSON.stringify(report, null, 2)}\n` : queriesText(report, { colors: colorsFor(context.stdout, context.env), width, path }),
      );
      done(0);
    });
}
