// What the statements of a migration that go through rows would take on tables of their real size: run on up to a few
// thousand made-up rows, timed, and scaled up by rows. D1 ends a call after 30 seconds and bills the rows written.

import type { Engine, PlanRow } from "../schema/engine";
import type { Step } from "../schema/migration-steps";
import { readSchema } from "../schema/read-schema";
import { findTable } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { forEngine } from "../schema/stand-ins";
import { openStage } from "../schema/stage";
import type { Stage } from "../schema/stage";
import type { Target, World } from "../schema/world";
import { billedRows } from "./billed-rows";
import type { BilledRows } from "./billed-rows";
import { seedStage, touchedPart } from "./stage-rows";
import { countRows } from "./table-rows";

/** More rows make the figures no truer, and the wait longer. */
const MOST_ROWS = 2_000;

export interface StepEstimate {
  readonly step: Step;
  /** The table that it goes through, and how many rows that has in use. */
  readonly table: string;
  readonly rows: number;
  /** Milliseconds on that many rows, in SQLite on this machine. */
  readonly ms: number;
  readonly billed: BilledRows;
  /** Of the statement, where it has one. */
  readonly plan: readonly PlanRow[];
}

/** `size`: rows of a table as they are in use. */
export function* timedRun(engine: Engine, stage: Stage, target: Target, size: (table: string) => number): Generator<string, readonly StepEstimate[]> {
  const heavy = stage.file.steps.filter(goesThroughRows);
  if (heavy.length === 0) return [];
  yield "timing on more rows";
  const world = openStage(engine, stage, target);
  try {
    const schema = touchedPart(readSchema(world.db, world.origins), stage.file);
    yield* seedStage(world, schema, (table) => Math.min(MOST_ROWS, size(table)));
    return timed(world, stage, heavy, schema, size);
  } finally {
    world.db.close();
  }
}

function goesThroughRows({ text, kind }: Step): boolean {
  return kind === "destructive" || /^(?:UPDATE|DELETE|REPLACE|WITH|CREATE\s+(?:UNIQUE\s+)?INDEX|INSERT\b[^]*\bSELECT\b)/i.test(text);
}

function timed(world: World, stage: Stage, heavy: readonly Step[], schema: Schema, size: (table: string) => number): readonly StepEstimate[] {
  const estimates: StepEstimate[] = [];
  const counts = countRows(world.db, schema.tables.map(({ name }) => name));
  world.apply(stage.file, stage.recordName, (step, { ms, changes }) => {
    if (!heavy.includes(step)) return;
    const table = largestNamed(step, schema, size);
    const filled = table === undefined ? 0 : (counts.get(table.toLowerCase()) ?? 0);
    if (table === undefined || filled === 0) return;
    const rows = Math.max(filled, size(table));
    const explained = world.db.explain(forEngine(step.text, world.origins.virtualTables()));
    const plan = explained.ok ? explained.rows : [];
    const billed = billedRows({ step, plan, changed: Math.round((changes * rows) / filled), schema: readSchema(world.db, world.origins), size: (name) => (findTable(schema, name) === undefined ? rows : size(name)) });
    estimates.push({ step, table, rows, ms: (ms * rows) / filled, billed, plan });
  });
  return estimates;
}

/** Of the tables of before that the statement names, the one with the most rows. */
function largestNamed({ text }: Step, schema: Schema, size: (table: string) => number): string | undefined {
  const words = new Set(text.toLowerCase().match(/[\w$\u0080-\uffff]+/g));
  const named = schema.tables.filter(({ name }) => words.has(name.toLowerCase())).map(({ name }) => name);
  return named.sort((a, b) => size(b) - size(a))[0];
}
