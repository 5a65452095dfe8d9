// An UPDATE of every row of a table.

import { findTable } from "../schema/schema";
import { rowsAreMeant, wholeTable } from "./whole-table";
import docs from "./update-without-where.md";
import { queryRule } from "./rule";

export const updateWithoutWhere = queryRule({
  id: "update-without-where",
  summary: "UPDATE of every row",
  severity: "warning",
  docs,
  *check(subject) {
    const { statement, planner } = subject;
    const ast = wholeTable(subject);
    if (ast?.type !== "UpdateStmt" || !statement.ok || ast.from !== undefined || rowsAreMeant(subject)) return;
    // `SET is_default = 0` before one row is set: a reset of all rows, and meant.
    if (ast.sets.every(({ expr }) => isReset(expr.type))) return;
    const table = findTable(planner?.schema ?? { tables: [], indexes: [], views: [], triggers: [] }, ast.tblName.objName.text);
    if (table !== undefined && /CHECK\s*\(\s*"?\w+"?\s*=\s*1\s*\)/i.test(table.sql)) return;
    yield {
      span: statement.spanOf(ast),
      focus: statement.spanOf(ast.tblName),
      message: `This UPDATE changes every row of \`${ast.tblName.objName.text}\``,
      why: "It has no WHERE; D1 bills each row as written, and the old values are gone",
    };
  },
});

function isReset(type: string): boolean {
  return type === "NumericLiteral" || type === "NullLiteral" || type === "KeywordLiteral";
}
