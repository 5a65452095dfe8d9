// Our side of `repairs.mjs`: the tables of the fast tests, each rebuilt as people and drizzle do it, and that migration with
// the fix of what it loses.

import { readFile } from "node:fs/promises";
import { Analysis } from "../../src/core/analysis/analysis";
import { quoteName } from "../../src/core/planner/proposed-index";
import type { Engine } from "../../src/core/schema/engine";
import { replay } from "../../src/core/schema/replay";
import { findTable, indexesOf } from "../../src/core/schema/schema";
import type { Schema } from "../../src/core/schema/schema";
import { splitStatements } from "../../src/core/sql/split";
import { applyEdits } from "../../src/core/text/edit";
import { loadEngine } from "../../src/sqlite/engine";
import { rebuildCases } from "../core/migration/rebuild-cases";
import { snapshotOf } from "../support/review";

export interface RepairCase {
  readonly name: string;
  readonly setup: readonly string[];
  /** As written; it loses rows or points keys elsewhere. */
  readonly migration: string;
  /** With the fix; undefined where none is offered. */
  readonly mended: string | undefined;
}

/** How the table is rebuilt. `own`: what hangs on the table. */
type Spelling = (names: { readonly table: string; readonly create: string; readonly columns: string; readonly own: readonly string[] }) => string;

const spellings: Readonly<Record<string, Spelling>> = {
  "the new one renamed last": ({ table, create, columns, own }) => written(["PRAGMA defer_foreign_keys=ON", named(create, quoteName(`new_${table}`)), `INSERT INTO ${quoteName(`new_${table}`)} (${columns}) SELECT ${columns} FROM ${quoteName(table)}`, `DROP TABLE ${quoteName(table)}`, `ALTER TABLE ${quoteName(`new_${table}`)} RENAME TO ${quoteName(table)}`, ...own]),
  "as drizzle writes it": ({ table, create, columns, own }) => written(["PRAGMA foreign_keys=OFF", named(create, `\`__new_${table}\``), `INSERT INTO \`__new_${table}\`(${columns}) SELECT ${columns} FROM \`${table}\``, `DROP TABLE \`${table}\``, `ALTER TABLE \`__new_${table}\` RENAME TO \`${table}\``, "PRAGMA foreign_keys=ON", ...own], "--> statement-breakpoint"),
  "the old one renamed first": ({ table, create, columns, own }) => written([`ALTER TABLE ${quoteName(table)} RENAME TO ${quoteName(`${table}_old`)}`, create, `INSERT INTO ${quoteName(table)} (${columns}) SELECT ${columns} FROM ${quoteName(`${table}_old`)}`, `DROP TABLE ${quoteName(`${table}_old`)}`, ...own]),
};

const mending: ReadonlySet<string> = new Set(["rebuild-loses-rows", "rebuild-repoints-keys"]);

/** Those of which we say that they lose rows. */
export async function repairCases(root: string): Promise<readonly RepairCase[]> {
  const engine = await loadEngine({ wasm: await readFile(`${root}/node_modules/sql.js/dist/sql-wasm.wasm`) });
  return rebuildCases.flatMap(({ name, schema, rows, table }) =>
    Object.entries(spellings).flatMap(([spelling, write]): readonly RepairCase[] => {
      const migration = write(partsOf(modelled(engine, schema), table));
      const mended = mend(engine, schema, migration);
      const setup = splitStatements(`${schema}\n${rows}`).map(({ text }) => text);
      return mended === "nothing to mend" ? [] : [{ name: `${name}, ${spelling}`, setup, migration, mended: mended?.text }];
    }),
  );
}

function modelled(engine: Engine, text: string): Schema {
  const path = "migrations/0001_schema.sql";
  const source = { binding: "DB", migrationsDir: "migrations", migrations: [path], baseCandidates: [], declaredIn: undefined, localId: undefined };
  return replay(engine, source, new Map([[path, { path, text, version: 0 }]])).schema;
}

function partsOf(schema: Schema, name: string): Parameters<Spelling>[0] {
  const table = findTable(schema, name)!;
  const columns = table.columns.filter(({ generated }) => !generated).map((column) => quoteName(column.name));
  const triggers = schema.triggers.filter((trigger) => trigger.table.toLowerCase() === name.toLowerCase());
  return { table: table.name, create: table.sql, columns: columns.join(", "), own: [...indexesOf(schema, name).flatMap(({ sql }) => sql ?? []), ...triggers.map(({ sql }) => sql)] };
}

function named(create: string, name: string): string {
  return create.replace(/^CREATE TABLE\s+("[^"]*"|\w+)/i, () => `CREATE TABLE ${name}`);
}

function written(statements: readonly string[], mark = ""): string {
  return statements.map((sql) => `${sql};${mark}\n`).join("");
}

/** The file with every fix of its rebuilds; a text of undefined where a finding has none. */
function mend(engine: Engine, schema: string, migration: string): { readonly text: string } | "nothing to mend" | undefined {
  const path = "migrations/0002_rebuild.sql";
  let text = migration;
  for (let turn = 0; turn < 10; turn++) {
    const snapshot = snapshotOf(new Map([["migrations/0001_schema.sql", schema], [path, text]]));
    const analysis = new Analysis(engine);
    for (const _ of analysis.prepare(snapshot));
    const found = [...analysis.files(snapshot)].flatMap(({ findings }) => findings).find(({ rule }) => mending.has(rule));
    const change = found?.fixes()[0]?.changes[0];
    analysis.close();
    if (found === undefined) return turn === 0 ? "nothing to mend" : { text };
    if (change?.kind !== "edit") return undefined;
    text = applyEdits(text, change.edits);
  }
  return undefined;
}
