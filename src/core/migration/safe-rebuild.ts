// Writes migrations that make a table anew and lose nothing on D1, where foreign keys are always on and DROP TABLE
// deletes the rows first. Two recipes: the tables that refer to it are copied and dropped before it and follow it by
// their new names (`carrying`), or, where no foreign key acts on a deletion, its rows wait in another table (`puttingBack`).
// Whether a recipe holds is tried elsewhere.

import { quoteName } from "../planner/proposed-index";
import { findColumn, indexesOf } from "../schema/schema";
import type { Index, Schema, Table } from "../schema/schema";
import { readVirtualTable } from "../schema/virtual-table";
import type { SchemaObject } from "../schema/world";
import { readDefinition, renameTables } from "../sql/table-definition";
import { carriedAlone, carriedWith, isSame, mentions, needsRowid } from "./carried-tables";
import type { Carried } from "./carried-tables";

export interface Redefinition {
  /** As it is before. */
  readonly table: Table;
  /** Its new CREATE TABLE statement, under the same name. */
  readonly sql: string;
  /** What fills the new columns, in their order: expressions over the old table. Columns without one get their default. */
  readonly values: readonly ColumnValue[];
  /** Objects that it gets besides. */
  readonly added?: readonly SchemaObject[];
}

export interface ColumnValue {
  readonly column: string;
  /** A column of the old table, where it is copied as it is. */
  readonly from: string | undefined;
  readonly expression: string;
}

/** Statements that belong together, and what they are for. */
export interface Section {
  readonly note: string;
  readonly statements: readonly string[];
}

/** The whole text of a migration; ends in a line break. `mark` stands behind each statement. */
export function writeSections(sections: readonly Section[], mark = ""): string {
  const written = sections.filter(({ statements }) => statements.length > 0).map(({ note, statements }) => `${note === "" ? "" : `-- ${note}\n`}${statements.map((sql) => `${ended(sql)}${mark}\n`).join("")}`);
  return written.join("\n");
}

function ended(sql: string): string {
  const bare = sql.replace(/[\s;]+$/, "");
  // After a comment to the end of the line a semicolon would be part of it.
  return /--[^\n]*$/.test(bare) ? `${bare}\n;` : `${bare};`;
}

const deferred = "PRAGMA defer_foreign_keys = ON";
const check: Section = { note: "Foreign keys that hold nothing would be listed here.", statements: ["PRAGMA foreign_key_check"] };

/** Copies the table and all that refer to it, drops the old ones, and renames. */
export function carryingRebuild(schema: Schema, change: Redefinition): readonly Section[] {
  const { table, sql, values } = change;
  const carried = carriedWith(schema, table);
  const temporary = temporaryName(schema, table.name, "new");
  const parts = carriedParts(schema, carried, temporary);
  const needed = neededIndexes(schema, table).map(({ index }) => index.name);
  const create = [renameTables(sql, parts.names), ...parentIndexes(schema, table, temporary)];
  const fill = [copyRows(schema, table, temporary, values), ...sequence(table, temporary)];
  const note = `${quoteName(table.name)} as it shall be, under another name.`;
  // In a ring each new table refers to another one, which must be there before any row is copied.
  const copied = carried.isTangled
    ? [{ note, statements: create }, ...parts.copies.map(({ note: why, create: made }) => ({ note: why, statements: made })), { note: "The rows of all of them.", statements: [...fill, ...parts.copies.flatMap((copy) => copy.fill)] }]
    : [{ note, statements: [...create, ...fill] }, ...parts.copies.map(copySection)];
  return [
    { note: "", statements: [deferred] },
    ...parts.clear,
    ...copied,
    ...parts.drops,
    { note: parts.renames.length === 0 ? `The new ${quoteName(table.name)} takes the name.` : "The new tables take the names, and foreign keys follow them.", statements: [`DROP TABLE ${quoteName(table.name)}`, renameTo(temporary, table.name), ...dropParentIndexes(schema, table, temporary), ...parts.renames] },
    ...ownObjects(schema, change, needed),
    ...parts.after,
    ...refilled(schema, change),
    check,
  ];
}

