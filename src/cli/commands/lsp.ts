// `plumbline lsp`: the language server for any editor, in this process.

import type { Command } from "commander";
import type { Context, ExitStatus } from "../context";
import { UsageError } from "../context";

export function addLsp(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("lsp")
    .description("start the language server, for editors")
    .option("--stdio", "speak over standard input and output")
    .action(({ stdio }: { stdio?: true }) => {
      if (!stdio) throw new UsageError("the language server speaks over standard input and output: plumbline lsp --stdio");
      context.startServer();
      done(0);
    });
}
