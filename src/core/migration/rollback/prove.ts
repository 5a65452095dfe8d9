// A rollback run for real: the migration, the rollback, a comparison of schema and rows with what was before, and the
// migration once more, on made-up rows of both kinds.

import { quoteName } from "../../planner/proposed-index";
import type { Database, Engine, SqlValue } from "../../schema/engine";
import { readSchema } from "../../schema/read-schema";
import type { Steps } from "../../schema/migration-steps";
import type { Schema, Table } from "../../schema/schema";
import { openStage } from "../../schema/stage";
import type { Stage } from "../../schema/stage";
import type { Target, World } from "../../schema/world";
import { stageWithRows } from "../stage-rows";
import type { RowStyle } from "../stage-rows";
import { compareRows, readRows } from "../table-rows";
import type { TableChange } from "../table-rows";
import { listed } from "./data-inverse";
import type { Loss } from "./lineage";
import { isIndexOf, rowidCounts } from "./rebuild-back";
import { sameSql, wordsOf } from "./same-sql";
import { runLine } from "./script";
import type { Line } from "./script";

/** `single`: one row in each table, where the others break a new constraint; `none` where even that one does. */
export type ProofRows = RowStyle | "single" | "none";

export interface Proof {
  /** The rows on which the migration succeeds, and with it the rollback was tried. */
  readonly tried: readonly ProofRows[];
  /** The first thing that went wrong; a clause. */
  readonly failed: string | undefined;
  /** Objects of the schema that did not come back as they were. */
  readonly schema: readonly string[];
  /** Rows and values that did not come back, or rows that stayed. */
  readonly losses: readonly Loss[];
}

export interface Proving {
  readonly engine: Engine;
  readonly stage: Stage;
  readonly target: Target;
}

/** Never throws for the SQL's sake. */
export function prove({ engine, stage, target }: Proving, lines: readonly Line[]): Proof {
  const tried: ProofRows[] = [];
  const found: Omit<Proof, "tried">[] = [];
  for (const style of ["plain", "awkward", "single", "none"] as const) {
    if ((style === "single" || style === "none") && tried.length > 0) continue;
    const world = style === "none" ? openStage(engine, stage, target) : stageWithRows(engine, stage, target, style === "single" ? "plain" : style);
    if (style === "single") leaveOne(world);
    try {
      const one = upAndDown(world, stage, lines);
      if (one === undefined) continue;
      tried.push(style);
      found.push(one);
    } finally {
      world.db.close();
    }
  }
  return {
    tried,
    failed: found.find(({ failed }) => failed !== undefined)?.failed,
    schema: found.find(({ schema }) => schema.length > 0)?.schema ?? [],
    losses: found.flatMap(({ losses }) => losses),
  };
}

/** Rows that refer to others that go stay behind with nothing, so foreign keys are not asked. */
function leaveOne({ db, origins }: World): void {
  db.run("PRAGMA foreign_keys = OFF");
  for (const { name, kind, withoutRowid } of readSchema(db, origins).tables) {
    const table = quoteName(name);
    if (kind === "table" && !withoutRowid) db.run(`DELETE FROM ${table} WHERE rowid <> (SELECT min(rowid) FROM ${table})`);
  }
  for (const [table, rowid] of orphans(db)) db.run(`DELETE FROM ${quoteName(String(table))} WHERE rowid = ?`, [rowid ?? null]);
  db.run("PRAGMA foreign_keys = ON");
}

function orphans(db: Database): readonly (readonly SqlValue[])[] {
  const found = db.run("PRAGMA foreign_key_check");
  return found.ok ? found.rows : [];
}

/** Undefined where the migration itself fails on these rows. */
function upAndDown(world: World, { file, recordName }: Stage, lines: readonly Line[]): Omit<Proof, "tried"> | undefined {
  const before = momentOf(world, file);
  if (world.apply(file, recordName) !== undefined) return undefined;
  const failed = runDown(world, lines, recordName);
  if (failed !== undefined) return { failed, schema: [], losses: [] };
  const after = momentOf(world, file);
  const schema = differences(before.schema, after.schema);
  const losses = schema.length > 0 ? [] : rowLosses(before, after);
  const again = world.apply(file, recordName);
  return { failed: again && `the migration fails when it is applied again (${again.message})`, schema, losses };
}

