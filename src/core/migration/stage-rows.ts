// The database that a migration meets, with a few made-up rows in every table: linked through foreign keys, with every
// constraint kept. `plain` rows are those of an application in use; `awkward` ones hold what the constraints allow and
// nobody thinks of: NULLs, the same value twice, text in numbers, values at the edge of CHECKs.

import { quoteName } from "../planner/proposed-index";
import { seedRows } from "../planner/seeded-rows";
import type { Engine } from "../schema/engine";
import type { Steps } from "../schema/migration-steps";
import { readSchema } from "../schema/read-schema";
import type { Schema, Table } from "../schema/schema";
import { openStage } from "../schema/stage";
import type { Stage } from "../schema/stage";
import type { Target, World } from "../schema/world";
import { touchedTables } from "./touched-tables";

export type RowStyle = "plain" | "awkward";

/** Enough for a parent with two children, a NULL, and a value that two rows share. */
const ROWS = 3;
const HANDFUL = 100;
/** Rows need some date; which one changes nothing. */
const UNTIL = Date.UTC(2026, 0, 1);

/** The caller closes the world's database. Only tables that the migration can change get rows. */
export function stageWithRows(engine: Engine, stage: Stage, target: Target, style: RowStyle, rows = ROWS): World {
  const world = openStage(engine, stage, target);
  addRows(world, touchedPart(readSchema(world.db, world.origins), stage.file), style, rows);
  return world;
}

/** Fills the tables of the schema that have fewer rows. */
export function addRows(world: World, schema: Schema, style: RowStyle, rows = ROWS): void {
  const seeding = seedStage(world, schema, () => rows);
  while (seeding.next().done !== true);
  if (style === "awkward") for (const table of schema.tables) makeAwkward(world, schema, table);
}

/** The schema with only the tables that the migration can change. */
export function touchedPart(schema: Schema, file: Steps): Schema {
  const touched = touchedTables(schema, file);
  return { ...schema, tables: schema.tables.filter(({ name }) => touched.has(name.toLowerCase())) };
}

/** Fills the tables of the schema that have fewer rows; rows that are there stay as they are. Pauses between pieces of work. */
export function* seedStage(world: World, schema: Schema, rows: (table: string) => number): Generator<string> {
  const isHandful = schema.tables.every(({ name }) => rows(name) <= HANDFUL);
  for (const { table, done } of seedRows(world.db, schema, { rows, until: UNTIL, ...(isHandful ? { isHandful } : {}) })) yield `filling ${table} (${done} rows)`;
  for (const table of schema.tables) linkToItself(world, table);
}

/** A table that refers to itself has a tree: the last row hangs on the first where no row hangs on any. */
function linkToItself({ db }: World, { name, foreignKeys, columns, kind, withoutRowid }: Table): void {
  if (kind === "virtual" || withoutRowid) return;
  const table = quoteName(name);
  for (const key of foreignKeys) {
    const isOwn = key.parent.toLowerCase() === name.toLowerCase() && key.parentColumns.length === key.columns.length;
    const mayChange = key.columns.every((column) => columns.some((own) => own.name.toLowerCase() === column.toLowerCase() && own.primaryKey === 0 && !own.generated));
    if (!isOwn || !mayChange) continue;
    const first = (column: string): string => `(SELECT ${quoteName(column)} FROM ${table} ORDER BY rowid LIMIT 1)`;
    const sets = key.columns.map((column, at) => `${quoteName(column)} = ${first(key.parentColumns[at]!)}`).join(", ");
    const none = key.columns.map((column) => `NOT EXISTS (SELECT 1 FROM ${table} WHERE ${quoteName(column)} IS NOT NULL)`).join(" AND ");
    db.run(`UPDATE OR IGNORE ${table} SET ${sets} WHERE rowid = (SELECT max(rowid) FROM ${table}) AND ${none}`);
  }
}

/** What SQLite refuses stays as it was. The last row takes the values of the one before it, the first what is odd. */
function makeAwkward({ db }: World, schema: Schema, table: Table): void {
  if (table.kind === "virtual" || table.withoutRowid) return;
  const name = quoteName(table.name);
  const keyed = new Set(schemaKeys(schema, table));
  const first = `rowid = (SELECT min(rowid) FROM ${name})`;
  const last = `rowid = (SELECT max(rowid) FROM ${name})`;
  for (const column of table.columns) {
    if (column.generated || column.primaryKey > 0) continue;
    const own = quoteName(column.name);
    db.run(`UPDATE OR IGNORE ${name} SET ${own} = (SELECT ${own} FROM ${name} ORDER BY rowid DESC LIMIT 1 OFFSET 1) WHERE ${last}`);
    if (!column.notNull) db.run(`UPDATE OR IGNORE ${name} SET ${own} = NULL WHERE ${first}`);
    else if (!keyed.has(column.name.toLowerCase()) && !table.strict && column.affinity !== "TEXT") db.run(`UPDATE OR IGNORE ${name} SET ${own} = 'n/a' WHERE ${first}`);
  }
}

/** Columns in lower case that a foreign key joins, on either side. */
function schemaKeys(schema: Schema, table: Table): readonly string[] {
  const own = table.foreignKeys.flatMap(({ columns }) => columns);
  const named = schema.tables.flatMap(({ foreignKeys }) => foreignKeys.flatMap(({ parent, parentColumns }) => (parent.toLowerCase() === table.name.toLowerCase() ? parentColumns : [])));
  return [...own, ...named].map((column) => column.toLowerCase());
}
