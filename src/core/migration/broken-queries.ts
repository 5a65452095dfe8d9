// Queries that compile in the schema that a migration meets and no longer do once it ran.

import type { Engine } from "../schema/engine";
import { forEngine } from "../schema/stand-ins";
import type { Stage } from "../schema/stage";
import { openStage } from "../schema/stage";
import type { Target, World } from "../schema/world";

export interface SentQuery {
  /** As the engine runs it, stand-ins apart. */
  readonly sql: string;
  /** `functions/api/x.js:12` */
  readonly place: string;
}

export interface BrokenQuery extends SentQuery {
  /** SQLite's. */
  readonly error: string;
}

/** In the order given; each text is compiled once. A file that only adds breaks nothing and is not run. */
export function brokenQueries(engine: Engine, stage: Stage, target: Target, queries: readonly SentQuery[]): readonly BrokenQuery[] {
  if (!stage.file.steps.some(({ kind }) => kind === "destructive")) return [];
  const world = openStage(engine, stage, target);
  try {
    const compiled = new Set([...new Set(queries.map(({ sql }) => sql))].filter((sql) => errorOf(world, sql) === undefined));
    if (world.apply(stage.file, stage.recordName) !== undefined) return [];
    const errors = new Map([...compiled].flatMap((sql) => [errorOf(world, sql)].flatMap((error) => (error === undefined ? [] : [[sql, error] as const]))));
    return queries.flatMap((query) => (errors.has(query.sql) ? [{ ...query, error: errors.get(query.sql)! }] : []));
  } finally {
    world.db.close();
  }
}

function errorOf({ db, origins }: World, sql: string): string | undefined {
  const explained = db.explain(forEngine(sql, origins.virtualTables()));
  return explained.ok ? undefined : explained.message;
}
