// The fix of a rebuild that takes rows from other tables: the file with their copies written into it, offered where it
// was tried and nothing is lost.

import type { MigrationRun } from "../migration/run-migration";
import type { Rebuild } from "../migration/rebuild";
import { repairRebuild } from "../migration/rebuild-repair";
import { schemaDiff } from "../migration/schema-diff";
import type { TableChange } from "../migration/table-rows";
import { applyEdits } from "../text/edit";
import { isSame } from "./migration-parts";
import type { MigrationSubject, RuleFix } from "./rule";

/** `losing`: the tables that lose rows or values. */
export function rebuildFixes(subject: MigrationSubject, rebuild: Rebuild, losing: readonly string[]): readonly RuleFix[] {
  const first = [rebuild.create, rebuild.rename].sort((a, b) => subject.steps.indexOf(a!) - subject.steps.indexOf(b!)).find((step) => step !== undefined)!;
  const broken = { text: subject.text, steps: subject.steps, rebuild, schema: subject.course().at(first) };
  // What the file makes itself may have to be made before that, or may not be made twice.
  for (const made of [new Set<string>(), madeNames(subject)]) {
    const edits = repairRebuild(broken, made);
    if (edits === undefined) return [];
    const edited = subject.edited(applyEdits(subject.text, edits));
    if (keepsRows(subject, edited, losing) && keepsSchema(subject, edited)) return [{ title: `Rebuild \`${rebuild.table}\` without losing rows`, safety: "review", edits }];
  }
  return [];
}

type Edited = ReturnType<MigrationSubject["edited"]>;

/** Indexes, views and triggers that the file makes, in lower case. */
function madeNames(subject: MigrationSubject): ReadonlySet<string> {
  return new Set(subject.steps.flatMap((step) => {
    if (!/^CREATE\s+(?:UNIQUE\s+)?(?:INDEX|VIEW|TRIGGER)\b/i.test(step.text)) return [];
    const parsed = subject.parsed(step);
    if (!parsed.ok) return [];
    const { ast } = parsed;
    const name = ast.type === "CreateIndexStmt" ? ast.idxName : ast.type === "CreateViewStmt" ? ast.viewName : ast.type === "CreateTriggerStmt" ? ast.triggerName : undefined;
    return name === undefined ? [] : [name.objName.text.toLowerCase()];
  }));
}

function keepsRows(subject: MigrationSubject, edited: Edited, losing: readonly string[]): boolean {
  const plain = edited.trial("plain");
  const awkward = edited.trial("awkward");
  const mayFail = subject.trial("awkward").failed !== undefined;
  if (plain.failed !== undefined || (awkward.failed !== undefined && !mayFail)) return false;
  return losesLess(subject.trial("plain"), plain, losing) && losesLess(subject.trial("awkward"), awkward, losing);
}

/** What the file changes besides is its purpose. */
function losesLess(old: MigrationRun, now: MigrationRun, losing: readonly string[]): boolean {
  if (now.failed !== undefined) return true;
  return now.changes.every((change) => {
    const mayLose = losing.some((table) => isSame(table, change.table)) ? undefined : old.changes.find(({ table }) => isSame(table, change.table));
    return isWithin(change, mayLose);
  });
}

function isWithin(change: TableChange, old: TableChange | undefined): boolean {
  if (old === undefined) return change.now !== undefined && change.lost === 0 && change.lostColumns.length === 0 && change.columns.length === 0;
  const columns = change.columns.every(({ column }) => old.columns.some((other) => isSame(other.column, column)));
  return change.now === old.now && change.lost <= old.lost && columns && change.lostColumns.every((column) => old.lostColumns.includes(column));
}

/** Everything is as the file meant it, or as it was before. */
function keepsSchema(subject: MigrationSubject, edited: Edited): boolean {
  const { before, after } = subject.course();
  const now = edited.course().after;
  const sinceBefore = new Set(schemaDiff(before, now).map(({ object }) => object));
  return schemaDiff(after, now).every(({ object }) => !sinceBefore.has(object));
}
