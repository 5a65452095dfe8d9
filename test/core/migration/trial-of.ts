// The schema that a text makes, ready to try a change on.

import assert from "node:assert/strict";
import type { Trial } from "../../../src/core/migration/change-proof";
import { replay } from "../../../src/core/schema/replay";
import type { Model } from "../../../src/core/schema/replay";
import { nextStage } from "../../../src/core/schema/stage";
import { testEngine } from "../../support/engine";

export async function trialOf(schema: string): Promise<{ readonly trial: Trial; readonly model: Model }> {
  const engine = await testEngine();
  const path = "migrations/0001_schema.sql";
  const source = { binding: "DB", migrationsDir: "migrations", migrations: [path], baseCandidates: [], declaredIn: undefined, localId: undefined };
  const model = replay(engine, source, new Map([[path, { path, text: schema, version: 0 }]]));
  assert.deepEqual(model.migrations.flatMap(({ failures }) => failures), []);
  return { trial: { engine, stage: nextStage(engine, model), target: "d1" }, model };
}
