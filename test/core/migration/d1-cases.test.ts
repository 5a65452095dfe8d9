// Hand-made migrations with what the local D1 runtime did with each of them: ours must say the same.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { runMigration } from "../../../src/core/migration/run-migration";
import type { MigrationRun } from "../../../src/core/migration/run-migration";
import { readSteps } from "../../../src/core/schema/migration-steps";
import { World } from "../../../src/core/schema/world";
import type { Engine } from "../../../src/core/schema/engine";
import { testEngine } from "../../support/engine";

interface Outcome {
  readonly ok: boolean;
  readonly error?: string;
  readonly internal?: string;
  readonly atCommit?: true;
  readonly statementIndex?: number;
  readonly counts?: Readonly<Record<string, number>>;
  readonly schemaAfter?: readonly { readonly type: string; readonly name: string; readonly sql: string }[];
  readonly lost?: Readonly<Record<string, readonly [number, number, { readonly keysMissing: number }?]>>;
  readonly dropped?: Readonly<Record<string, number>>;
  readonly changed?: Readonly<Record<string, Readonly<Record<string, { readonly changed: number; readonly nulled: number }>>>>;
  readonly droppedColumns?: unknown;
}

interface Case {
  readonly name: string;
  readonly topic: string;
  readonly before: readonly string[];
  readonly rows: readonly string[];
  readonly migration: string;
  readonly expected: Outcome;
  readonly expectedNoRows?: Outcome;
}

const { cases } = JSON.parse(readFileSync(path.join("test", "core", "migration", "d1-cases.json"), "utf8")) as { readonly cases: readonly Case[] };

describe("migrations that were run on D1", () => {
  let engine: Engine;
  before(async () => (engine = await testEngine()));

  for (const one of cases) {
    it(`${one.topic}: ${one.name}`, () => {
      same(run(engine, one, one.rows), one.expected);
      if (one.expectedNoRows) same(run(engine, one, []), one.expectedNoRows);
    });
  }
});

interface Ran {
  readonly run: MigrationRun;
  readonly schema: readonly string[];
}

function run(engine: Engine, { before, migration }: Case, rows: readonly string[]): Ran {
  const world = new World(engine.open(), "d1");
  world.makeRecord();
  for (const text of [...before, ...rows]) {
    for (const step of readSteps({ path: "before.sql", text: `${text};`, version: 0 }).steps) world.run(step);
  }
  const result = runMigration(world, readSteps({ path: "migrations/0001_case.sql", text: migration, version: 0 }), "0001_case.sql");
  const schema = world.db.run("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT IN ('d1_migrations', 'sqlite_sequence') ORDER BY type, name");
  world.db.close();
  return { run: result, schema: schema.ok ? schema.rows.map(([sql]) => String(sql).replace(/\s+/g, " ").trim()) : [] };
}

function same({ run, schema }: Ran, expected: Outcome): void {
  assert.equal(run.failed === undefined, expected.ok, `${run.failed?.message ?? "it succeeded"}; D1: ${expected.error ?? "it succeeded"}`);
  if (run.failed !== undefined) {
    assert.equal(plain(run.failed.message), plain(expected.internal ?? expected.error ?? ""));
    assert.equal(run.failed.atCommit, expected.atCommit);
  }
  if (expected.counts) assert.deepEqual(Object.fromEntries([...run.after.values()].map(({ name, count }) => [name, count]).sort()), Object.fromEntries(Object.entries(expected.counts).sort()));
  if (expected.schemaAfter) assert.deepEqual(schema, expected.schemaAfter.map(({ sql }) => sql));
}

/** Without the code, and without the offset, which sql.js does not give. */
function plain(message: string): string {
  return message.replace(/: SQLITE_\w+(?: \(extended: \w+\))?$/, "").replace(/ at offset \d+$/, "");
}
