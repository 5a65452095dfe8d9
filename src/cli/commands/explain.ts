// `plumbline explain`: the plan of one statement, and the index that would help it.

import type { Command } from "commander";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder, UsageError } from "../context";
import { explainText } from "../formats/explain-text";
import { folderArgument, formatOption } from "../options";

export function addExplain(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("explain")
    .description("print the plan of a statement, and the index that would help it")
    .argument("<SQL>", "one statement, in quotes")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json"]))
    .action(async (sql: string, folder: string, { format }: { format: "text" | "json" }) => {
      if (sql.trim() === "") throw new UsageError('there is no SQL: give one statement in quotes, as in plumbline explain "SELECT 1"');
      await openFolder(context, folder);
      const report = await context.ask("explain", { sql, database: undefined });
      await context.stdout.write(
        format === "json" ? `${JSON.stringify(report, null, 2)}\n` : explainText(report, colorsFor(context.stdout, context.env)),
      );
      done(report.ok ? 0 : 1);
    });
}
