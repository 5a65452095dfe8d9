// `plumbline fix`: applies the fixes of all findings, or prints them as a diff.

import type { Command } from "commander";
import { colorsFor, highlightNames } from "../colors";
import type { Context, ExitStatus } from "../context";
import { openFolder } from "../context";
import { editedDiff, newFileDiff } from "../formats/diff";
import type { FixPlan } from "../fixing";
import { planFixes } from "../fixing";
import { checkRules, folderArgument, ruleOption } from "../options";
import { shownFrom } from "../paths";
import { count, plain } from "../words";
import { writeNew, writeWhole } from "../write";

interface Options {
  readonly rule: readonly string[];
  readonly reviewToo?: true;
  readonly dry?: true;
}

export function addFix(program: Command, context: Context, done: (status: ExitStatus) => void): void {
  program
    .command("fix")
    .description("apply the fixes that keep every result")
    .argument(...folderArgument)
    .addOption(ruleOption())
    .option("--review-too", "also those that a person should read, such as new index migrations")
    .option("--dry", "write nothing, print a diff")
    .action(async (folder: string, options: Options) => done(await fix(context, folder, options)));
}

async function fix(context: Context, folder: string, { rule: rules, reviewToo, dry }: Options): Promise<ExitStatus> {
  const root = await openFolder(context, folder);
  await checkRules(context, rules);
  const review = reviewToo === true;
  const fixes = await context.ask("allFixes", { rules, review });
  const plan = await planFixes(context, root, fixes.filter(({ safety }) => review || safety === "safe"));
  if (plan.files.length === 0) {
    await context.stderr.write(`Nothing to fix${review ? "" : "; --review-too takes the fixes that a person should read"}\n`);
  } else if (dry) {
    await context.stdout.write(diffOf(context, plan));
  } else {
    await apply(plan);
    await context.stdout.write(applied(context, root, plan));
  }
  for (const note of plan.skipped) await context.stderr.write(`plumbline: ${plain(note)}\n`);
  return 0;
}

async function apply(plan: FixPlan): Promise<void> {
  for (const file of plan.files) {
    if (file.before === undefined) await writeNew(file.absolute, file.after);
    else await writeWhole(file.absolute, file.bom ? `\ufeff${file.after}` : file.after);
  }
}

function diffOf(context: Context, plan: FixPlan): string {
  const colors = colorsFor(context.stdout, context.env);
  const diff = plan.files.map((file) =>
    file.before === undefined ? newFileDiff(file.path, file.after) : editedDiff(file.path, file.before, file.edits),
  );
  const color = (line: string) => {
    if (/^(\+\+\+|---) /.test(line)) return colors.bold(line);
    if (line.startsWith("@@")) return colors.cyan(line);
    return line.startsWith("+") ? colors.green(line) : line.startsWith("-") ? colors.red(line) : line;
  };
  return colors.isColorSupported ? diff.join("").split("\n").map(color).join("\n") : diff.join("");
}

function applied(context: Context, root: string, plan: FixPlan): string {
  const colors = colorsFor(context.stdout, context.env);
  const path = shownFrom(context.cwd, root);
  const lines = plan.files.flatMap((file) => [
    `${colors.bold(path(file.path))}${file.before === undefined ? colors.green(" created") : ""}`,
    ...file.fixes.map((fix) => `  ${fix.rule}: ${highlightNames(colors, plain(fix.title))}`),
  ]);
  const fixes = new Set(plan.files.flatMap((file) => file.fixes)).size;
  return `${lines.join("\n")}\n\n${count(fixes, "fix", "fixes")} in ${count(plan.files.length, "file")}\n`;
}
