// The result of a replay: the schema as a value, and the way to make an empty database of it again and again.

import type { Database, Engine } from "./engine";
import type { MigrationOutcome, Run } from "./replay";
import { isInternal, readSchema } from "./read-schema";
import type { Origins } from "./origins";
import type { Schema } from "./schema";
import type { DatabaseSource } from "./sources";
import type { Stage } from "./stage";
import type { Target, World } from "./world";

export interface Model {
  readonly source: DatabaseSource;
  /** The file that stands before the migrations, or adds tables that they lack. */
  readonly base: string | undefined;
  readonly schema: Schema;
  /** Rows that migrations, base schema and seed files insert, by lower-case table name; undefined where some are too long to run. */
  readonly insertedRows: ReadonlyMap<string, number> | undefined;
  /** What made each part of the schema; a copy can follow more statements. */
  readonly origins: Origins;
  readonly migrations: readonly MigrationOutcome[];
  /** What each migration meets, in their order; a base schema has none. */
  readonly stages: readonly Stage[];
  readonly target: Target;
  /** Statements that rebuild the schema in an empty engine database, stand-ins included, in order. */
  readonly ddl: readonly string[];
  /** A fresh engine database with this schema and no rows, closed by the caller. */
  open(engine: Engine): Database;
}

export function makeModel(source: DatabaseSource, base: string | undefined, { model: world, outcomes, stages }: Run, insertedRows: Model["insertedRows"]): Model {
  const ddl = readDdl(world);
  const images = new WeakMap<Engine, Uint8Array>();
  return {
    source,
    base,
    schema: readSchema(world.db, world.origins),
    insertedRows,
    origins: world.origins,
    migrations: outcomes,
    stages,
    target: world.target,
    ddl,
    open(engine) {
      const image = images.get(engine);
      if (image !== undefined) return engine.open(image);
      const db = build(engine, ddl);
      images.set(engine, db.bytes());
      return db;
    },
  };
}

/** In one transaction, so that building hundreds of objects takes milliseconds. */
function build(engine: Engine, ddl: readonly string[]): Database {
  const db = engine.open();
  db.run("BEGIN");
  for (const sql of ddl) db.run(sql);
  db.run("COMMIT");
  return db;
}

/**
 * Tables first, then what is made on them. Shadow tables come with their virtual table; a table of the user's that
 * only has the name of one has an origin.
 */
function readDdl({ db, origins }: World): string[] {
  const result = db.run(`WITH shadows AS MATERIALIZED (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow')
    SELECT m.sql, m.name, m.name IN (SELECT name FROM shadows) FROM sqlite_schema m WHERE m.sql IS NOT NULL
    ORDER BY CASE m.type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, m.rowid`);
  if (!result.ok) return [];
  return result.rows
    .filter(([, name, shadow]) => !isInternal(String(name)) && (shadow !== 1 || origins.tables.has(String(name).toLowerCase())))
    .map(([sql]) => String(sql));
}