/** The rows wait while the table is dropped and made again. Only for tables whose children neither cascade nor empty their keys. */
export function puttingBackRebuild(schema: Schema, change: Redefinition): readonly Section[] {
  const { table, sql, values } = change;
  const { isRing } = carriedAlone(schema, table);
  const name = quoteName(table.name);
  const temporary = temporaryName(schema, table.name, "rows");
  const waiting = quoteName(temporary);
  const rowid = needsRowid(schema, table) ? ["rowid"] : [];
  const columns = values.map(({ column }) => quoteName(column));
  const saved = [...rowid.map(() => "rowid AS kept_rowid"), ...values.map(({ column, expression }) => (isSame(expression, quoteName(column)) ? expression : `${expression} AS ${quoteName(column)}`))];
  const counts = isCounted(table) ? [`INSERT INTO sqlite_sequence (name, seq) SELECT ${text(temporary)}, seq FROM sqlite_sequence WHERE name = ${text(table.name)}`] : [];
  const countsOn = isCounted({ sql }) && counts.length > 0 ? [`DELETE FROM sqlite_sequence WHERE name = ${text(table.name)}`, `UPDATE sqlite_sequence SET name = ${text(table.name)} WHERE name = ${text(temporary)}`] : [];
  const unique = keptIndexes(schema, change).filter((index) => index.unique);
  return [
    { note: "", statements: [deferred] },
    { note: `The rows of ${name} wait here meanwhile.`, statements: [`CREATE TABLE ${waiting} AS SELECT ${saved.join(", ")} FROM ${name}`, ...counts] },
    { note: `${name} as it shall be.`, statements: [...(isRing ? dropTriggers(schema, table) : []), `DROP TABLE ${name}`, sql, ...unique.map((index) => index.sql)] },
    { note: "", statements: [`INSERT INTO ${name} (${[...rowid, ...columns].join(", ")})\nSELECT ${[...rowid.map(() => "kept_rowid"), ...columns].join(", ")} FROM ${waiting}`, ...countsOn, `DROP TABLE ${waiting}`] },
    ...ownObjects(schema, change, unique.map(({ name: index }) => index)),
    ...refilled(schema, change),
    check,
  ];
}

export interface CarriedParts {
  /** Every carried table's name while it is copied, quoted, by its own in lower case. */
  readonly names: ReadonlyMap<string, string>;
  /** Removes the views and triggers that would stand in the way. */
  readonly clear: readonly Section[];
  readonly copies: readonly CopiedChild[];
  /** Drops the old children. */
  readonly drops: readonly Section[];
  /** Gives the children their names. */
  readonly renames: readonly string[];
  /** Makes what hung on the children, and the views and triggers, again. */
  readonly after: readonly Section[];
}

interface CopiedChild {
  readonly note: string;
  readonly create: readonly string[];
  readonly fill: readonly string[];
}

export function copySection({ note, create, fill }: CopiedChild): Section {
  return { note, statements: [...create, ...fill] };
}

/**
 * All but the statements for the first table itself, which has the name `temporary` meanwhile. `made`: objects that are
 * made elsewhere, by their names in lower case.
 */
export function carriedParts(schema: Schema, carried: Carried, temporary: string, made: ReadonlySet<string> = new Set()): CarriedParts {
  const [first, ...children] = carried.tables;
  const now = new Map([[first!.name, temporary], ...children.map(({ name }) => [name, temporaryName(schema, name, "new")] as const)]);
  const names = new Map([...now].map(([name, other]) => [name.toLowerCase(), quoteName(other)]));
  const isLeft = ({ name }: { readonly name: string }): boolean => !made.has(name.toLowerCase());
  const ofViews = schema.triggers.filter((trigger) => carried.views.some(({ name }) => isSame(name, trigger.table)));
  const inWay = [...carried.triggers.map(({ name }) => `DROP TRIGGER ${quoteName(name)}`), ...(carried.isRing ? carried.tables.flatMap((table) => dropTriggers(schema, table)) : [])];
  return {
    names,
    clear: [{ note: clearNote, statements: [...inWay, ...carried.views.toReversed().map(({ name }) => `DROP VIEW ${quoteName(name)}`)] }],
    copies: children.map((child) => copiedChild(schema, child, now.get(child.name)!, names)),
    drops: [{ note: "The old tables go, children first.", statements: children.toReversed().map(({ name }) => `DROP TABLE ${quoteName(name)}`) }],
    renames: children.flatMap((child) => [renameTo(now.get(child.name)!, child.name), ...dropParentIndexes(schema, child, now.get(child.name)!)]),
    after: [
      ...children.map((child): Section => ({ note: hung(child), statements: hangingOn(schema, child).filter(isLeft).map(({ sql }) => sql) })),
      { note: "Views and triggers as they were.", statements: [...carried.views, ...ofViews, ...carried.triggers].filter(isLeft).map(({ sql }) => sql) },
    ],
  };
}

