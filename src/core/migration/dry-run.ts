// A migration run without being applied: on made-up rows in the schema that it meets, or on a copy of a database. Tells
// what it did to rows and schema, what it would take on tables of their real size, and what only awkward rows bring out.

import type { Engine } from "../schema/engine";
import { readSchema } from "../schema/read-schema";
import type { Schema } from "../schema/schema";
import type { Stage } from "../schema/stage";
import type { Failed, Target, World } from "../schema/world";
import { lossesOf } from "./losses";
import type { Loss } from "./losses";
import { onPlainRows } from "./on-rows";
import { runMigration } from "./run-migration";
import type { MigrationRun } from "./run-migration";
import { schemaDiff } from "./schema-diff";
import type { SchemaChange } from "./schema-diff";
import { stageWithRows } from "./stage-rows";
import { timedRun } from "./timed-run";
import type { StepEstimate } from "./timed-run";

export interface DryRun {
  readonly stage: Stage;
  readonly run: MigrationRun;
  readonly losses: readonly Loss[];
  readonly schema: readonly SchemaChange[];
  readonly before: Schema;
  readonly after: Schema;
  /** By what it would take on tables of their configured size; only for statements that go through rows. */
  readonly estimates: readonly StepEstimate[];
  /** What else went wrong on awkward rows: it depends on the data. */
  readonly risk: Failed | undefined;
}

export interface SeededOptions {
  /** Rows of every table that the migration can change; a few where not given. */
  readonly rows: number | undefined;
  /** Rows of a table as they are in use. */
  size(table: string): number;
}

/** On made-up rows, in the schema that the files before it make. */
export function* dryRunSeeded(engine: Engine, stage: Stage, target: Target, { rows, size }: SeededOptions): Generator<string, DryRun> {
  yield "running";
  const { result, risk } = onPlainRows(engine, stage, target, rows, (world) => runIn(world, stage));
  const estimates = result.run.failed === undefined ? yield* timedRun(engine, stage, target, size) : [];
  yield "running on awkward rows";
  return { ...result, estimates, risk: risk ?? (result.run.failed === undefined ? riskOf(engine, stage, target) : undefined) };
}

/** On a copy, which is then as the migration leaves it. */
export function dryRunOnCopy(world: World, stage: Stage): DryRun {
  return { ...runIn(world, stage), estimates: [], risk: undefined };
}

function runIn(world: World, stage: Stage): Omit<DryRun, "estimates" | "risk"> {
  const before = readSchema(world.db, world.origins);
  const run = runMigration(world, stage.file, stage.recordName);
  const after = run.failed === undefined ? readSchema(world.db, world.origins) : before;
  return { stage, run, losses: lossesOf(run, before), schema: schemaDiff(before, after, run.renames), before, after };
}

function riskOf(engine: Engine, stage: Stage, target: Target): Failed | undefined {
  const world = stageWithRows(engine, stage, target, "awkward");
  try {
    return world.apply(stage.file, stage.recordName);
  } finally {
    world.db.close();
  }
}
