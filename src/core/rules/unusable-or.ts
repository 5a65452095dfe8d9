// An OR whose sides each find their rows by an index, while together they make SQLite scan, since they are of different
// tables.

import type { BinaryExpr, Expr } from "sqlite3-parser";
import { allNodes } from "../planner/plan";
import type { JudgedPlan } from "../planner/planner";
import { aggregatesIn } from "../planner/select-shape";
import { conjuncts } from "../sql/expressions";
import type { Statement } from "../sql/statement";
import { count } from "./index-advice";
import { planWith, served } from "./large-reads";
import type { ServedQuery } from "./large-reads";
import { queryRule } from "./rule";
import docs from "./unusable-or.md";

const LEAST_ROWS = 2_000;
const LEAST_FACTOR = 5;

export const unusableOr = queryRule({
  id: "unusable-or",
  summary: "OR that no index serves, though each side has one",
  severity: "warning",
  docs,
  *check(subject) {
    const query = served(subject);
    if (query === undefined || query.plan.rowsRead < LEAST_ROWS || subject.advice().length > 0) return;
    const { planner, statement, plan } = query;
    for (const node of conjuncts(whereOf(statement))) {
      if (node.type !== "BinaryExpr" || node.op !== "Or" || !arms(node).every(isSearched)) continue;
      const rows = armsRead(query, node);
      if (rows === undefined || rows * LEAST_FACTOR > plan.rowsRead) continue;
      const [use] = planner.uses(statement);
      yield {
        span: statement.spanOf(node),
        focus: statement.spanOf(node.right),
        message: `Each side of this OR finds its rows by an index, but both together make SQLite scan: about ${count(plan.rowsRead)} rows read a call, ${count(rows)} as a UNION`,
        why: `A table is read by one way for all rows of the result, unless the sides are all about that table; \`SELECT … WHERE one side UNION SELECT … WHERE the other\` reads each by its own`,
        data: { ...(use === undefined ? {} : { table: use.table.name }), rowsBefore: plan.rowsRead, rowsAfter: rows },
      };
    }
  },
});

/** SQLite's bit for LEFT, RIGHT and FULL joins, which the parser has as it is: `JT_OUTER` (src/sqliteInt.h). */
const OUTER = 0x20;

/** Of a SELECT that a UNION could take apart. */
function whereOf({ ast }: Statement): Expr | undefined {
  if (ast.type !== "SelectStmt" || ast.body.type !== "Select" || ast.body.select.type !== "SelectFrom") return undefined;
  const { select, compounds = [], with: clause } = ast.body;
  if (compounds.length > 0 || clause !== undefined || aggregatesIn(select)) return undefined;
  // An outer join keeps rows that the one side asks for and the other does not.
  return (select.from?.joins ?? []).some(({ operator }) => operator.type === "TypedJoinJoinOperator" && ((operator.joinType ?? 0) & OUTER) !== 0) ? undefined : select.whereClause;
}

/** A side that compares a column with a value, so that an index could find it. */
function isSearched(arm: Expr): boolean {
  return conjuncts(arm).some((expr) => {
    if (expr.type === "InListExpr" || expr.type === "InSelectExpr") return !expr.not && isColumn(expr.lhs);
    if (expr.type !== "BinaryExpr" || expr.op !== "Equals") return false;
    return (isColumn(expr.left) && isConstant(expr.right)) || (isColumn(expr.right) && isConstant(expr.left));
  });
}

function isColumn({ type }: Expr): boolean {
  return type === "Id" || type === "QualifiedExpr";
}

function isConstant({ type }: Expr): boolean {
  return type === "VariableExpr" || type === "StringLiteral" || type === "NumericLiteral";
}

/** What the statement reads with each side by itself, added up; undefined where one of them scans as well. */
function armsRead({ planner, statement, plan }: ServedQuery, or: BinaryExpr): number | undefined {
  const span = statement.spanOf(or);
  let sum = 0;
  for (const arm of arms(or)) {
    const { start, end } = statement.spanOf(arm);
    const alone = planWith(planner, statement, [{ span, newText: statement.text.slice(start, end) }]);
    if (alone === undefined || scanned(alone).some((name) => scanned(plan).includes(name))) return undefined;
    sum += alone.rowsRead;
  }
  return sum;
}

function arms(expr: Expr): readonly Expr[] {
  return expr.type === "BinaryExpr" && expr.op === "Or" ? [...arms(expr.left), ...arms(expr.right)] : [expr];
}

function scanned({ plan }: JudgedPlan): readonly string[] {
  return allNodes(plan).flatMap(({ access }) => (access.kind === "scan" ? [access.name] : []));
}
