// The local databases of a project against what their migrations say.

import path from "node:path";
import type { ReviewedDatabase } from "../core/analysis/databases";
import { driftOf } from "../core/migration/drift";
import type { CompareReport } from "../core/report/migration-reports";
import type { Engine } from "../core/schema/engine";
import { readSchema } from "../core/schema/read-schema";
import type { Schema } from "../core/schema/schema";
import { openStage } from "../core/schema/stage";
import { appliedTimes } from "../workspace/applied";
import { UsageError } from "./errors";
import { copyOfFile, copyOfLocal } from "./local-copies";
import type { Copy } from "./local-copies";

/** `file` is absolute; without it the local D1 databases are read. */
export async function compareDatabases(engine: Engine, databases: readonly ReviewedDatabase[], folder: string, file: string | undefined): Promise<CompareReport> {
  if (file !== undefined && databases.length > 1) throw new UsageError("This project has several databases, so one file cannot be compared with all of them: open the folder of one, or leave --data out");
  const found: CompareReport["databases"][number][] = [];
  for (const { model } of databases) {
    const copy = file === undefined ? await copyOfLocal(engine, folder, model.source, model.target) : await copyOfFile(engine, file, model.target);
    const base = { binding: model.source.binding, migrationsDir: model.source.migrationsDir ?? null };
    if (!copy.ok) {
      found.push({ ...base, local: null, why: copy.reason, schema: [], pending: [] });
      continue;
    }
    const { schema, closing, pending } = compared(engine, model, copy);
    found.push({ ...base, local: path.relative(folder, copy.path).replaceAll(path.sep, "/"), schema, ...(closing === "" ? {} : { closing }), pending });
  }
  return { version: 1, databases: found };
}

function compared(engine: Engine, model: ReviewedDatabase["model"], { world }: Extract<Copy, { readonly ok: true }>) {
  try {
    const applied = appliedTimes(world.db, model.source);
    const pending = model.stages.filter(({ recordName }) => !applied.has(recordName));
    const { changes, closing } = driftOf(expectedSchema(engine, model, pending[0]), readSchema(world.db, world.origins));
    return { schema: changes, closing, pending: pending.map(({ file }) => file.file) };
  } finally {
    world.db.close();
  }
}

/** What the migrations before the first pending one make; all of them, where none is pending or nothing was applied. */
function expectedSchema(engine: Engine, model: ReviewedDatabase["model"], next: ReviewedDatabase["model"]["stages"][number] | undefined): Schema {
  if (next === undefined || next === model.stages[0]) return model.schema;
  const world = openStage(engine, next, model.target);
  try {
    return readSchema(world.db, world.origins);
  } finally {
    world.db.close();
  }
}
