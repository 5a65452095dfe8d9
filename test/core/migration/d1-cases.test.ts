// Hand-made migrations with what the local D1 runtime did with each of them: ours must say the same.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Engine } from "../../../src/core/schema/engine";
import { testEngine } from "../../support/engine";
import { plainMessage, runCase } from "../../support/migration-case";
import type { CaseOutcome, MigrationCase } from "../../support/migration-case";

interface AnsweredCase extends MigrationCase {
  readonly expected: CaseOutcome;
  readonly expectedNoRows?: CaseOutcome;
}

for (const name of ["d1-cases.json", "more-d1-cases.json"]) {
  const { cases } = JSON.parse(readFileSync(path.join("test", "core", "migration", name), "utf8")) as { readonly cases: readonly AnsweredCase[] };

  describe(`migrations that were run on D1, ${name}`, () => {
    let engine: Engine;
    before(async () => (engine = await testEngine()));

    for (const one of cases) {
      it(`${one.topic}: ${one.name}`, () => {
        same(runCase(engine, one), one.expected);
        if (one.expectedNoRows) same(runCase(engine, { ...one, rows: [] }), one.expectedNoRows);
      });
    }
  });
}

function same(ours: CaseOutcome, d1: CaseOutcome): void {
  assert.equal(ours.ok, d1.ok, `${ours.error ?? "it succeeded"}; D1: ${d1.error ?? "it succeeded"}`);
  const isSaid = d1.internal !== undefined || !d1.error?.startsWith("internal error");
  if (isSaid) assert.equal(plainMessage(ours.error), plainMessage(d1.internal ?? d1.error));
  assert.equal(ours.atCommit, d1.atCommit);
  if (d1.schemaAfter) assert.deepEqual(ours.schemaAfter, d1.schemaAfter.map(({ type, name, sql }) => ({ type, name, sql })));
  const probes = d1.probes?.map(({ error, ...probe }) => ({ ...probe, ...(error !== undefined && { error: plainMessage(error) }) }));
  if (d1.counts !== undefined || d1.contents !== undefined) assert.deepEqual(ours.probes, probes);
  // One set tells all rows, the other what became of them.
  if (d1.contents !== undefined) heldKeys(ours, d1, ["contents", "unreadable", "foreignKeyCheck", "recorded"]);
  if (d1.counts !== undefined) heldKeys(ours, d1, ["counts", "lost", "dropped", "changed", "droppedColumns", "renamed", "renamedColumns", "unreadable", "foreignKeyCheck", "recorded"]);
}

function heldKeys(ours: CaseOutcome, d1: CaseOutcome, keys: readonly (keyof CaseOutcome)[]): void {
  for (const key of keys) assert.deepEqual(ours[key], d1[key], key);
}