const clearNote = "Made again at the end: no table can be renamed while one of these speaks of a table that is gone.";

function hung({ name }: Table): string {
  return `What hung on ${quoteName(name)}.`;
}

function copiedChild(schema: Schema, child: Table, temporary: string, names: ReadonlyMap<string, string>): CopiedChild {
  const parents = child.foreignKeys.map(({ parent }) => parent).filter((parent) => names.has(parent.toLowerCase()));
  return {
    note: `${quoteName(child.name)} refers to ${listed(parents)}: it goes along, or its rows would be lost.`,
    create: [renameTables(child.sql, names), ...parentIndexes(schema, child, temporary)],
    fill: [copyRows(schema, child, temporary, sameValues(child)), ...sequence(child, temporary)],
  };
}

/** A child's indexes and triggers, but for the indexes that were made with it. */
function hangingOn(schema: Schema, child: Table): readonly { readonly name: string; readonly sql: string }[] {
  const needed = neededIndexes(schema, child).map(({ index }) => index.name);
  return [...writtenIndexes(schema, child).filter(({ name }) => !needed.includes(name)), ...schema.triggers.filter((trigger) => isSame(trigger.table, child.name))];
}

/** A name that nothing has: `users_new`. */
export function temporaryName(schema: Schema, name: string, suffix: string): string {
  const taken = new Set([...schema.tables, ...schema.indexes, ...schema.views].map((one) => one.name.toLowerCase()));
  for (let count = 1; ; count++) {
    const wanted = `${name}_${suffix}${count === 1 ? "" : count}`;
    if (!taken.has(wanted.toLowerCase())) return wanted;
  }
}

/** Every column as it is, without the generated ones. */
export function sameValues({ columns }: Table): readonly ColumnValue[] {
  return columns.filter(({ generated }) => !generated).map(({ name }) => ({ column: name, from: name, expression: quoteName(name) }));
}

function copyRows(schema: Schema, table: Table, into: string, values: readonly ColumnValue[]): string {
  const rowid = needsRowid(schema, table) ? ["rowid"] : [];
  const to = [...rowid, ...values.map(({ column }) => quoteName(column))];
  const from = [...rowid, ...values.map(({ expression }) => expression)];
  return `INSERT INTO ${quoteName(into)} (${to.join(", ")})\nSELECT ${from.join(", ")} FROM ${quoteName(table.name)}`;
}

/** AUTOINCREMENT must not give out again what was given out before. */
export function sequence(table: Table, temporary: string): readonly string[] {
  if (!isCounted(table)) return [];
  return [`DELETE FROM sqlite_sequence WHERE name = ${text(temporary)}`, `INSERT INTO sqlite_sequence (name, seq) SELECT ${text(temporary)}, seq FROM sqlite_sequence WHERE name = ${text(table.name)}`];
}

export function isCounted({ sql }: Pick<Table, "sql">): boolean {
  return /\bAUTOINCREMENT\b/i.test(sql);
}

/** Unique indexes that foreign keys need at once; their own names are taken until the old table is gone. */
function parentIndexes(schema: Schema, table: Table, temporary: string): readonly string[] {
  return neededIndexes(schema, table).map(({ columns }, at) => `CREATE UNIQUE INDEX ${quoteName(`${temporary}_key${at + 1}`)} ON ${quoteName(temporary)} (${columns.map(quoteName).join(", ")})`);
}

