// The statements that give a database the schema of before again, and carry the rows of every table that stays: what was
// made is dropped, what was dropped is made with the very same text, what was renamed gets its name back, and a table
// that no ALTER can take back is made anew. No row may be lost on the way, although D1 enforces foreign keys all the
// time: a table that others refer to is rebuilt together with them.

import { quoteName } from "../../planner/proposed-index";
import type { Schema, Table } from "../../schema/schema";
import type { Backups } from "./column-values";
import { inPlace } from "./in-place";
import type { Descent, Lineage } from "./lineage";
import { makeSearchAgain, rebuildBack } from "./rebuild-back";
import { sameSql, wordsOf } from "./same-sql";
import type { Script } from "./script";

export interface SchemaChange {
  readonly before: Schema;
  readonly after: Schema;
  readonly lineage: Lineage;
}

/** Adds to a script that stands at the schema of after. `restore` adds what puts rows back that `backups` keep. */
export function takeSchemaBack(script: Script, change: SchemaChange, backups: Backups, restore: () => void): void {
  const plan = planTables(script, change);
  dropAround(script, change, plan);
  dropForRenames(script, change);
  renameBack(script, change.lineage);
  for (const [descent, operations] of plan.inPlace) operations.forEach((sql, at) => script.alter(sql, at === 0 ? `Takes back what was changed in ${descent.before.name}` : undefined));
  rebuildBack(script, change, plan.rebuilt, backups);
  restore();
  makeSearchAgain(script, change);
  makeAgain(script, change);
}

interface TablePlan {
  readonly inPlace: ReadonlyMap<Descent, readonly string[]>;
  /** To be made anew, with the tables that refer to them. */
  readonly rebuilt: readonly Descent[];
}

/** Tries on the script's database, which is left as it was. */
function planTables(script: Script, { before, lineage }: SchemaChange): TablePlan {
  const { db } = script.world;
  db.run("SAVEPOINT plan");
  for (const { name } of script.schema().triggers) db.run(`DROP TRIGGER ${quoteName(name)}`);
  for (const { name } of script.schema().views) db.run(`DROP VIEW ${quoteName(name)}`);
  for (const { name, sql } of script.schema().indexes) if (sql !== undefined && !before.indexes.some((index) => index.sql === sql)) db.run(`DROP INDEX ${quoteName(name)}`);
  const renamed = lineage.descents.filter(isRenamed);
  for (const { name } of namesakes(lineage)) db.run(`DROP TABLE ${quoteName(name)}`);
  for (const one of renamed) db.run(renaming(one));
  const operations = new Map<Descent, readonly string[]>();
  const rebuilt = new Set<Descent>();
  for (const descent of lineage.descents) {
    const found = inPlace(db, descent);
    if (found === undefined) rebuilt.add(descent);
    else if (found.length > 0) operations.set(descent, found);
  }
  const foreignKeys = db.run(`SELECT m.name, f."table" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`);
  const links = foreignKeys.ok ? foreignKeys.rows.map(([child, parent]) => [String(child).toLowerCase(), String(parent).toLowerCase()] as const) : [];
  db.run("ROLLBACK TO plan");
  db.run("RELEASE plan");
  withChildren(rebuilt, lineage, links);
  for (const descent of rebuilt) operations.delete(descent);
  return { inPlace: operations, rebuilt: lineage.descents.filter((descent) => rebuilt.has(descent)) };
}

/** A rename makes the tables that refer to the table follow it, so they are rebuilt too, and those that refer to them. */
function withChildren(rebuilt: Set<Descent>, { descents }: Lineage, links: readonly (readonly [child: string, parent: string])[]): void {
  const byName = new Map(descents.map((one) => [one.before.name.toLowerCase(), one]));
  for (let size = -1; size !== rebuilt.size; ) {
    size = rebuilt.size;
    for (const [child, parent] of links) {
      const [above, below] = [byName.get(parent), byName.get(child)];
      if (above !== undefined && below !== undefined && rebuilt.has(above)) rebuilt.add(below);
    }
  }
}

