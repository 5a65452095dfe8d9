// Our side of the comparison: the sample project's database in sql.js, its queries with values, and the rows that we
// derive for each.

import { readFile } from "node:fs/promises";
import { reviewFolder } from "../support/project";
import { countedRows } from "../../src/core/planner/counted-rows";
import { measure } from "../../src/core/planner/measured";
import { Planner } from "../../src/core/planner/planner";
import { allNodes, planTree } from "../../src/core/planner/plan";
import { Statistics } from "../../src/core/planner/statistics";
import { splitStatements } from "../../src/core/sql/split";
import { parseStatement } from "../../src/core/sql/statement";
import { forEngine } from "../../src/core/schema/stand-ins";
import type { SqlValue } from "../../src/core/schema/engine";
import { loadEngine } from "../../src/sqlite/engine";
import { extraQueries } from "./queries";
import { seed } from "./seed";
import { valuesFor } from "./values";

export interface Case {
  readonly name: string;
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /** Ours, and whether all of it was counted. */
  readonly rows: number;
  readonly counted: boolean;
  readonly notes: readonly string[];
  /** From the plan and measured statistics alone. */
  readonly derived: number;
  readonly plan: readonly string[];
  /** Whether statistics, which D1 has only after ANALYZE, leave the plan as it is. */
  readonly isPlanAssumed: boolean;
}

/** `setup` makes the same database on D1: each statement by itself, since one may fail as it does in the model. */
export async function compareWith(root: string): Promise<{ readonly setup: readonly string[]; readonly cases: readonly Case[] }> {
  const engine = await loadEngine({ wasm: await readFile(`${root}/node_modules/sql.js/dist/sql-wasm.wasm`) });
  const folder = `${root}/test/workspaces/finance`;
  const { snapshot, analysis, results } = await reviewFolder(engine, folder);
  const [reviewed] = analysis.databases(snapshot);
  const { model, schema } = reviewed!;
  const database = model.open(engine);
  const migrations = model.source.migrations.flatMap((path) => splitStatements(snapshot.files.get(path)!.text).map(({ text }) => text));
  for (const sql of migrations.filter((text) => /^\s*INSERT\b/i.test(text))) database.run(forEngine(sql, schema));
  for (const sql of seed) {
    const filled = database.run(sql);
    if (!filled.ok) throw new Error(`${filled.message}: ${sql}`);
  }
  const measured = measure(database);
  const sizes = Object.fromEntries([...measured.tables].map(([name, { rows }]) => [name, rows]));
  const statistics = new Statistics(schema, { default: undefined, tables: sizes }, { measured });
  const planner = new Planner(model.open(engine), schema, statistics, (sql) => forEngine(sql, schema));
  const ofSample = results.flatMap(({ file, review }) =>
    (review?.sites ?? []).flatMap(({ statements }) => statements.flatMap(({ fact: { statement } }) => (statement.ok ? [{ name: file.path.replace("functions/api/", ""), sql: statement.text }] : []))),
  );
  const unique = [...new Map(ofSample.map((one) => [one.sql.replace(/\s+/g, " "), one])).values()];
  // Reads before writes, which change what is there, on both sides.
  const isWrite = ({ sql }: { readonly sql: string }): boolean => !/^\s*(SELECT|WITH)\b/i.test(sql);
  const all = [...unique, ...extraQueries];
  const cases = [...all.filter((one) => !isWrite(one)), ...all.filter(isWrite)].flatMap(({ name, sql }): Case[] => {
    const statement = parseStatement(sql);
    if (!statement.ok || !/^(select|insert|update|delete)$/.test(statement.kind)) return [];
    // Of the catalogue and of full-text tables our database is another: it has stand-ins for what sql.js lacks.
    if (/\bsqlite_(master|schema)\b|\bpragma_|_fts\b/i.test(sql)) return [];
    const explained = database.explain(forEngine(statement.engineText, schema));
    const derived = planner.judge(statement);
    if (!explained.ok || !("plan" in derived)) return [];
    const values = valuesFor(statement, schema, database);
    const plan = planTree(explained.rows);
    const { rows, counted, notes } = countedRows({ statement, plan, values, database, schema, estimate: derived.rowsRead });
    if (statement.kind !== "select") database.run(forEngine(statement.engineText, schema), values);
    return [{ name, sql, values, rows, counted, notes, derived: derived.rowsRead, plan: explained.rows.map(({ detail }) => detail), isPlanAssumed: JSON.stringify(allNodes(plan).map(({ detail }) => detail)) === JSON.stringify(allNodes(derived.plan).map(({ detail }) => detail)) }];
  });
  analysis.close();
  planner.close();
  database.close();
  return { setup: [...migrations, ...seed], cases };
}
