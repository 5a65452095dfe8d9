// What the comparison of migrations needs of ours.

import { readFile } from "node:fs/promises";
import { inMigrationOrder } from "../../src/core/schema/migration-order";
import { readSteps } from "../../src/core/schema/migration-steps";
import { World } from "../../src/core/schema/world";
import { loadEngine } from "../../src/sqlite/engine";
import { contentsOf, runCase, schemaOf } from "../support/migration-case";
import type { CaseOutcome, MigrationCase } from "../support/migration-case";

export { inMigrationOrder };
export { plainMessage } from "../support/migration-case";

export interface Ours {
  applyAll(files: readonly { readonly name: string; readonly text: string }[]): Pick<CaseOutcome, "contents" | "schemaAfter"> & { readonly outcomes: readonly (CaseOutcome & { readonly name: string })[] };
  runCase(one: MigrationCase): CaseOutcome;
}

export async function loadOurs(root: string): Promise<Ours> {
  const engine = await loadEngine({ wasm: await readFile(`${root}/node_modules/sql.js/dist/sql-wasm.wasm`) });
  return {
    applyAll(files) {
      const world = new World(engine.open(), "d1");
      try {
        world.makeRecord();
        const outcomes = files.map(({ name, text }) => {
          const failed = world.apply(readSteps({ path: name, text, version: 0 }), name);
          return { name, ok: failed === undefined, ...(failed && { error: failed.message }) };
        });
        return { outcomes, schemaAfter: schemaOf(world), ...contentsOf(world) };
      } finally {
        world.db.close();
      }
    },
    runCase: (one) => runCase(engine, one),
  };
}
