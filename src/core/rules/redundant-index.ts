// An index that is the beginning of a longer one. SQLite is asked whether every query that uses it is as well off
// without: behind a short index the rows lie in the order of their ids, which some queries want.

import { allNodes } from "../planner/plan";
import type { JudgedPlan, Planner } from "../planner/planner";
import type { Index } from "../schema/schema";
import { listed } from "./index-advice";
import { coverName, coverOf, dropFix } from "./index-cover";
import { indexUse } from "./index-use";
import docs from "./redundant-index.md";
import { databaseRule } from "./rule";
import type { KnownQuery } from "./rule";
import { namePlace } from "./schema-place";

export const redundantIndex = databaseRule({
  id: "redundant-index",
  summary: "Index that a longer one replaces",
  severity: "warning",
  docs,
  *check(subject) {
    const { schema, planner } = subject;
    for (const index of schema.indexes) {
      const cover = coverOf(schema, index);
      if (cover?.kind !== "longer" || index.origin === undefined) continue;
      const users = indexUse(subject).get(index.name.toLowerCase()) ?? [];
      if (!areAsWellOff(planner, users, index)) continue;
      const by = coverName(schema, cover.index);
      yield {
        ...namePlace(subject, index.origin),
        message: `\`${index.name}\` on ${columnsOf(index)} is the beginning of ${cover.index.made === "c" ? `${by} on ${columnsOf(cover.index)}` : by}, which does the same`,
        why: `Every row written to \`${index.table}\` is written to both, and D1 bills each as a row written; ${usesOf(users)}`,
        data: { table: index.table, index: index.name, by: cover.index.name },
        fixes: () => [dropFix(index, `${cover.index.made === "c" ? cover.index.name : `A key of ${index.table}`} begins with the same columns.`)],
      };
    }
  },
});

function columnsOf({ parts }: Index): string {
  return listed(parts.map(({ column, expression }) => column ?? expression ?? ""));
}

function usesOf(users: readonly KnownQuery[]): string {
  if (users.length === 0) return "no query of the code uses it";
  return users.length === 1 ? "the one query that uses it reads as many rows with the longer one" : `the ${users.length} queries that use it read as many rows with the longer one`;
}

/** More than this is more than the width of another column. */
const MOST_MORE = 1.2;

/** What SQLite says of the queries once the index is gone. False where one of them names it, or that cannot be asked. */
function areAsWellOff(planner: Planner, users: readonly KnownQuery[], index: Index): boolean {
  const known = verdictsOf(index);
  const open = users.filter(({ plan }) => plan === undefined || !known.has(plan));
  if (open.length > 0) {
    planner.configure((trial) => {
      trial.drop(index);
      for (const { statement, plan } of open) {
        const after = statement.ok ? trial.judge(statement) : undefined;
        if (plan !== undefined) known.set(plan, after !== undefined && after.rowsRead <= plan.rowsRead * MOST_MORE && sorts(after) <= sorts(plan));
      }
    });
  }
  return users.every(({ plan }) => plan !== undefined && known.get(plan) === true);
}

/** By the plan with the index, which stays the same object as long as neither the schema nor the query's file changes. */
function verdictsOf(index: Index): WeakMap<JudgedPlan, boolean> {
  let verdicts = judged.get(index);
  if (verdicts === undefined) judged.set(index, (verdicts = new WeakMap()));
  return verdicts;
}

const judged = new WeakMap<Index, WeakMap<JudgedPlan, boolean>>();

function sorts({ plan }: JudgedPlan): number {
  return allNodes(plan).filter(({ access }) => access.kind === "sort").length;
}
