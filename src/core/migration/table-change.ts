// Changes a table as a person asks for it, in a migration that was tried: in place where SQLite can, else by the shortest
// rebuild that loses nothing.

import { quoteName } from "../planner/proposed-index";
import { findColumn, findTable } from "../schema/schema";
import type { Schema, Table } from "../schema/schema";
import { openStage } from "../schema/stage";
import { proveChange } from "./change-proof";
import type { Trial } from "./change-proof";
import { carriedWith, childrenOf, isSame, losesBy } from "./carried-tables";
import { checksOf, redefine } from "./definition-change";
import type { Redefined, TableChange } from "./definition-change";
import { inPlace } from "./in-place";
import { carryingRebuild, puttingBackRebuild, sameValues, temporaryName, writeSections } from "./safe-rebuild";
import type { Redefinition, Section } from "./safe-rebuild";

export type WrittenChange =
  | {
      readonly ok: true;
      /** The whole migration. */
      readonly sql: string;
      /** For its file: `users_age_type`. */
      readonly name: string;
      readonly way: "in place" | "rebuild";
      /** Tables that are copied along, by their names. */
      readonly carried: readonly string[];
      /** SQLite's message where rows do not fit: the migration then fails and changes nothing. */
      readonly refuses: string | undefined;
    }
  /** For the person who asked. */
  | { readonly ok: false; readonly message: string };

/** What there is to change of a table. */
export interface ChangeableTable {
  readonly name: string;
  readonly strict: boolean;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly notNull: boolean; readonly defaultValue: string | null; readonly primaryKey: boolean; readonly generated: boolean }[];
  readonly foreignKeys: readonly { readonly columns: readonly string[]; readonly parent: string; readonly onDelete: string }[];
  /** As written. */
  readonly checks: readonly string[];
}

/** Virtual tables cannot be changed. */
export function changeableTables({ tables }: Schema): readonly ChangeableTable[] {
  return tables.filter(({ kind }) => kind === "table").map((table) => ({
    name: table.name,
    strict: table.strict,
    columns: table.columns.map(({ name, type, notNull, defaultValue, primaryKey, generated }) => ({ name, type, notNull, defaultValue: defaultValue ?? null, primaryKey: primaryKey > 0, generated })),
    foreignKeys: table.foreignKeys.map(({ columns, parent, onDelete }) => ({ columns, parent, onDelete })),
    checks: checksOf(table),
  }));
}

/** `schema` is the one of the trial's stage. */
export function changeTable(trial: Trial, schema: Schema, tableName: string, change: TableChange): WrittenChange {
  const table = findTable(schema, tableName);
  if (table === undefined) return { ok: false, message: `There is no table \`${tableName}\`` };
  if (table.kind === "virtual") return { ok: false, message: `\`${table.name}\` is a virtual table, which cannot be changed, only made anew` };
  const asked = askedFor(trial, schema, table, change);
  if (!asked.ok) return asked;
  const written = writeChange(trial, schema, asked.change, describe(table, change));
  return written.ok ? { ...written, name: fileName(table, change) } : written;
}

/** The shortest way that holds in the trial; what it is for stands above it. */
function writeChange(trial: Trial, schema: Schema, change: Redefinition, heading: string): WrittenChange {
  let reason = "nothing would change";
  for (const { way, sections, carried } of ways(schema, change)) {
    const proof = proveChange(trial, writeSections(sections), change);
    if (proof.ok) {
      const warning = proof.refuses === undefined ? "" : `-- Fails, and changes nothing, where a row does not fit (${oneLine(proof.refuses)}).\n`;
      return { ok: true, sql: `-- ${oneLine(heading)}\n${warning}${writeSections(sections)}`, name: change.table.name, way, carried, refuses: proof.refuses };
    }
    reason = proof.why;
  }
  return { ok: false, message: `\`${change.table.name}\` cannot be changed so: ${reason}` };
}

interface Way {
  readonly way: "in place" | "rebuild";
  readonly sections: readonly Section[];
  readonly carried: readonly string[];
}