function dropParentIndexes(schema: Schema, table: Table, temporary: string): readonly string[] {
  const needed = neededIndexes(schema, table);
  return needed.flatMap(({ index }, at) => [index.sql!, `DROP INDEX ${quoteName(`${temporary}_key${at + 1}`)}`]);
}

function neededIndexes(schema: Schema, table: Table): readonly { readonly index: Index; readonly columns: readonly string[] }[] {
  const keys = schema.tables.flatMap(({ foreignKeys }) => foreignKeys.filter(({ parent }) => isSame(parent, table.name)));
  return indexesOf(schema, table.name).flatMap((index) => {
    if (index.made !== "c" || !index.unique || index.where !== undefined || index.sql === undefined) return [];
    const columns = index.parts.flatMap(({ column }) => column ?? []);
    const key = keys.find(({ parentColumns }) => parentColumns.length === index.parts.length && parentColumns.every((column) => columns.some((own) => isSame(own, column))));
    return key === undefined ? [] : [{ index, columns }];
  });
}

/** The table's own indexes and triggers, those of columns that are gone left out. */
function ownObjects(schema: Schema, change: Redefinition, made: readonly string[]): readonly Section[] {
  const { table } = change;
  const indexes = keptIndexes(schema, change).filter(({ name }) => !made.includes(name));
  const triggers = schema.triggers.filter((trigger) => isSame(trigger.table, table.name));
  return [{ note: hung(table), statements: [...indexes.map(({ sql }) => sql), ...triggers.map(({ sql }) => sql)] }];
}

/** Indexes that have a statement, but for those of columns that the new table does not have. */
function keptIndexes(schema: Schema, { table, sql }: Redefinition): readonly (Index & { readonly sql: string })[] {
  const now = readDefinition(sql)?.columns ?? [];
  const gone = table.columns.filter(({ name }) => !now.some((column) => isSame(column.name, name)));
  return writtenIndexes(schema, table).filter((index) => !gone.some(({ name }) => mentions(index.sql, name)));
}

function writtenIndexes(schema: Schema, { name }: Table): readonly (Index & { readonly sql: string })[] {
  return indexesOf(schema, name).flatMap((index) => (index.sql === undefined ? [] : [{ ...index, sql: index.sql }]));
}

function dropTriggers(schema: Schema, { name }: Table): readonly string[] {
  return schema.triggers.filter((trigger) => isSame(trigger.table, name)).map((trigger) => `DROP TRIGGER ${quoteName(trigger.name)}`);
}

function refilled(schema: Schema, change: Redefinition): readonly Section[] {
  const statements = staleSearch(schema, change).map((name) => `INSERT INTO ${quoteName(name)} (${quoteName(name)}) VALUES ('rebuild')`);
  return [{ note: "The full-text index of the new texts.", statements }];
}

/** Full-text indexes of the table's own texts, where those change: they have to be made again. */
export function staleSearch(schema: Schema, { table, values }: Redefinition): readonly string[] {
  return schema.tables.flatMap(({ name, kind, sql }) => {
    const virtual = kind === "virtual" ? readVirtualTable(sql) : undefined;
    if (virtual === undefined || !isSame(virtual.options.get("content") ?? "", table.name)) return [];
    const isStale = virtual.columns.some((column) => findColumn(table, column.name) !== undefined && !values.some((value) => isSame(value.column, column.name) && value.from !== undefined && isSame(value.from, column.name)));
    return isStale && virtual.module === "fts5" ? [name] : [];
  });
}

function renameTo(from: string, to: string): string {
  return `ALTER TABLE ${quoteName(from)} RENAME TO ${quoteName(to)}`;
}

function listed(names: readonly string[]): string {
  const unique = [...new Set(names)].map(quoteName);
  return unique.length < 2 ? (unique[0] ?? "") : `${unique.slice(0, -1).join(", ")} and ${unique.at(-1)}`;
}

/** A text value. */
function text(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}
