// `plumbline review`: the findings of a folder, in the form that is asked for.

import type { Command } from "commander";
import type { ReviewReport } from "../../protocol/report";
import { readBaseline, writeBaseline } from "../baseline";
import type { Context, ExitStatus } from "../context";
import { openFolder, UsageError } from "../context";
import { reviewGithub } from "../formats/review-github";
import { reviewMarkdown } from "../formats/review-markdown";
import { reviewSarif } from "../formats/review-sarif";
import { reviewText } from "../formats/review-text";
import { colorsFor } from "../colors";
import { changesSince } from "../git";
import type { Narrowed } from "../narrow";
import { narrow } from "../narrow";
import { checkRules, folderArgument, formatOption, ruleOption, wholeNumber } from "../options";
import { namedFrom, shownFrom } from "../paths";
import { count } from "../words";

interface Options {
  readonly format: "text" | "json" | "sarif" | "github" | "markdown";
  readonly rule: readonly string[];
  readonly since?: string;
  readonly baseline?: string;
  readonly updateBaseline?: true;
  readonly maxWarnings: number;
}

export function addReview(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("review")
    .description("find what is slow, wrong or unsafe in queries and migrations")
    .argument(...folderArgument)
    .addOption(formatOption(["text", "json", "sarif", "github", "markdown"]))
    .addOption(ruleOption())
    .option("--since <revision>", "only findings in what changed since this git revision")
    .option("--baseline <file>", "leave out the findings that this file lists")
    .option("--update-baseline", "write the present findings into the baseline file")
    .option("--max-warnings <number>", "warnings that are no failure", wholeNumber, 0)
    .action(async (folder: string, options: Options) => done(await review(context, folder, options)));
}

async function review(context: Context, folder: string, options: Options): Promise<ExitStatus> {
  const { rule: rules, baseline: file, since } = options;
  if (options.updateBaseline) return updateBaseline(context, folder, options);
  const baseline = file === undefined ? undefined : await readBaseline(context.cwd, file);
  const root = await openFolder(context, folder);
  await checkRules(context, rules);
  const changes = since === undefined ? undefined : await changesSince(root, since);
  const narrowed = await narrow(context, await context.ask("report", { rules }), { baseline, changes, rules });
  await context.stdout.write(await rendered(context, folder, root, narrowed, options));
  return statusOf(narrowed.report, options.maxWarnings);
}

async function updateBaseline(context: Context, folder: string, { baseline, rule, since }: Options): Promise<ExitStatus> {
  if (baseline === undefined) throw new UsageError("--update-baseline writes a file: name it with --baseline FILE");
  if (rule.length > 0 || since !== undefined) {
    throw new UsageError("--update-baseline takes every finding: leave out --rule and --since");
  }
  await openFolder(context, folder);
  const { findings } = await context.ask("report", { rules: [] });
  await writeBaseline(context.cwd, baseline, findings);
  await context.stderr.write(`${count(findings.length, "finding")} written to ${baseline}\n`);
  return 0;
}

async function rendered(context: Context, folder: string, root: string, narrowed: Narrowed, { format, since }: Options): Promise<string> {
  const { report, leftOut } = narrowed;
  const machinePath = namedFrom(context.cwd, root);
  switch (format) {
    case "json":
      return `${JSON.stringify({ ...report, summary: { ...report.summary, ...(Object.keys(leftOut).length > 0 && { leftOut }) } }, null, 2)}\n`;
    case "sarif":
      return reviewSarif(report, await context.ask("rules", null), machinePath);
    case "github":
      return reviewGithub(report, machinePath);
    case "markdown":
      return reviewMarkdown(narrowed, machinePath);
    case "text":
      return reviewText(narrowed, {
        colors: colorsFor(context.stdout, context.env),
        width: Math.max(60, context.stdout.columns ?? 120),
        path: shownFrom(context.cwd, root),
        folder,
        since,
      });
  }
}

function statusOf({ findings }: ReviewReport, maxWarnings: number): ExitStatus {
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  return warnings > maxWarnings || findings.some(({ severity }) => severity === "error") ? 1 : 0;
}
