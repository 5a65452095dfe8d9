// The migration that gives a table or column another name, and what takes it back: tried in the schema that it will meet,
// with the queries as they are to be afterwards.

import { quoteName } from "../planner/proposed-index";
import type { Engine } from "../schema/engine";
import { readSteps } from "../schema/migration-steps";
import type { Model } from "../schema/model";
import { forEngine } from "../schema/stand-ins";
import { nextStage, openStage } from "../schema/stage";
import type { World } from "../schema/world";

export interface Renaming {
  readonly table: string;
  /** Undefined for the table itself. */
  readonly column?: string;
}

/** A query before and after, as the engine runs it. */
export interface RenamedQuery {
  readonly before: { readonly engineText: string };
  readonly after: string;
}

export interface RenameMigration {
  /** For its file: `rename_users_age_to_years`. */
  readonly name: string;
  readonly sql: string;
  readonly rollback: string;
}

/** What SQLite refuses, in its words. */
export interface RenameOutcome<Q> {
  readonly migration: string | undefined;
  /** Queries that compiled before and no longer do. */
  readonly statements: readonly (Q & { readonly error: string })[];
}

export function renameMigration({ table, column }: Renaming, to: string): RenameMigration {
  const name = ["rename", ...(column === undefined ? [table] : [table, column]), "to", to].join("_").toLowerCase().replace(/[^a-z\d]+/g, "_");
  const sql = `${statementOf(table, column, to)};\n`;
  const rollback = `${column === undefined ? statementOf(to, undefined, table) : statementOf(table, to, column)};\n`;
  return { name, sql, rollback };
}

/** Runs it and what takes it back on the schema that it meets. */
export function tryRename<Q extends RenamedQuery>(engine: Engine, model: Model, { sql, rollback }: RenameMigration, queries: readonly Q[]): RenameOutcome<Q> {
  const world = openStage(engine, nextStage(engine, model), model.target);
  try {
    const compiled = queries.filter(({ before }) => errorOf(world, before.engineText) === undefined);
    const failed = applyText(world, sql, "up.sql");
    if (failed !== undefined) return { migration: failed, statements: [] };
    const statements = compiled.flatMap((query) => withError(world, query));
    return { migration: applyText(world, rollback, "down.sql"), statements };
  } finally {
    world.db.close();
  }
}

function statementOf(table: string, column: string | undefined, to: string): string {
  return column === undefined ? `ALTER TABLE ${quoteName(table)} RENAME TO ${quoteName(to)}` : `ALTER TABLE ${quoteName(table)} RENAME COLUMN ${quoteName(column)} TO ${quoteName(to)}`;
}

function withError<Q extends RenamedQuery>(world: World, query: Q): readonly (Q & { readonly error: string })[] {
  const error = errorOf(world, query.after);
  return error === undefined ? [] : [{ ...query, error }];
}

function applyText(world: World, sql: string, file: string): string | undefined {
  return world.apply(readSteps({ path: file, text: sql, version: 0 }), file)?.message;
}

function errorOf({ db, origins }: World, sql: string): string | undefined {
  const explained = db.explain(forEngine(sql, origins.virtualTables()));
  return explained.ok ? undefined : explained.message;
}
