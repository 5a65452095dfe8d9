// Tries a written change of a table as D1 would run it, on made-up rows, plain and awkward ones: no row and no value of
// any table may be lost or changed but for what was asked, the schema must be what was asked for, foreign keys must hold.

import { tokenize } from "sqlite3-parser";
import { quoteName } from "../planner/proposed-index";
import type { Database, Engine, SqlValue } from "../schema/engine";
import { readSteps } from "../schema/migration-steps";
import { readSchema } from "../schema/read-schema";
import { findTable } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { openStage } from "../schema/stage";
import type { Stage } from "../schema/stage";
import { World } from "../schema/world";
import type { SchemaObject, Target } from "../schema/world";
import { unquote } from "../schema/virtual-table";
import { readDefinition } from "../sql/table-definition";
import { isSame } from "./carried-tables";
import { runMigration } from "./run-migration";
import type { MigrationRun } from "./run-migration";
import { staleSearch } from "./safe-rebuild";
import type { Redefinition } from "./safe-rebuild";
import { schemaDiff } from "./schema-diff";
import type { SchemaChange } from "./schema-diff";
import { stageWithRows } from "./stage-rows";
import type { TableRows } from "./table-rows";

export interface Trial {
  readonly engine: Engine;
  /** The schema that the change meets. Its file does not count. */
  readonly stage: Stage;
  readonly target: Target;
}

export type Proof =
  /** `refuses`: SQLite's message where rows do not fit the new definition; the migration then fails and changes nothing. */
  | { readonly ok: true; readonly refuses: string | undefined; readonly run: MigrationRun }
  | { readonly ok: false; readonly why: string };

/** `text` is the migration's. */
export function proveChange({ engine, stage, target }: Trial, text: string, change: Redefinition): Proof {
  const file = readSteps({ path: "change.sql", text, version: 0 });
  const own: Stage = { ...stage, file, recordName: "change.sql" };
  const expected = expectedSchema(engine, own, target, change);
  const worlds = [() => stageWithRows(engine, own, target, "plain"), () => stageWithRows(engine, own, target, "awkward"), () => fittingRows(engine, own, target, change)];
  let refuses: string | undefined;
  let proven: MigrationRun | undefined;
  for (const [at, open] of worlds.entries()) {
    if (at === 2 && refuses === undefined) break;
    const tried = tryOn(open(), own, change, expected);
    if (tried.ok) proven = tried.run;
    else if (tried.isRefusal && at < 2) refuses ??= tried.why;
    else return { ok: false, why: tried.why };
  }
  return proven === undefined ? { ok: false, why: `no made-up rows fit ${change.table.name}` } : { ok: true, refuses, run: proven };
}

type Tried =
  | { readonly ok: true; readonly run: MigrationRun }
  /** `isRefusal`: rows of the table itself do not fit the new definition. */
  | { readonly ok: false; readonly why: string; readonly isRefusal: boolean };

function tryOn(world: World, stage: Stage, change: Redefinition, expected: Schema): Tried {
  try {
    // As if later rows had been deleted: their keys must not be given out again.
    world.db.run("UPDATE sqlite_sequence SET seq = seq + 7");
    const sequences = sequencesOf(world.db);
    const run = runMigration(world, stage.file, stage.recordName);
    if (run.failed !== undefined) return { ok: false, why: run.failed.message, isRefusal: isRefusal(run.failed.message, change) };
    const wrong = wrongRows(run, change, expected) ?? wrongSchema(world, expected, change) ?? wrongKeys(world.db) ?? wrongSequence(sequences, sequencesOf(world.db));
    if (wrong !== undefined) return { ok: false, why: wrong, isRefusal: false };
    const held = run.before.get(change.table.name.toLowerCase())?.count ?? 0;
    return held > 0 ? { ok: true, run } : { ok: false, why: `no made-up rows fit ${change.table.name}`, isRefusal: false };
  } finally {
    world.db.close();
  }
}

/** A constraint of the new table, under one of its names. */
function isRefusal(message: string, { table }: Redefinition): boolean {
  const isConstraint = /^(?:(?:NOT NULL|UNIQUE|CHECK) constraint failed|cannot store \w+ value in|datatype mismatch|FOREIGN KEY constraint failed)/.test(message);
  const named = /constraint failed: "?([^".]+?)"?\./.exec(message)?.[1] ?? /column ([^.]+)\./.exec(message)?.[1];
  return isConstraint && (named === undefined || named.toLowerCase().startsWith(table.name.toLowerCase()));
}

/** The schema with the new definition in the place of the old one. */
function expectedSchema(engine: Engine, stage: Stage, target: Target, change: Redefinition): Schema {
  const world = openStage(engine, { ...stage, objects: redefined(stage.objects, change) }, target);
  const schema = readSchema(world.db, world.origins);
  world.db.close();
  return schema;
}

function redefined(objects: readonly SchemaObject[], { table, sql, added = [] }: Redefinition): readonly SchemaObject[] {
  return [...objects.map((object) => (object.type === "table" && isSame(object.name, table.name) ? { ...object, sql } : object)), ...added];
}

/** Rows that keep the new constraints as well as the old ones. */
function fittingRows(engine: Engine, stage: Stage, target: Target, change: Redefinition): World {
  const world = openStage(engine, stage, target);
  const filled = stageWithRows(engine, { ...stage, objects: redefined(stage.objects, change) }, target, "plain");
  world.db.run("BEGIN");
  world.db.run("PRAGMA defer_foreign_keys = ON");
  const schema = readSchema(world.db, world.origins);
  const there = readSchema(filled.db, filled.origins);
  for (const { name, columns, kind } of schema.tables) {
    if (kind === "virtual") continue;
    const shared = columns.filter((column) => !column.generated && findTable(there, name)?.columns.some((other) => isSame(other.name, column.name))).map((column) => quoteName(column.name));
    const rows = filled.db.run(`SELECT ${shared.join(", ")} FROM ${quoteName(name)}`);
    if (rows.ok) world.db.runEach(`INSERT INTO ${quoteName(name)} (${shared.join(", ")}) VALUES (${shared.map(() => "?").join(", ")})`, rows.rows);
  }
  if (!world.db.run("COMMIT").ok) world.db.run("ROLLBACK");
  filled.db.close();
  return world;
}

