// DROP TABLE deletes the rows of the table first, and foreign keys act on that: children lose their rows or their value,
// through any depth. The file is tried on made-up rows, so one that saves its children and puts them back is left alone.

import type { MigrationRun } from "../migration/run-migration";
import type { Step } from "../schema/migration-steps";
import { findTable } from "../schema/schema";
import docs from "./rebuild-loses-rows.md";
import { droppedTables, isSame, objectsBefore, rebuildsOf, tableBefore } from "./migration-parts";
import { rebuildFixes } from "./rebuild-fix";
import { migrationRule } from "./rule";
import type { MigrationSubject } from "./rule";

export const rebuildLosesRows = migrationRule({
  id: "rebuild-loses-rows",
  summary: "DROP TABLE that empties other tables",
  severity: "error",
  docs,
  *check(subject) {
    const drops = [...droppedTables(subject)];
    if (drops.length === 0 || subject.outcome.status !== "applied" || !mayAct(subject)) return;
    const run = subject.trial("plain");
    if (run.failed !== undefined) return;
    const { rebuilds } = rebuildsOf(subject);
    for (const { step, ast } of drops) {
      const losses = lossesBy(subject, run, step, ast.tblName.objName.text);
      if (losses.length === 0) continue;
      const rebuilt = rebuilds.find(({ drop }) => drop === step);
      const table = rebuilt?.table ?? ast.tblName.objName.text;
      yield {
        span: step.span,
        message: `${rebuilt === undefined ? "Dropping" : "The rebuild drops"} \`${table}\`, which ${losses.map(words).join(" and ")}`,
        why: subject.d1
          ? "DROP TABLE deletes the rows first, and their foreign keys act on it: on D1 neither `foreign_keys=OFF` nor `defer_foreign_keys=ON` keeps them from it. The rows counted are made up"
          : "DROP TABLE deletes the rows first, and foreign keys act on it unless they are off before the transaction begins. The rows counted are made up",
        data: { table, losses },
        ...(rebuilt === undefined ? {} : { fixes: () => rebuildFixes(subject, rebuilt, losses.map((loss) => loss.table)) }),
      };
    }
  },
});

interface Loss {
  readonly table: string;
  /** Undefined where whole rows go. */
  readonly column: string | undefined;
  readonly rows: number;
  readonly of: number;
}

/** True where some key may do more than refuse. */
function mayAct(subject: MigrationSubject): boolean {
  const acts = /\bON\s+DELETE\s+(?:CASCADE|SET)\b/i;
  return objectsBefore(subject).some(({ type, sql }) => type === "table" && acts.test(sql)) || subject.steps.some(({ kind, text }) => kind === "additive" && acts.test(text));
}

/** What one DROP TABLE took from other tables and nothing gave back. A table that is gone in the end is not counted. */
function lossesBy(subject: MigrationSubject, run: MigrationRun, step: Step, dropped: string): readonly Loss[] {
  const taken = emptied(subject, run, step, dropped);
  return run.changes.flatMap((change): readonly Loss[] => {
    if (change.now === undefined || findTable(subject.model.schema, change.now) === undefined) return [];
    if (change.lost > 0 && taken.has(change.table.toLowerCase())) return [{ table: change.table, column: undefined, rows: change.lost, of: change.before }];
    const nulling = nullingColumns(subject, change.table, step, dropped);
    return change.columns.filter(({ column, nulled }) => nulled > 0 && nulling.some((name) => isSame(name, column))).map(({ column, nulled }) => ({ table: change.table, column, rows: nulled, of: change.before }));
  });
}

/** The other tables that lost rows then, by every name that they have in the file: one may be the new self of a child. */
function emptied(subject: MigrationSubject, run: MigrationRun, step: Step, dropped: string): ReadonlySet<string> {
  const took = [...(run.steps.find((ran) => ran.step === step)?.took.keys() ?? [])].filter((name) => !isSame(name, dropped));
  const { lives } = rebuildsOf(subject);
  return new Set(took.flatMap((name) => {
    const life = lives.all.filter(({ create, renames }) => create !== undefined || renames.length > 0).find((one) => isSame(one.name, name) || one.renames.some(({ to }) => isSame(to, name)));
    return life === undefined ? [name] : [name, life.name, ...life.renames.map(({ to }) => to)].map((one) => one.toLowerCase());
  }));
}

/** Columns that the drop of a table sets to NULL. */
function nullingColumns(subject: MigrationSubject, table: string, step: Step, dropped: string): readonly string[] {
  const before = tableBefore(subject, table);
  if (before === undefined || !/\bON\s+DELETE\s+SET\b/i.test(before.sql)) return [];
  const keys = findTable(subject.course().at(step), table)?.foreignKeys ?? [];
  return keys.filter(({ parent, onDelete }) => isSame(parent, dropped) && /^SET /.test(onDelete)).flatMap(({ columns }) => columns);
}

function words({ table, column, rows, of }: Loss): string {
  return column === undefined ? `deletes ${rows} of ${of} rows of \`${table}\`` : `sets \`${table}.${column}\` to NULL in ${rows} of ${of} rows`;
}