function* ways(schema: Schema, change: Redefinition): Iterable<Way> {
  const { table } = change;
  if (change.added !== undefined) return yield { way: "in place", sections: [{ note: "", statements: change.added.map(({ sql }) => sql) }], carried: [] };
  const short = inPlace(schema, change);
  if (short !== undefined) yield { way: "in place", sections: short, carried: [] };
  // What follows the new name of a column, only SQLite itself can write.
  if (change.values.some(({ column, from }) => from !== undefined && !isSame(column, from))) return;
  const children = childrenOf(schema, table);
  if (children.length > 0 && !children.some((child) => losesBy(child, table))) yield { way: "rebuild", sections: puttingBackRebuild(schema, change), carried: [] };
  yield { way: "rebuild", sections: carryingRebuild(schema, change), carried: carriedWith(schema, table).tables.slice(1).map(({ name }) => name) };
}

function askedFor(trial: Trial, schema: Schema, table: Table, change: TableChange): Redefined {
  if (change.kind === "rename") return renamedColumn(trial, table, change.column, change.name);
  if (change.kind === "unique") return uniqueIndex(schema, table, change.columns);
  return redefine(table, change);
}

/** SQLite itself writes the new name into the definition. */
function renamedColumn({ engine, stage, target }: Trial, table: Table, column: string, name: string): Redefined {
  if (findColumn(table, column) === undefined) return { ok: false, message: `\`${table.name}\` has no column \`${column}\`` };
  const { db } = openStage(engine, stage, target);
  const altered = db.run(`ALTER TABLE ${quoteName(table.name)} RENAME COLUMN ${quoteName(column)} TO ${quoteName(name)}`);
  const read = db.run("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [table.name]);
  db.close();
  if (!altered.ok) return { ok: false, message: altered.message };
  const values = sameValues(table).map((value) => (isSame(value.column, column) ? { ...value, column: name } : value));
  return { ok: true, change: { table, sql: String(read.ok ? read.rows[0]?.[0] : ""), values } };
}

/** A unique index does what the constraint does, and needs no rebuild. */
function uniqueIndex(schema: Schema, table: Table, columns: readonly string[]): Redefined {
  const unknown = columns.find((column) => findColumn(table, column) === undefined);
  if (unknown !== undefined || columns.length === 0) return { ok: false, message: `\`${table.name}\` has no column \`${unknown ?? ""}\`` };
  const name = temporaryName(schema, [table.name, ...columns].join("_"), "unique");
  const sql = `CREATE UNIQUE INDEX ${quoteName(name)} ON ${quoteName(table.name)} (${columns.map(quoteName).join(", ")})`;
  return { ok: true, change: { table, sql: table.sql, values: sameValues(table), added: [{ type: "index", name, sql }] } };
}

/** A sentence without full stop. */
function describe({ name }: Table, change: TableChange): string {
  const column = "column" in change ? `${name}.${change.column}` : name;
  switch (change.kind) {
    case "type":
      return `${column} becomes ${change.type || "a column without type"}`;
    case "not-null":
      return change.notNull ? `${column} may no longer be NULL` : `${column} may be NULL`;
    case "default":
      return change.value === undefined ? `${column} loses its default` : `${column} gets the default ${change.value}`;
    case "add-check":
      return `${name} gets CHECK (${change.expression})`;
    case "drop-check":
      return `${name} loses ${change.check.replace(/\s+/g, " ")}`;
    case "key-action":
      return `The foreign key ${name} (${change.columns.join(", ")}) gets ON DELETE ${change.onDelete}`;
    case "add-key":
      return `${name} (${change.columns.join(", ")}) refers to ${change.parent} (${change.parentColumns.join(", ")})`;
    case "unique":
      return `No two rows of ${name} may have the same ${change.columns.join(", ")}`;
    case "rename":
      return `${column} is called ${change.name} from now on`;
    case "drop":
      return `${column} goes, with its values`;
    case "move":
      return change.after === undefined ? `${column} becomes the first column` : `${column} stands after ${change.after}`;
    case "strict":
      return `${name} becomes STRICT: a value must have the type of its column`;
  }
}

function fileName({ name }: Table, change: TableChange): string {
  const what = { type: "type", "not-null": "null", default: "default", "add-check": "check", "drop-check": "drop_check", "key-action": "on_delete", "add-key": "foreign_key", unique: "unique", rename: "rename", drop: "drop", move: "order", strict: "strict" }[change.kind];
  const columns = "column" in change ? [change.column] : "columns" in change ? change.columns : [];
  return [name, ...columns, what].join("_").toLowerCase().replace(/[^a-z\d]+/g, "_");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
