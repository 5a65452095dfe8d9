// `plumbline health`: where the project stands by six targets and a list of checks, with recorded traffic where there is
// some.

import path from "node:path";
import type { Command } from "commander";
import type { HealthReport } from "../../protocol/report";
import type { RecordedText } from "../../protocol/worker";
import { readRecordedFile } from "../../workspace/recorded-file";
import { colorsFor } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder, UsageError } from "../context";
import { healthText } from "../formats/health-text";
import { collect, folderArgument, formatOption } from "../options";
import { shownFrom } from "../paths";
import { didYouMean } from "../words";

interface Options {
  readonly format: "text" | "json" | "markdown" | "html";
  readonly from: readonly string[];
  readonly failOn: readonly string[];
}

export function addHealth(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("health")
    .description("show where the project stands: targets, checks, recorded queries, and what saves most; exit status 1 where a check of --fail-on has findings")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json", "markdown", "html"]))
    .option("--from <FILE|trace>", "recorded traffic: of `wrangler tail --format json`, Workers Logs, Workers Traces or `wrangler d1 insights --json`; `trace` is what `wrangler dev` recorded here; may be given several times", collect, [])
    .option("--fail-on <check>", "a check that must have no findings, `all`, or `alerts`; may be given several times", collect, [])
    .action(async (folder: string, options: Options) => done(await health(context, folder, options)));
}

async function health(context: Context, folder: string, { format, from, failOn }: Options): Promise<ExitStatus> {
  const root = await openFolder(context, folder);
  const files = from.filter((name) => name !== "trace");
  const recorded = await Promise.all(files.map((name) => readRecorded(context, name)));
  const { report, markdown, html } = await context.ask("health", { recorded, traces: from.includes("trace") });
  const fails = failing(report, failOn);
  const style = { colors: colorsFor(context.stdout, context.env), path: shownFrom(context.cwd, root), width: Math.max(60, context.stdout.columns ?? 120) };
  const text = { json: () => `${JSON.stringify(report, null, 2)}\n`, markdown: () => markdown, html: () => html, text: () => healthText(report, style) }[format]();
  await context.stdout.write(text);
  return fails ? 1 : 0;
}

function failing({ checks, alerts }: HealthReport, failOn: readonly string[]): boolean {
  const known = ["all", "alerts", ...checks.map(({ id }) => id)];
  for (const name of failOn) {
    if (!known.includes(name)) throw new UsageError(`there is no check ${name}${didYouMean(name, known) || `; the checks are ${known.join(", ")}`}`);
  }
  const hasFindings = ({ state }: HealthReport["checks"][number]): boolean => state === "warning" || state === "error";
  return checks.some((check) => (failOn.includes(check.id) || failOn.includes("all")) && hasFindings(check)) || (failOn.includes("alerts") && alerts.length > 0);
}

async function readRecorded({ cwd }: Context, name: string): Promise<RecordedText> {
  const file = path.resolve(cwd, name);
  const read = await readRecordedFile(file);
  if (!read.ok) throw new UsageError(`${file} ${read.reason}: give --from a file of recorded traffic, or \`--from trace\` for what \`wrangler dev\` recorded here`);
  return { name, text: read.text };
}
