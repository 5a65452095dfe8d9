// An index that is the beginning of a longer one. SQLite is asked whether every query that uses it is as well off with
// the longer one: behind a short index the rows lie in the order of their ids, which some queries want.

import type { AstNode } from "sqlite3-parser";
import { allNodes } from "../planner/plan";
import type { JudgedPlan, Planner } from "../planner/planner";
import { quoteName } from "../planner/proposed-index";
import type { Index } from "../schema/schema";
import { nodesOf, parseStatement } from "../sql/statement";
import { applyEdits } from "../text/edit";
import type { TextEdit } from "../text/edit";
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
      if (!users.every((query) => isAsWellOff(planner, query, index, cover.index))) continue;
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

/** What SQLite says of the query when it must take the longer index instead. False where that cannot be asked. */
function isAsWellOff(planner: Planner, { statement, plan }: KnownQuery, index: Index, longer: Index): boolean {
  if (!statement.ok || plan === undefined) return false;
  const names = new Set(allNodes(plan.plan).flatMap(({ access }) => ((access.kind === "scan" || access.kind === "search") && access.index?.toLowerCase() === index.name.toLowerCase() ? [access.name.toLowerCase()] : [])));
  const edits = nodesOf(statement.ast as AstNode).flatMap((node): TextEdit[] => {
    const named = node.type === "TableSelectTable" ? node : node.type === "UpdateStmt" || node.type === "DeleteStmt" ? node.tblName : undefined;
    if (named === undefined) return [];
    const name = named.type === "TableSelectTable" ? named.tblName.objName.text : named.objName.text;
    const shown = (named.type === "TableSelectTable" ? (named.alias?.name.text ?? named.tblName.alias?.text) : named.alias?.text) ?? name;
    if (!names.has(shown.toLowerCase()) || name.toLowerCase() !== index.table.toLowerCase()) return [];
    const { end } = statement.spanOf(named);
    return [{ span: { start: end, end }, newText: ` INDEXED BY ${quoteName(longer.name)}` }];
  });
  const forced = edits.length === 0 ? undefined : parseStatement(applyEdits(statement.text, edits));
  const after = forced?.ok === true ? planner.judge(forced) : undefined;
  return after !== undefined && "plan" in after && after.rowsRead <= plan.rowsRead * MOST_MORE && sorts(after) <= sorts(plan);
}

function sorts({ plan }: JudgedPlan): number {
  return allNodes(plan).filter(({ access }) => access.kind === "sort").length;
}
