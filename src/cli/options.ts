// Options that several commands share, and how their values are checked.

import { InvalidArgumentError, Option } from "commander";
import type { Context } from "./context";
import { UsageError } from "./context";
import { didYouMean } from "./words";

export const folderArgument = ["[folder]", "the folder of the project", "."] as const;

export function formatOption(formats: readonly string[]): Option {
  return new Option("--format <format>", "how to print it").choices(formats).default(formats[0]);
}

export function ruleOption(): Option {
  return new Option("--rule <id>", "only this rule; may be given several times").argParser(collect).default([], "every rule");
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Give a whole number, 0 or more.");
  return Number(text);
}

export function atLeastOne(text: string): number {
  const rows = wholeNumber(text);
  if (rows < 1) throw new InvalidArgumentError("Give a whole number, 1 or more.");
  return rows;
}

/** Fails at the first id that names no rule. The folder must be open. */
export async function checkRules(context: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const known = (await context.ask("rules", null)).map((rule) => rule.id);
  for (const id of ids) {
    if (known.includes(id)) continue;
    throw new UsageError(`there is no rule ${id}${didYouMean(id, known) || `; the rules are ${known.join(", ")}`}`);
  }
}

/** For options that may be given several times. */
export function collect(id: string, before: readonly string[]): readonly string[] {
  return before.includes(id) ? before : [...before, id];
}
