// A migration on plain made-up rows. Where it fails only because two of them are equal in what it wants to be unique, it
// is tried with one row a table: real rows need not be equal there.

import type { Engine } from "../schema/engine";
import type { Stage } from "../schema/stage";
import type { Failed, Target, World } from "../schema/world";
import type { MigrationRun } from "./run-migration";
import { stageWithRows } from "./stage-rows";

export interface OnRows<T> {
  readonly result: T;
  /** How it failed on several rows, where it then ran on one. */
  readonly risk: Failed | undefined;
}

/** `use` runs the migration in the world, which is closed after it. */
export function onPlainRows<T extends { readonly run: MigrationRun }>(engine: Engine, stage: Stage, target: Target, rows: number | undefined, use: (world: World) => T): OnRows<T> {
  const several = inWorld(stageWithRows(engine, stage, target, "plain", rows), use);
  const { failed } = several.run;
  if (failed === undefined || rows !== undefined || !failed.message.startsWith("UNIQUE constraint failed")) return { result: several, risk: undefined };
  const one = inWorld(stageWithRows(engine, stage, target, "plain", 1), use);
  return one.run.failed === undefined ? { result: one, risk: failed } : { result: several, risk: undefined };
}

function inWorld<T>(world: World, use: (world: World) => T): T {
  try {
    return use(world);
  } finally {
    world.db.close();
  }
}
