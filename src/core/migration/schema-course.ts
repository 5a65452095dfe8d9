// The schema as each statement of a migration meets it, and as the file leaves it. The statements run without rows, so
// that only the schema decides.

import type { Engine } from "../schema/engine";
import type { Step } from "../schema/migration-steps";
import { readSchema } from "../schema/read-schema";
import type { Schema } from "../schema/schema";
import { openStage } from "../schema/stage";
import type { Stage } from "../schema/stage";
import type { Target } from "../schema/world";

export interface SchemaCourse {
  readonly before: Schema;
  /** With all statements that ran. */
  readonly after: Schema;
  /** As a statement meets it; the same object where no statement in between changed the schema. */
  at(step: Step): Schema;
  /** What SQLite or D1 says against a statement, on tables without rows; undefined where it runs. */
  failure(step: Step): string | undefined;
}

/** A statement that fails changes nothing, and the ones after it run all the same. */
export function schemaCourse(engine: Engine, stage: Stage, target: Target): SchemaCourse {
  const world = openStage(engine, stage, target);
  try {
    const met = new Map<Step, Schema>();
    const failures = new Map<Step, string>();
    const before = readSchema(world.db, world.origins);
    let now = before;
    for (const step of stage.file.steps) {
      met.set(step, now);
      const ran = world.run(step);
      if (!ran.ok) failures.set(step, ran.message);
      if (ran.ok && (step.kind === "additive" || step.kind === "destructive")) now = readSchema(world.db, world.origins);
    }
    return { before, after: now, at: (step) => met.get(step) ?? before, failure: (step) => failures.get(step) };
  } finally {
    world.db.close();
  }
}
