// Queries that fail once a migration has run, and not before, or that then miss what it took.

import type { Engine } from "../schema/engine";
import { readSchema } from "../schema/read-schema";
import { findColumn, findTable, findView } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { forEngine } from "../schema/stand-ins";
import type { Stage } from "../schema/stage";
import { openStage } from "../schema/stage";
import type { Target, World } from "../schema/world";
import { nameError } from "../sql/error-place";
import { aliasTarget, namedTables } from "../sql/named-tables";
import type { Statement } from "../sql/statement";

export interface SentQuery {
  readonly statement: Statement;
  /** A part of its text is not known. */
  readonly partial: boolean;
  /** `functions/api/x.js:12` */
  readonly place: string;
}

export interface BrokenQuery {
  /** As the engine runs it, stand-ins apart. */
  readonly sql: string;
  readonly place: string;
  /** SQLite's. */
  readonly error: string;
}

/** What a migration takes away under its name: a table, or one column of it. */
export interface Missed {
  readonly table: string;
  /** Undefined for the whole table. */
  readonly column: string | undefined;
}

/** In the order given; each text is compiled once. A file that only adds breaks nothing and is not run. */
export function brokenQueries(engine: Engine, stage: Stage, target: Target, queries: readonly SentQuery[]): readonly BrokenQuery[] {
  if (!stage.file.steps.some(({ kind }) => kind === "destructive")) return [];
  const world = openStage(engine, stage, target);
  try {
    const texts = new Set(queries.map(({ statement }) => statement.engineText));
    const before = readSchema(world.db, world.origins);
    const compiled = new Set([...texts].filter((sql) => errorOf(world, sql) === undefined));
    if (world.apply(stage.file, stage.recordName) !== undefined) return [];
    const errors = new Map([...texts].map((sql) => [sql, errorOf(world, sql)] as const));
    const after = readSchema(world.db, world.origins);
    return queries.flatMap(({ statement, partial, place }) => {
      const sql = statement.engineText;
      const error = errors.get(sql);
      if (error === undefined) return [];
      // One that needs something new of the same file did not compile before either.
      const isBroken = compiled.has(sql) || (!partial && missedBy(statement, error).some((missed) => isThere(before, missed) && !isThere(after, missed)));
      return isBroken ? [{ sql, place, error }] : [];
    });
  } finally {
    world.db.close();
  }
}

/** What SQLite's error says that the statement misses: one name, of any of these tables. */
export function missedBy(statement: Statement, message: string): readonly Missed[] {
  const error = nameError(message);
  if (error.kind === "other") return [];
  if (error.kind === "table") return [{ table: error.name, column: undefined }];
  const tables = error.qualifier === undefined ? namedTables(statement) : [aliasTarget(statement, error.qualifier) ?? ""];
  return tables.map((table) => ({ table, column: error.name }));
}

function isThere(schema: Schema, { table, column }: Missed): boolean {
  const found = findTable(schema, table);
  if (column === undefined) return found !== undefined || findView(schema, table) !== undefined;
  return found !== undefined && findColumn(found, column) !== undefined;
}

function errorOf({ db, origins }: World, sql: string): string | undefined {
  const explained = db.explain(forEngine(sql, origins.virtualTables()));
  return explained.ok ? undefined : explained.message;
}
