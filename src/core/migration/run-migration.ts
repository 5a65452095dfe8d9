// Runs one migration on a database as D1 would, and tells what each statement did: time, rows changed, and which
// statement took rows away. The rows may be made up or a copy of real ones; that is not known here.

import type { SqlRows } from "../schema/engine";
import type { Step, Steps } from "../schema/migration-steps";
import { parseStep } from "../schema/migration-steps";
import type { Failed, World } from "../schema/world";
import { compareRows, countRows, readRows } from "./table-rows";
import type { DatabaseRows, Renames, TableChange } from "./table-rows";

export interface RanStep {
  readonly step: Step;
  /** Milliseconds. */
  readonly ms: number;
  /** By INSERT, UPDATE and DELETE; without what foreign keys did by themselves. */
  readonly rowsChanged: number;
  /** Tables that held fewer rows after it, by name in lower case: how many fewer. */
  readonly took: ReadonlyMap<string, number>;
}

export interface MigrationRun {
  readonly file: string;
  /** Undefined where it succeeded; otherwise everything is as before. */
  readonly failed: Failed | undefined;
  /** In order, up to the one that failed. */
  readonly steps: readonly RanStep[];
  readonly ms: number;
  readonly before: DatabaseRows;
  readonly after: DatabaseRows;
  /** By the statements that ran. */
  readonly renames: Renames;
  /** Empty where it failed. */
  readonly changes: readonly TableChange[];
}

/** Never throws for the SQL's sake. */
export function runMigration(world: World, file: Steps, recordName: string): MigrationRun {
  const before = readRows(world.db, world.origins.virtualTables());
  const steps: RanStep[] = [];
  let counts = countRows(world.db, tableNames(world));
  const watch = (step: Step, { ms, changes }: SqlRows): void => {
    const now = mayChangeCounts(step) ? countRows(world.db, tableNames(world)) : counts;
    steps.push({ step, ms, rowsChanged: changes, took: fewer(counts, now) });
    counts = now;
  };
  const failed = world.apply(file, recordName, watch);
  const after = readRows(world.db, world.origins.virtualTables());
  const renames = renamesOf(steps);
  const changes = failed === undefined ? compareRows(before, after, renames) : [];
  return { file: file.file, failed, steps, ms: steps.reduce((sum, { ms }) => sum + ms, 0), before, after, renames, changes };
}

function tableNames(world: World): readonly string[] {
  const names = world.db.run("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  return names.ok ? names.rows.map(([name]) => String(name)) : [];
}

/** A table that is gone counts as emptied. */
function fewer(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...before].flatMap(([name, count]) => (count > (after.get(name) ?? 0) ? [[name, count - (after.get(name) ?? 0)] as const] : [])));
}

/** Seeds and what makes objects change no count that matters; a copy does, since a later statement may take its rows. */
function mayChangeCounts({ kind, text }: Step): boolean {
  if (kind === "additive") return /^CREATE\s+TABLE\b[^(]*\bAS\b/i.test(text);
  return /^INSERT\s+INTO\b/i.test(text) ? /\bSELECT\b/i.test(text) : !/^(?:PRAGMA|SELECT)\b/i.test(text);
}

function renamesOf(steps: readonly RanStep[]): Renames {
  const tables = new Map<string, string>();
  const columns = new Map<string, Map<string, string>>();
  for (const { step } of steps) {
    const statement = parseStep(step);
    if (statement?.type !== "AlterTableStmt") continue;
    const { body } = statement;
    const table = statement.tblName.objName.text.toLowerCase();
    if (body.type === "RenameToAlterTableBody") {
      const now = body.name.text.toLowerCase();
      tables.set(firstName(tables, table), now);
      columns.set(now, columns.get(table) ?? new Map());
      columns.delete(table);
    } else if (body.type === "RenameColumnAlterTableBody") {
      const own = columns.get(table) ?? new Map<string, string>();
      columns.set(table, own.set(firstName(own, body.old.text.toLowerCase()), body.new.text));
    }
  }
  return { tables, columns };
}

function firstName(renamed: ReadonlyMap<string, string>, name: string): string {
  return [...renamed].find(([, now]) => now.toLowerCase() === name)?.[0] ?? name;
}