/** In one transaction, as wrangler runs a file. */
function runDown(world: World, lines: readonly Line[], recordName: string): string | undefined {
  const { db, target } = world;
  db.run("BEGIN");
  for (const { sql } of lines) {
    const result = runLine(world, sql);
    if (result.ok) continue;
    db.run("ROLLBACK");
    return `\`${sql.replace(/\s+/g, " ").slice(0, 100)}\` fails: ${result.message}`;
  }
  if (target === "d1") db.run("DELETE FROM d1_migrations WHERE name = ?", [recordName]);
  const committed = db.run("COMMIT");
  if (committed.ok) return undefined;
  db.run("ROLLBACK");
  return `rows break a foreign key in the end: ${committed.message}`;
}

interface Moment {
  readonly schema: Schema;
  readonly rows: ReturnType<typeof readRows>;
  /** By table in lower case: its rows with all values, in a text that tells types apart. */
  readonly exact: ReadonlyMap<string, string>;
  readonly counters: ReadonlyMap<string, number>;
}

function momentOf({ db, origins }: World, file: Steps): Moment {
  const schema = readSchema(db, origins);
  const rows = readRows(db, origins.virtualTables());
  const compared = schema.tables.filter((table) => hasOwnRows(table, schema, file));
  const exact = new Map(compared.map((table) => [table.name.toLowerCase(), exactRows(db, table, rowidCounts(table, schema))]));
  const counted = db.run("SELECT name, seq FROM sqlite_sequence WHERE name <> 'd1_migrations'");
  return { schema, rows, exact, counters: new Map(counted.ok ? counted.rows.map(([name, seq]) => [String(name).toLowerCase(), Number(seq)]) : []) };
}

/** A search table is an index of another one, or kept by triggers, and follows the rows that they look at. One that the migration names has rows of its own. */
function hasOwnRows(table: Table, schema: Schema, { steps }: Steps): boolean {
  const { kind, name } = table;
  if (isIndexOf(table, schema)) return false;
  return kind === "table" || steps.some(({ text }) => wordsOf(text).has(name.toLowerCase()));
}

function exactRows(db: Database, { name, columns }: Table, withRowid: boolean): string {
  const values = [...(withRowid ? ["rowid"] : []), ...columns.map((column) => quoteName(column.name))].map((column) => `quote(${column})`);
  const read = db.run(`SELECT ${values.join(" || ',' || ")} FROM ${quoteName(name)} ORDER BY 1`);
  return read.ok ? read.rows.map(([row]) => String(row)).join("\n") : "";
}

/** Names of what is missing, new or different. */
function differences(before: Schema, after: Schema): readonly string[] {
  const texts = ({ tables, indexes, views, triggers }: Schema): ReadonlyMap<string, string> =>
    new Map([...tables, ...indexes, ...views, ...triggers].flatMap(({ name, sql }) => (sql === undefined ? [] : [[name.toLowerCase(), sql] as const])));
  const [was, is] = [texts(before), texts(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => !sameSql(was.get(name) ?? "", is.get(name) ?? ""));
}

function rowLosses(before: Moment, after: Moment): readonly Loss[] {
  const changed = new Set([...before.exact].filter(([name, rows]) => after.exact.get(name) !== rows).map(([name]) => name));
  const found = compareRows(before.rows, after.rows).filter(({ table }) => changed.has(table.toLowerCase()));
  const named = new Set(found.map(({ table }) => table.toLowerCase()));
  const unnamed = [...changed].filter((name) => !named.has(name)).map((name): Loss => ({ table: before.rows.get(name)!.name, columns: undefined, words: `Rows of \`${before.rows.get(name)!.name}\` do not come back as they were` }));
  const counters = [...before.counters].filter(([name, seq]) => seq > (after.counters.get(name) ?? 0)).map(([name]): Loss => ({ table: name, columns: [], words: `The AUTOINCREMENT counter of \`${name}\` begins again at its highest row` }));
  return [...found.flatMap(lossesOf), ...unnamed, ...counters];
}

function lossesOf({ table, lost, before, after, columns }: TableChange): readonly Loss[] {
  const changed = columns.map(({ column }) => column);
  const rows: readonly Loss[] = lost > 0 ? [{ table, columns: undefined, words: `Rows of \`${table}\` cannot come back` }] : after > before ? [{ table, columns: [], words: `Rows that are new in \`${table}\` stay` }] : [];
  const values: readonly Loss[] = changed.length > 0 ? [{ table, columns: changed, words: `The values of ${listed(table, changed)} do not come back as they were` }] : [];
  return [...rows, ...values];
}
