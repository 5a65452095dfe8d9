// `plumbline schema`: the schema that the migrations make.

import type { Command } from "commander";
import type { SchemaReport } from "../../protocol/report";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder } from "../context";
import { schemaMarkdown } from "../formats/schema-markdown";
import { schemaMermaid } from "../formats/schema-mermaid";
import { schemaSql } from "../formats/schema-sql";
import { schemaText } from "../formats/schema-text";
import { folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";

type Format = "text" | "json" | "markdown" | "mermaid" | "sql";

export function addSchema(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("schema")
    .description("print the schema that the migrations make")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json", "markdown", "mermaid", "sql"]))
    .action(async (folder: string, { format }: { format: Format }) => {
      const root = await openFolder(context, folder);
      await context.stdout.write(rendered(context, root, await context.ask("schema", null), format));
      done(0);
    });
}

function rendered(context: Context, root: string, report: SchemaReport, format: Format): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(report, null, 2)}\n`;
    case "markdown":
      return schemaMarkdown(report);
    case "mermaid":
      return schemaMermaid(report);
    case "sql":
      return schemaSql(report);
    case "text":
      return schemaText(report, { colors: colorsFor(context.stdout, context.env), path: shownFrom(context.cwd, root) });
  }
}
