// The fixes of findings that ask for an index, taken together: one migration instead of one for each finding.

import type { ChangeData, FixData, MigrationChange } from "../protocol/worker";
import { joinFixes } from "./join-fixes";

/** Rules whose findings a new index mends. */
export const indexRules: ReadonlySet<string> = new Set(["unindexed-filter", "unindexed-join", "unindexed-sort", "unindexed-foreign-key", "function-on-column", "case-insensitive-like"]);

/**
 * All fixes of a project joined, with the chosen set of each database in place of what single findings ask for. `sets`
 * are its migrations; where the set of a database is empty, so is its migration.
 */
export function joinWithSets(fixes: readonly FixData[], sets: readonly MigrationChange[]): readonly FixData[] {
  const replaced = fixes.filter(makesIndex);
  const chosen = sets.flatMap((change): FixData[] => {
    const first = replaced.find(({ changes }) => changes.some((one) => one.kind === "migration" && one.folder === change.folder));
    return first === undefined ? [] : [{ title: titleOf(change), safety: "review", rule: first.rule, key: first.key, changes: [change] }];
  });
  const done = new Set(chosen.flatMap(({ changes }) => changes.flatMap(statementsOf)));
  const others = fixes.filter((fix) => !makesIndex(fix) && !isDone(fix, done));
  return [...joinFixes(others), ...chosen];
}

/** The indexes that the findings of one file ask for, as one fix; undefined where they are not several. */
export function joinOfFile(fixes: readonly FixData[]): FixData | undefined {
  const migrations = fixes.filter(makesIndex).map((fix) => ({ ...fix, changes: fix.changes.filter(isMigration) }));
  const databases = new Set(migrations.flatMap(({ changes }) => changes.map(({ folder }) => folder)));
  const joined = joinFixes(migrations);
  const changes = joined.flatMap((fix) => fix.changes.filter(isMigration));
  const made = changes.reduce((sum, { sql }) => sum + indexCount(sql), 0);
  const first = joined[0];
  if (first === undefined || made < 2) return undefined;
  return { ...first, title: `Create all indexes for this file (${made}) in ${databases.size === 1 ? "a new migration" : "new migrations"}`, changes };
}

function makesIndex({ rule, changes }: FixData): boolean {
  return indexRules.has(rule) && changes.some(isMigration);
}

function isMigration(change: ChangeData): change is MigrationChange {
  return change.kind === "migration";
}

/** Everything that it does, a set does as well: drop what a new index replaces. */
function isDone({ changes }: FixData, done: ReadonlySet<string>): boolean {
  const statements = changes.flatMap(statementsOf);
  return statements.length > 0 && changes.every(isMigration) && statements.every((statement) => done.has(statement));
}

function statementsOf(change: ChangeData): readonly string[] {
  return change.kind === "migration" ? change.sql.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("--")) : [];
}

function titleOf({ sql }: MigrationChange): string {
  const made = indexCount(sql);
  return `Create ${made === 1 ? "the index" : `the ${made} indexes`} that all queries together ask for in a new migration`;
}

function indexCount(sql: string): number {
  return sql.split("\n").filter((line) => /^CREATE (?:UNIQUE )?INDEX /.test(line)).length;
}