function wrongRows(run: MigrationRun, change: Redefinition, schema: Schema): string | undefined {
  const remade = new Set(staleSearch(schema, change));
  const other = run.changes.find(({ table }) => !isSame(table, change.table.name) && !remade.has(table));
  if (other !== undefined) {
    if (other.now === undefined || other.lost > 0) return `${other.lost} of ${other.before} rows of ${other.table} are lost`;
    return `${other.table} is changed`;
  }
  const before = run.before.get(change.table.name.toLowerCase());
  const after = run.after.get(change.table.name.toLowerCase());
  if (before === undefined || after === undefined || before.count !== after.count) return `${change.table.name} had ${before?.count ?? 0} rows and has ${after?.count ?? 0}`;
  const same = unchangedColumns(change);
  const had = contents(before, same.map(({ from }) => from));
  const has = contents(after, same.map(({ column }) => column));
  return had === has ? undefined : `values of ${change.table.name} are changed`;
}

/** Columns that are copied as they are into ones of the same type. */
function unchangedColumns({ table, values, sql }: Redefinition): readonly { readonly column: string; readonly from: string }[] {
  const types = typesOf(sql);
  const old = typesOf(table.sql);
  return values.flatMap(({ column, from }) => (from === undefined || types.get(column.toLowerCase()) !== old.get(from.toLowerCase()) ? [] : [{ column, from }]));
}

function contents({ rows, columns }: TableRows, wanted: readonly string[]): string {
  const at = wanted.map((name) => columns.findIndex((column) => isSame(column, name)));
  const shown = (value: SqlValue | undefined): unknown => (value instanceof Uint8Array ? [...value] : value);
  return [...(rows?.values() ?? [])].map((row) => JSON.stringify(at.map((index) => shown(row[index])))).sort().join("\n");
}

function wrongSchema(world: World, expected: Schema, change: Redefinition): string | undefined {
  const found = readSchema(world.db, world.origins);
  const isRename = change.values.some(({ column, from }) => from !== undefined && !isSame(column, from));
  const differences = schemaDiff(expected, found).filter((difference) => !isWritingAlone(difference, expected, found) && !(isRename && followsRename(difference, change)));
  const [first] = differences;
  if (first !== undefined) return `${first.object} would be ${first.change === "dropped" ? "lost" : `${first.change}: ${first.detail}`}`;
  // A rename looks at every view and trigger, and says what no longer compiles.
  world.db.run("CREATE TABLE plumbline_probe (a)");
  const probe = world.db.run("ALTER TABLE plumbline_probe RENAME TO plumbline_probe2");
  world.db.run("DROP TABLE IF EXISTS plumbline_probe");
  world.db.run("DROP TABLE IF EXISTS plumbline_probe2");
  return probe.ok ? undefined : probe.message;
}

/** The same table in other white space, quotes and comments. */
function isWritingAlone({ object, change, detail }: SchemaChange, expected: Schema, found: Schema): boolean {
  const name = /^table (.*)$/.exec(object)?.[1];
  const a = name === undefined ? undefined : findTable(expected, name);
  const b = name === undefined ? undefined : findTable(found, name);
  return change === "changed" && detail.startsWith("now ") && a !== undefined && b !== undefined && words(a.sql) === words(b.sql);
}

/** SQLite itself writes the new name into all that speaks of the column. */
function followsRename({ object, change }: SchemaChange, { table }: Redefinition): boolean {
  const isOwn = object.toLowerCase().startsWith(`column ${table.name.toLowerCase()}.`);
  return !isOwn && (object.startsWith("foreign key ") || change === "changed" || (change === "added" && object.startsWith("index ")));
}

/** The types of the columns, by their names in lower case. */
function typesOf(sql: string): ReadonlyMap<string, string> {
  return new Map((readDefinition(sql)?.columns ?? []).map(({ name, ast }) => [name.toLowerCase(), (ast.colType?.name ?? "").toUpperCase()]));
}

function words(sql: string): string {
  return [...tokenize(sql)].map(({ text }) => unquote(text).toLowerCase()).join(" ").replace(/^create table if not exists/, "create table");
}

function wrongKeys(db: Database): string | undefined {
  const broken = db.run("PRAGMA foreign_key_check");
  const first = broken.ok ? broken.rows[0] : undefined;
  return first === undefined ? undefined : `rows of ${String(first[0])} refer to rows of ${String(first[2])} that are not there`;
}

type Sequences = ReadonlyMap<string, number>;

function sequencesOf(db: Database): Sequences {
  const found = db.run("SELECT m.name, coalesce(s.seq, 0) FROM sqlite_schema m LEFT JOIN sqlite_sequence s ON s.name = m.name WHERE m.type = 'table' AND m.sql LIKE '%AUTOINCREMENT%'");
  return new Map(found.ok ? found.rows.map(([name, seq]) => [String(name).toLowerCase(), Number(seq)]) : []);
}

/** A table may cease to count, and none may count from further back. */
function wrongSequence(before: Sequences, after: Sequences): string | undefined {
  const name = [...before.keys()].find((one) => after.has(one) && after.get(one)! < before.get(one)!);
  return name === undefined ? undefined : `${name} would give out keys again that it gave out before`;
}
