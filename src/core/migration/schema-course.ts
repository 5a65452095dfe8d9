// The schema as each statement of a migration meets it, and as the file leaves it. The statements run without rows, so
// that only the schema decides.

import type { Engine } from "../schema/engine";
import type { Step } from "../schema/migration-steps";
import { Origins } from "../schema/origins";
import { readSchema } from "../schema/read-schema";
import type { Schema } from "../schema/schema";
import { openStage } from "../schema/stage";
import type { Stage } from "../schema/stage";
import { World } from "../schema/world";
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
  const failures = new Map<Step, string>();
  const { steps } = stage.file;
  const position = new Map(steps.map((step, at) => [step, at]));
  const world = openStage(engine, stage, target);
  try {
    const image = world.db.bytes();
    const before = readSchema(world.db, world.origins);
    for (const step of steps) {
      const ran = world.run(step);
      if (!ran.ok) failures.set(step, ran.message);
    }
    const changing = steps.filter((step) => !failures.has(step) && (step.kind === "additive" || step.kind === "destructive"));
    const after = changing.length === 0 ? before : readSchema(world.db, world.origins);
    const met = new Map<number, Schema>([[0, before], [changing.length, after]]);
    return {
      before,
      after,
      at(step) {
        const at = position.get(step) ?? -1;
        const done = changing.filter((one) => position.get(one)! < at).length;
        const known = met.get(done) ?? schemaBehind(new World(engine.open(image), target, new Origins(stage.origins)), changing.slice(0, done));
        met.set(done, known);
        return known;
      },
      failure: (step) => failures.get(step),
    };
  } finally {
    world.db.close();
  }
}

/** Read only when asked for: of a large schema it takes longer than the statements themselves. Closes the world. */
function schemaBehind(world: World, steps: readonly Step[]): Schema {
  try {
    for (const step of steps) world.run(step);
    return readSchema(world.db, world.origins);
  } finally {
    world.db.close();
  }
}
