// Rollbacks for tests: the migrations are written as one text (see `replayText`), and the last one is taken back.

import assert from "node:assert/strict";
import { makeRollback } from "../../src/core/migration/rollback/rollback";
import type { Companion, Rollback, RollbackResult } from "../../src/core/migration/rollback/rollback";
import { runLine } from "../../src/core/migration/rollback/script";
import type { Engine, SqlValue } from "../../src/core/schema/engine";
import { readSteps } from "../../src/core/schema/migration-steps";
import { openStage } from "../../src/core/schema/stage";
import type { Stage } from "../../src/core/schema/stage";
import type { Target } from "../../src/core/schema/world";
import { replayText } from "./replay";

/** Two migrations: what is there, and the one to take back. */
export function migrations(before: string, migration: string): string {
  return `//- migrations/0001_schema.sql\n${before}\n//- migrations/0002_change.sql\n${migration}\n`;
}

export function tryRollback(engine: Engine, fixture: string, target: Target = "d1"): RollbackResult {
  const { stage, stages, text } = lastStage(engine, fixture);
  return makeRollback({ engine, stage, target, text, earlier: stages.slice(0, -1).map(({ file }) => file) });
}

/** Fails where there is none. */
export function rollbackOf(engine: Engine, fixture: string): Rollback {
  const result = tryRollback(engine, fixture);
  assert.ok(result.ok, result.ok ? "" : result.failed.message);
  return result.rollback;
}

export function sqlOf({ lines }: Pick<Rollback, "lines">): readonly string[] {
  return lines.map(({ sql }) => sql);
}

export interface Life {
  /** Statements before the migration. */
  readonly rows: readonly string[];
  /** Statements between the migration and its rollback. */
  readonly since?: readonly string[];
}

/** The rows that a query gives after the migration, what happened since, and the rollback. */
export function rowsAfter(engine: Engine, fixture: string, life: Life, query: string): readonly (readonly SqlValue[])[] {
  return rowsOf(engine, lastStage(engine, fixture).stage, rollbackOf(engine, fixture).lines, life, query);
}

/** The same for the migration that keeps backups. */
export function rowsOfCompanion(engine: Engine, fixture: string, { migration, lines }: Companion, life: Life, query: string): readonly (readonly SqlValue[])[] {
  const { stage } = lastStage(engine, fixture);
  return rowsOf(engine, { ...stage, file: readSteps({ path: stage.file.file, text: migration, version: 0 }) }, lines, life, query);
}

function rowsOf(engine: Engine, stage: Stage, lines: Rollback["lines"], { rows, since = [] }: Life, query: string): readonly (readonly SqlValue[])[] {
  const world = openStage(engine, stage, "d1");
  try {
    const run = (sql: string): void => {
      const result = world.db.run(sql);
      assert.ok(result.ok, `${sql}: ${result.ok ? "" : result.message}`);
    };
    rows.forEach(run);
    assert.equal(world.apply(stage.file, stage.recordName), undefined);
    since.forEach(run);
    run("BEGIN");
    for (const { sql } of lines) {
      const result = runLine(world, sql);
      assert.ok(result.ok, `${sql}: ${result.ok ? "" : result.message}`);
    }
    run("COMMIT");
    const found = world.db.run(query);
    assert.ok(found.ok, found.ok ? "" : found.message);
    return found.rows;
  } finally {
    world.db.close();
  }
}

function lastStage(engine: Engine, fixture: string): { readonly stage: Stage; readonly stages: readonly Stage[]; readonly text: string } {
  const { stages } = replayText(engine, fixture);
  const stage = stages.at(-1)!;
  const text = fixture.split(/^\s*\/\/- /m).at(-1)!.replace(/^.*\n/, "");
  return { stage, stages, text };
}
