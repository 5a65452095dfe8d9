// The text of a rollback file: what it takes back and how well, what cannot come back and what to do about that, how it
// is run, and then the statements. The last one makes wrangler forget the migration.

import { quoteName } from "../../planner/proposed-index";
import type { Target } from "../../schema/world";
import { quoteText } from "./column-values";
import type { Rollback } from "./rollback";
import type { Line } from "./script";

export interface RollbackPlace {
  /** Of the migration and of the file itself, relative to the folder in which commands are run. */
  readonly migration: string;
  readonly file: string;
  /** As wrangler notes the migration. */
  readonly recordName: string;
  /** As wrangler's commands name the database. */
  readonly database: string;
  readonly migrationsTable: string;
  readonly target: Target;
}

export function rollbackText(rollback: Rollback, place: RollbackPlace): string {
  const header = [...opening(rollback, place), ...(rollback.grade === "exact" ? [] : beforehand(place)), ...running(place)];
  return textOf(header, rollback.lines, place);
}

/** The rollback of the migration that keeps backups. */
export function companionText(lines: readonly Line[], place: RollbackPlace): string {
  const header = [`Takes back ${place.migration}, which keeps in backup tables what it loses.`, "Exact: schema and rows are as before. Run up and down on made-up rows, and compared.", ...running(place)];
  return textOf(header, lines, place);
}

/** The migration that keeps backups: statements before its text. */
export function withBackups(text: string, keeping: readonly string[], backups: readonly string[]): string {
  const note = `-- Kept so that this migration can be taken back. Drop ${backups.join(", ")} in a later one, once nobody wants to go back.`;
  return `${note}\n${keeping.map((sql) => `${sql};\n`).join("")}\n${text}`;
}

function textOf(header: readonly string[], lines: readonly Line[], { recordName, migrationsTable, target }: RollbackPlace): string {
  const forget: readonly Line[] = target === "d1" ? [{ sql: `DELETE FROM ${quoteName(migrationsTable)} WHERE name = ${quoteText(recordName)}`, note: "wrangler forgets the migration, so that it can be applied again" }] : [];
  const body = [...lines, ...forget].map(({ sql, note }) => `${note === undefined ? "" : `\n-- ${note}\n`}${sql};\n`);
  return `${header.map((line) => `-- ${line}`.trimEnd()).join("\n")}\n\n${body.join("").trimStart()}`;
}

function opening({ grade, reasons, verified, lines }: Rollback, { migration }: RollbackPlace): readonly string[] {
  const tried = verified ? " Run up and down on made-up rows, and compared." : "";
  const first = `Takes back ${migration}.`;
  const drops = lines.some(({ sql }) => /^DROP TABLE (?!_undo_|_rollback_)|^ALTER TABLE [^]* DROP COLUMN /i.test(sql)) ? ["  - What was written since into the tables and columns that it drops is gone with them"] : [];
  const points = [...reasons.map((reason) => `  - ${reason}`), ...drops];
  switch (grade) {
    case "exact":
      return [first, `Exact: schema and rows are as before.${tried}`, ...(points.length > 0 ? ["Mind:", ...points] : []), ...(lines.length === 0 ? ["There is nothing to take back."] : [])];
    case "structure":
      return [first, `The schema is as before; not all of the data is.${tried}`, ...points];
    case "irreversible":
      return [first, "This does NOT take it back by itself: it fails on rows, and then changes nothing. Finish it by hand, or go back in time.", ...points];
  }
}

function beforehand({ database, recordName, target }: RollbackPlace): readonly string[] {
  if (target !== "d1") return ["To have everything back, copy the database file before the migration is applied."];
  const stem = recordName.replaceAll("/", "__").replace(/\.sql$/i, "");
  return [
    "To have everything back, before the migration is applied:",
    `  npx wrangler d1 export ${database} --remote --output before_${stem}.sql`,
    `  npx wrangler d1 time-travel info ${database}     (says the bookmark of this moment)`,
    "and to go back to that moment with the whole database, within 30 days (7 on the free plan):",
    `  npx wrangler d1 time-travel restore ${database} --bookmark=BOOKMARK`,
    `When it is applied already: time-travel info ${database} --timestamp=TIME, with a time before that, says the bookmark.`,
  ];
}

function inShell(file: string): string {
  return /^[\w./@-]+$/.test(file) ? file : `"${file}"`;
}

function running({ database, file, target }: RollbackPlace): readonly string[] {
  if (target !== "d1") return ["Run it by hand, in one transaction."];
  return ["wrangler does not run this file as a migration. By hand (--local for the database on this machine):", `  npx wrangler d1 execute ${database} --remote --file ${inShell(file)}`];
}
