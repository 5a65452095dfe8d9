// The schema as one migration meets it, kept while the migrations are replayed, and the way to make an empty database of
// it: dry runs, rules and rollbacks begin there.

import type { Engine } from "./engine";
import type { Steps } from "./migration-steps";
import type { Model } from "./model";
import { Origins } from "./origins";
import { isInternal } from "./read-schema";
import { World } from "./world";
import type { SchemaObject, Target } from "./world";

export interface Stage {
  readonly file: Steps;
  /** As wrangler notes it. */
  readonly recordName: string;
  readonly objects: readonly SchemaObject[];
  readonly origins: Origins;
}

const order: readonly string[] = ["table", "index", "view", "trigger"];

/** The caller closes the world's database. It has no rows but for wrangler's table, which is empty too. */
export function openStage(engine: Engine, { objects, origins }: Stage, target: Target): World {
  const world = new World(engine.open(), target, new Origins(origins));
  world.makeRecord();
  world.db.run("BEGIN");
  // The shadow tables of a virtual table come with it, so that their own statements only say that they are there.
  for (const type of order) for (const object of objects) if (object.type === type && !isInternal(object.name)) world.db.run(object.sql);
  world.db.run("COMMIT");
  return world;
}

/** What the next migration will meet; its file is empty. */
export function nextStage(engine: Engine, model: Pick<Model, "open" | "origins" | "target">): Stage {
  const world = new World(model.open(engine), model.target, model.origins);
  const objects = world.objects();
  world.db.close();
  return { file: { file: "", steps: [], refusal: undefined, hidesNote: false, isDataLeftOut: false }, recordName: "", objects, origins: model.origins };
}
