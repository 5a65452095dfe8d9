// Our side of `changes.mjs`: the cases of the fast tests with the migrations that we write for them.

import { readFile } from "node:fs/promises";
import { changeTable } from "../../src/core/migration/table-change";
import { replay } from "../../src/core/schema/replay";
import { nextStage } from "../../src/core/schema/stage";
import { splitStatements } from "../../src/core/sql/split";
import { loadEngine } from "../../src/sqlite/engine";
import { rebuildCases } from "../core/migration/rebuild-cases";

export interface WrittenCase {
  readonly name: string;
  readonly setup: readonly string[];
  /** Statements; a message where none were written. */
  readonly migration: readonly string[] | string;
  readonly way: string;
  readonly table: string;
  /** The column whose values may change, by its old name. */
  readonly column: string | undefined;
}

export async function writtenCases(root: string): Promise<readonly WrittenCase[]> {
  const engine = await loadEngine({ wasm: await readFile(`${root}/node_modules/sql.js/dist/sql-wasm.wasm`) });
  const path = "migrations/0001_schema.sql";
  const source = { binding: "DB", migrationsDir: "migrations", migrations: [path], baseCandidates: [], declaredIn: undefined, localId: undefined };
  return rebuildCases.map(({ name, schema, rows, table, change }) => {
    const model = replay(engine, source, new Map([[path, { path, text: schema, version: 0 }]]));
    const written = changeTable({ engine, stage: nextStage(engine, model), target: "d1" }, model.schema, table, change);
    return {
      name,
      setup: statements(`${schema}\n${rows}`),
      migration: written.ok ? statements(written.sql) : written.message,
      way: written.ok ? written.way : "",
      table,
      column: "column" in change && change.kind !== "move" ? change.column : undefined,
    };
  });
}

function statements(sql: string): readonly string[] {
  return splitStatements(sql).map(({ text }) => text);
}
