// A statement whose plan follows from the value that is bound: SQLite plans LIKE and partial indexes anew with it. What
// is measured with one value says nothing of another.

import type { AstNode } from "sqlite3-parser";
import type { JudgedPlan } from "../planner/planner";
import { allNodes } from "../planner/plan";
import { indexesOf } from "../schema/schema";
import { isColumn } from "../sql/expressions";
import { nodesOf } from "../sql/statement";
import type { Span } from "../text/span";
import { isBoundKnown } from "./bound-parameter";
import { count, planLines } from "./index-advice";
import { indexConditions } from "./index-conditions";
import { LARGE, planWith, served } from "./large-reads";
import type { ServedQuery } from "./large-reads";
import { queryRule } from "./rule";
import type { QuerySubject } from "./rule";
import docs from "./value-dependent-plan.md";

/** Plans that read less than this many times as much are alike. */
const LEAST_FACTOR = 5;

export const valueDependentPlan = queryRule({
  id: "value-dependent-plan",
  summary: "Plan that changes with the bound value",
  severity: "hint",
  docs,
  *check(subject) {
    const query = served(subject);
    // Where an index would help all values, the rules about indexes speak.
    if (query === undefined || subject.advice().length > 0) return;
    for (const { span, kind, value, other } of choices(query, subject)) {
      const quick = planWith(query.planner, query.statement, [{ span, newText: value }]);
      const slow = planWith(query.planner, query.statement, [{ span, newText: other }]);
      if (quick === undefined || slow === undefined || slow.rowsRead < LARGE || quick.rowsRead * LEAST_FACTOR > slow.rowsRead) continue;
      yield {
        span,
        message: `The plan changes with this value: ${kind === "like" ? "a pattern that begins with letters" : value} reads about ${count(quick.rowsRead)} rows (${wayOf(quick)}), ${kind === "like" ? "one that begins with a wildcard" : "any other value"} ${count(slow.rowsRead)} (${wayOf(slow)})`,
        why: "SQLite plans the statement anew with the value that is bound; try it with both before you trust a measure",
        data: { rowsQuick: quick.rowsRead, rowsSlow: slow.rowsRead, planQuick: planLines(quick.plan), planSlow: planLines(slow.plan) },
      };
    }
  },
});

interface Choice {
  /** Of the parameter. */
  readonly span: Span;
  readonly kind: "like" | "partial";
  /** Two values for it, as SQL: one that an index serves, and another. */
  readonly value: string;
  readonly other: string;
}

function choices({ planner, statement }: ServedQuery, subject: QuerySubject): readonly Choice[] {
  const conditions = planner.uses(statement).flatMap(({ table }) => indexesOf(planner.schema, table.name).flatMap(({ where }) => (where === undefined ? [] : indexConditions(where))));
  return nodesOf(statement.ast as AstNode).flatMap((node): Choice[] => {
    if (node.type === "LikeExpr" && !node.not && node.rhs.type === "VariableExpr" && (node.op === "Like" || node.op === "Glob")) {
      if (isBoundKnown(subject, node.rhs)) return [];
      const [value, other] = node.op === "Glob" ? ["'abc*'", "'*abc'"] : ["'abc%'", "'%abc'"];
      return [{ span: statement.spanOf(node.rhs), kind: "like", value: value!, other: other! }];
    }
    if (node.type !== "BinaryExpr" || node.op !== "Equals" || node.right.type !== "VariableExpr" || isBoundKnown(subject, node.right)) return [];
    const condition = conditions.find(({ column }) => isColumn(node.left, column));
    return condition === undefined ? [] : [{ span: statement.spanOf(node.right), kind: "partial", value: condition.value, other: "'another'" }];
  });
}

/** The first way into a table that differs: `SEARCH … USING INDEX …`. */
function wayOf({ plan }: JudgedPlan): string {
  return allNodes(plan).find(({ access }) => access.kind === "scan" || access.kind === "search")?.detail ?? "";
}