/** Drops what was made around the tables, and what would stand in the way of changing them; `makeAgain` makes it again. */
function dropAround(script: Script, { before, after, lineage }: SchemaChange, plan: TablePlan): void {
  const names = new Set(plan.rebuilt.flatMap((one) => [one.before.name.toLowerCase(), one.after.name.toLowerCase()]));
  const goes = new Set(lineage.made.map(({ name }) => name.toLowerCase()));
  const views = new Set<string>();
  const isInTheWay = (sql: string): boolean => [...wordsOf(sql)].some((word) => names.has(word) || views.has(word));
  for (let size = -1; size !== views.size; ) {
    size = views.size;
    for (const { name, sql } of after.views) if (!isNamed(before.views, name) || isInTheWay(sql)) views.add(name.toLowerCase());
  }
  const triggers = after.triggers.filter(({ name, table, sql }) => (!isNamed(before.triggers, name) && !goes.has(table.toLowerCase())) || isInTheWay(sql) || views.has(table.toLowerCase()));
  script.addAll(triggers.map(({ name }) => `DROP TRIGGER ${quoteName(name)}`));
  script.addAll(after.views.filter(({ name }) => views.has(name.toLowerCase())).map(({ name }) => `DROP VIEW ${quoteName(name)}`));
  const rebuilt = new Set(plan.rebuilt.map((one) => one.after.name.toLowerCase()));
  const isOver = ({ name, table, sql }: (typeof after.indexes)[number]): boolean => {
    if (sql === undefined || goes.has(table.toLowerCase()) || rebuilt.has(table.toLowerCase())) return false;
    return !isNamed(before.indexes, name);
  };
  script.addAll(after.indexes.filter(isOver).map(({ name }) => `DROP INDEX ${quoteName(name)}`));
}

/** A new table may have the name that an old one gets back. */
function dropForRenames(script: Script, { lineage }: SchemaChange): void {
  for (const { name } of namesakes(lineage)) script.add(`DROP TABLE ${quoteName(name)}`);
}

function namesakes({ made, descents }: Lineage): readonly Table[] {
  return made.filter(({ name }) => descents.some((one) => isRenamed(one) && one.before.name.toLowerCase() === name.toLowerCase()));
}

function renameBack(script: Script, { descents }: Lineage): void {
  for (const one of descents.filter(isRenamed)) script.alter(renaming(one), `Gives ${one.before.name} its name back`);
}

function isRenamed({ before, after }: Descent): boolean {
  return before.name.toLowerCase() !== after.name.toLowerCase();
}

function renaming({ before, after }: Descent): string {
  return `ALTER TABLE ${quoteName(after.name)} RENAME TO ${quoteName(before.name)}`;
}

/** Indexes, views and triggers of before that are not there, or not the same. */
function makeAgain(script: Script, { before }: SchemaChange): void {
  const { indexes, views } = script.schema();
  for (const { name, sql } of before.indexes) if (sql !== undefined) makeOne(script, "INDEX", name, sql, indexes);
  for (const { name, sql } of before.views) makeOne(script, "VIEW", name, sql, views);
  // A view takes its triggers along.
  const { triggers } = script.schema();
  for (const { name, sql } of before.triggers) makeOne(script, "TRIGGER", name, sql, triggers);
}

interface Named {
  readonly name: string;
  readonly sql: string | undefined;
}

function makeOne(script: Script, type: string, name: string, sql: string, there: readonly Named[]): void {
  if (keeps(there, name, sql)) return;
  if (isNamed(there, name)) script.add(`DROP ${type} ${quoteName(name)}`);
  script.add(sql);
}

function isNamed(there: readonly Named[], name: string): boolean {
  return there.some((one) => one.name.toLowerCase() === name.toLowerCase());
}

function keeps(there: readonly Named[], name: string, sql: string): boolean {
  const found = there.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return found?.sql !== undefined && sameSql(found.sql, sql);
}
