// Reads the arguments, runs one command, and turns whatever goes wrong into one line and an exit status.

import { Command, CommanderError } from "commander";
import { WorkerError } from "../worker/handle";
import { commands } from "./commands";
import type { Context, ExitStatus } from "./context";
import { UsageError } from "./context";
import { plain } from "./words";

/** Runs `plumbline ARGUMENTS`. Never rejects. */
export async function runCommandLine(argv: readonly string[], context: Context): Promise<ExitStatus> {
  let written = Promise.resolve();
  let status: ExitStatus = 0;
  const program = new Command("plumbline")
    .description("Reviews the schema and the queries of SQLite and Cloudflare D1 projects.")
    .version(process.env["PLUMBLINE_VERSION"] ?? "", "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureHelp({ helpWidth: Math.min(context.stdout.columns ?? 100, 110) })
    .configureOutput({
      writeOut: (text) => (written = context.stdout.write(text)),
      writeErr: (text) => (written = context.stderr.write(text)),
      // Said once, below, in our own words.
      outputError: () => undefined,
    })
    .addHelpText("after", closing);
  for (const add of commands) add(program, context, (result) => (status = result));
  try {
    await program.parseAsync(argv, { from: "user" });
    return status;
  } catch (error) {
    return await failure(error, context);
  } finally {
    await written;
  }
}

const closing = `
Exit status: 0 nothing over the limit, 1 findings over it, 2 wrong usage, 3 a bug of Plumbline.
Examples:
  plumbline review                          review the current folder
  plumbline review app --since origin/main  only what this branch changed
  plumbline fix --review-too --dry          show every fix as a diff`;

async function failure(error: unknown, context: Context): Promise<ExitStatus> {
  if (error instanceof CommanderError) return commanderFailure(error, context);
  if (error instanceof UsageError || (error instanceof WorkerError && error.kind === "usage")) {
    await context.stderr.write(`plumbline: ${plain(error.message)}\n`);
    return 2;
  }
  const detail = error instanceof Error ? (error instanceof WorkerError ? error.message : (error.stack ?? error.message)) : String(error);
  await context.stderr.write(`plumbline: internal error, please report it: ${detail}\n`);
  return 3;
}

async function commanderFailure(error: CommanderError, context: Context): Promise<ExitStatus> {
  // Help and version, which were asked for.
  if (error.exitCode === 0) return 0;
  // `plumbline` alone prints its help and is not a command.
  if (error.code === "commander.help") return 2;
  const message = plain(error.message.replace(/^error: /, "").replace(/\(Did you mean (.*?)\?\)/s, "; did you mean $1?"));
  const pointer = /did you mean|Allowed choices/.test(message) ? "" : "; see plumbline --help";
  await context.stderr.write(`plumbline: ${message.replace(" ;", ";").replace(/\.$/, "")}${pointer}\n`);
  return 2;
}
