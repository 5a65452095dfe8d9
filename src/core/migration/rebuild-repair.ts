// Mends a migration that rebuilds a table and loses rows of those that refer to it: what they need is written between the
// statements that are there, which stay with their comments. Whether it helps is tried by the caller.

import { quoteName } from "../planner/proposed-index";
import type { Step } from "../schema/migration-steps";
import { findTable } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { renameTables } from "../sql/table-definition";
import type { TextEdit } from "../text/edit";
import { carriedWith } from "./carried-tables";
import { carriesSequence } from "./rebuild";
import type { Rebuild } from "./rebuild";
import { carriedParts, copySection, isCounted, sequence, writeSections } from "./safe-rebuild";
import type { Section } from "./safe-rebuild";

export interface BrokenRebuild {
  /** The file. */
  readonly text: string;
  readonly steps: readonly Step[];
  readonly rebuild: Rebuild;
  /** As the first statement of the rebuild meets it. */
  readonly schema: Schema;
}

/**
 * Edits of the file; undefined where no place for them is known. `made`: objects that the file makes itself, by their
 * names in lower case.
 */
export function repairRebuild({ text, steps, rebuild, schema }: BrokenRebuild, made: ReadonlySet<string>): readonly TextEdit[] | undefined {
  const { table: name, create, copy, drop, rename, spelling } = rebuild;
  const table = findTable(schema, name);
  // The new table's name when the old one goes.
  const temporary = spelling === "rename-last" ? rebuild.temporary : spelling === "rename-first" ? name : undefined;
  if (table === undefined || temporary === undefined || copy === undefined || drop === undefined || rename === undefined || create === copy) return undefined;
  const carried = carriedWith(schema, table);
  if (carried.isTangled) return undefined;
  const parts = carriedParts(schema, carried, temporary, made);
  const last = steps.indexOf(rename) > steps.indexOf(drop) ? rename : drop;
  const isDeferred = steps.slice(0, steps.indexOf(drop)).some((step) => /^PRAGMA\s+defer_foreign_keys\s*=?\s*\(?\s*(?:ON|TRUE|1|YES)\b/i.test(step.text));
  const before: readonly Section[] = [{ note: "", statements: isDeferred ? [] : ["PRAGMA defer_foreign_keys = ON"] }, ownSequence({ text, steps, rebuild, schema }, temporary), ...parts.clear, ...parts.copies.map(copySection), ...parts.drops];
  const after: readonly Section[] = [{ note: "Foreign keys follow the names.", statements: parts.renames }, ...parts.after, { note: "Foreign keys that hold nothing would be listed here.", statements: ["PRAGMA foreign_key_check"] }];
  const created = renameTables(create.text, parts.names);
  return [
    ...(created === create.text ? [] : [{ span: create.span, newText: created }]),
    { span: { start: drop.span.start, end: drop.span.start }, newText: `${written(text, before)}\n` },
    { span: emptyAfterLine(text, last), newText: `\n${written(text, after).trimEnd()}` },
  ];
}

/** The number that AUTOINCREMENT goes on from, unless the file sees to it itself. */
function ownSequence({ steps, rebuild, schema }: BrokenRebuild, temporary: string): Section {
  const { table: name, create, spelling } = rebuild;
  const old = findTable(schema, name)!;
  const isKept = !isCounted(old) || !isCounted({ sql: create.text }) || carriesSequence(steps, rebuild);
  const statements = isKept ? [] : sequence({ ...old, name: spelling === "rename-last" ? name : rebuild.temporary! }, temporary);
  return { note: `AUTOINCREMENT goes on from the highest id that ${quoteName(name)} ever gave.`, statements };
}

/** Drizzle's files say after each statement that it ends. */
function written(text: string, sections: readonly Section[]): string {
  const mark = "--> statement-breakpoint";
  return writeSections(sections, text.includes(mark) ? mark : "");
}

/** Behind the line on which the statement ends, or at once where another one follows on it. */
function emptyAfterLine(text: string, { span: { end } }: Step): TextEdit["span"] {
  const rest = /^\s*;[^\S\n]*(?:--[^\n]*)?(?=\n|$)/.exec(text.slice(end))?.[0] ?? /^\s*;/.exec(text.slice(end))?.[0] ?? "";
  return { start: end + rest.length, end: end + rest.length };
}
