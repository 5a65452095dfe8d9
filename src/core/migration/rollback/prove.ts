// A rollback run for real: the migration, the rollback, a comparison of schema and rows with what was before, and the
// migration once more, on made-up rows of both kinds.

import { quoteName } from "../../planner/proposed-index";
import type { Database, Engine } from "../../schema/engine";
import { readSchema } from "../../schema/read-schema";
import type { Schema } from "../../schema/schema";
import { openStage } from "../../schema/stage";
import type { Stage } from "../../schema/stage";
import type { Target, World } from "../../schema/world";
import { stageWithRows } from "../stage-rows";
import type { RowStyle } from "../stage-rows";
import { compareRows, readRows } from "../table-rows";
import type { TableChange } from "../table-rows";
import type { Loss } from "./lineage";
import { plainSql } from "./same-sql";
import { runLine } from "./script";
import type { Line } from "./script";

export interface Proof {
  /** The rows on which the migration succeeds, and with it the rollback was tried. */
  readonly tried: readonly (RowStyle | "none")[];
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
  const tried: (RowStyle | "none")[] = [];
  const found: Omit<Proof, "tried">[] = [];
  for (const style of ["plain", "awkward", "none"] as const) {
    if (style === "none" && tried.length > 0) continue;
    const world = style === "none" ? openStage(engine, stage, target) : stageWithRows(engine, stage, target, style);
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

/** Undefined where the migration itself fails on these rows. */
function upAndDown(world: World, { file, recordName }: Stage, lines: readonly Line[]): Omit<Proof, "tried"> | undefined {
  const before = momentOf(world);
  if (world.apply(file, recordName) !== undefined) return undefined;
  const failed = runDown(world, lines, recordName);
  if (failed !== undefined) return { failed, schema: [], losses: [] };
  const after = momentOf(world);
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

function momentOf({ db, origins }: World): Moment {
  const rows = readRows(db);
  const exact = new Map([...rows].map(([name, { name: written, columns }]) => [name, exactRows(db, written, columns)]));
  const counted = db.run("SELECT name, seq FROM sqlite_sequence WHERE name <> 'd1_migrations'");
  return { schema: readSchema(db, origins), rows, exact, counters: new Map(counted.ok ? counted.rows.map(([name, seq]) => [String(name).toLowerCase(), Number(seq)]) : []) };
}

function exactRows(db: Database, table: string, columns: readonly string[]): string {
  const read = db.run(`SELECT ${columns.map((column) => `quote(${quoteName(column)})`).join(" || ',' || ")} FROM ${quoteName(table)} ORDER BY 1`);
  return read.ok ? read.rows.map(([row]) => String(row)).join("\n") : "";
}

/** Names of what is missing, new or different. */
function differences(before: Schema, after: Schema): readonly string[] {
  const texts = ({ tables, indexes, views, triggers }: Schema): ReadonlyMap<string, string> =>
    new Map([...tables, ...indexes, ...views, ...triggers].flatMap(({ name, sql }) => (sql === undefined ? [] : [[name.toLowerCase(), plainSql(sql)] as const])));
  const [was, is] = [texts(before), texts(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
}

function rowLosses(before: Moment, after: Moment): readonly Loss[] {
  const changed = new Set([...before.exact].filter(([name, rows]) => after.exact.get(name) !== rows).map(([name]) => name));
  const found = compareRows(before.rows, after.rows).filter(({ table }) => changed.has(table.toLowerCase()));
  const named = new Set(found.map(({ table }) => table.toLowerCase()));
  const unnamed = [...changed].filter((name) => !named.has(name)).map((name): Loss => ({ table: before.rows.get(name)!.name, columns: undefined, words: `rows of \`${before.rows.get(name)!.name}\`` }));
  const counters = [...before.counters].filter(([name, seq]) => seq > (after.counters.get(name) ?? 0)).map(([name]): Loss => ({ table: name, columns: [], words: `the AUTOINCREMENT counter of \`${name}\`, which begins again at its highest row` }));
  return [...found.flatMap(lossesOf), ...unnamed, ...counters];
}

function lossesOf({ table, lost, before, after, columns }: TableChange): readonly Loss[] {
  const changed = columns.map(({ column }) => column);
  const rows: readonly Loss[] = lost > 0 ? [{ table, columns: undefined, words: `rows of \`${table}\`` }] : after > before ? [{ table, columns: [], words: `the absence of the rows that are new in \`${table}\`: they stay` }] : [];
  const values: readonly Loss[] = changed.length > 0 ? [{ table, columns: changed, words: `the values of ${changed.map((column) => `\`${table}.${column}\``).join(", ")}` }] : [];
  return [...rows, ...values];
}
