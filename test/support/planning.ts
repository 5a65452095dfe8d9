// A planner over a schema that a test writes as SQL, and what a test asks of it.

import assert from "node:assert/strict";
import { advise } from "../../src/core/planner/advice";
import type { Advice } from "../../src/core/planner/advice";
import { Planner } from "../../src/core/planner/planner";
import type { JudgedPlan } from "../../src/core/planner/planner";
import { allNodes } from "../../src/core/planner/plan";
import { Statistics } from "../../src/core/planner/statistics";
import { Origins } from "../../src/core/schema/origins";
import { readSchema } from "../../src/core/schema/read-schema";
import type { Schema } from "../../src/core/schema/schema";
import { parseStatement } from "../../src/core/sql/statement";
import type { Statement } from "../../src/core/sql/statement";
import { splitStatements } from "../../src/core/sql/split";
import { testEngine } from "./engine";

export interface Planning {
  readonly schema: Schema;
  readonly planner: Planner;
  judge(sql: string): JudgedPlan;
  /** The lines of the plan, without their nesting. */
  details(sql: string): readonly string[];
  advise(sql: string): readonly Advice[];
}

/** `rows` by table name. Every planner of a test file is closed by `closePlannings`. */
export async function planning(ddl: string, rows: Readonly<Record<string, number>> = {}): Promise<Planning> {
  const database = (await testEngine()).open();
  for (const { text } of splitStatements(ddl)) {
    const made = database.run(text);
    assert.ok(made.ok, made.ok ? "" : `${made.message}: ${text}`);
  }
  const schema = readSchema(database, new Origins());
  const planner = new Planner(database, schema, new Statistics(schema, { default: undefined, tables: rows }), (sql) => sql);
  open.push(planner);
  const judge = (sql: string): JudgedPlan => {
    const verdict = planner.judge(statement(sql));
    assert.ok("plan" in verdict, "message" in verdict ? `${verdict.message}: ${sql}` : "");
    return verdict;
  };
  return {
    schema,
    planner,
    judge,
    details: (sql) => allNodes(judge(sql).plan).map(({ detail }) => detail),
    advise: (sql) => advise(planner, statement(sql)),
  };
}

const open: Planner[] = [];

export function closePlannings(): void {
  for (const planner of open.splice(0)) planner.close();
}

export function statement(sql: string): Statement {
  const parsed = parseStatement(sql);
  assert.ok(parsed.ok, parsed.ok ? "" : `${parsed.message}: ${sql}`);
  return parsed;
}
