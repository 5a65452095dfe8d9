// A database that a test makes by SQL and fills with rows, and what a test asks of it.

import assert from "node:assert/strict";
import { seedRows } from "../../src/core/planner/seeded-rows";
import type { Seeded, SeedOptions } from "../../src/core/planner/seeded-rows";
import type { Database, Engine, SqlValue } from "../../src/core/schema/engine";
import { Origins } from "../../src/core/schema/origins";
import { readSchema } from "../../src/core/schema/read-schema";
import type { Schema } from "../../src/core/schema/schema";
import { splitStatements } from "../../src/core/sql/split";

export interface SeededDatabase extends Seeded {
  readonly db: Database;
  readonly schema: Schema;
  /** The values of the first column of a query. */
  values(sql: string): SqlValue[];
}

export const until = Date.UTC(2026, 5, 15);

/** The caller closes `db`. */
export function seeded(engine: Engine, ddl: string, rows: number | Readonly<Record<string, number>>, options: Partial<SeedOptions> = {}): SeededDatabase {
  const db = engine.open();
  for (const { text } of splitStatements(ddl)) {
    const made = db.run(text);
    assert.ok(made.ok, made.ok ? "" : `${made.message}: ${text}`);
  }
  const schema = readSchema(db, new Origins());
  return { ...fill(db, schema, rows, options), db, schema, values: (sql) => valuesOf(db, sql) };
}

export function fill(db: Database, schema: Schema, rows: number | Readonly<Record<string, number>>, options: Partial<SeedOptions> = {}): Seeded {
  const seeding = seedRows(db, schema, { rows: (table) => (typeof rows === "number" ? rows : (rows[table] ?? 0)), until, ...options });
  for (;;) {
    const { done, value } = seeding.next();
    if (done === true) return value;
  }
}

export function valuesOf(db: Database, sql: string): SqlValue[] {
  const result = db.run(sql);
  assert.ok(result.ok, result.ok ? "" : `${result.message}: ${sql}`);
  return result.rows.map((row) => row[0] ?? null);
}

/** Every constraint holds, by SQLite's own word. */
export function assertSound(db: Database): void {
  assert.deepEqual(valuesOf(db, "PRAGMA foreign_key_check"), []);
  assert.deepEqual(valuesOf(db, "PRAGMA integrity_check"), ["ok"]);
  assert.deepEqual(valuesOf(db, "PRAGMA foreign_keys"), [1]);
}

/** All rows of all tables, to compare. */
export function dump(db: Database, schema: Schema): string {
  return JSON.stringify(schema.tables.map(({ name }) => [name, db.run(`SELECT * FROM "${name}"`)]), (key, value: unknown) => (key === "ms" ? undefined : value));
}
