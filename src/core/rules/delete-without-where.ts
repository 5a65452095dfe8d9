// A DELETE of every row of a table.

import { findTable } from "../schema/schema";
import { rowsAreMeant, wholeTable } from "./whole-table";
import docs from "./delete-without-where.md";
import { queryRule } from "./rule";

/** Tables whose rows can be made again: they are emptied on purpose. */
const passing = /(?:^|_)(?:cache|caches|cached|tmp|temp|staging|queue|session|sessions|log|logs|fts|search|index|snapshot|stats)(?:_|$)/i;

export const deleteWithoutWhere = queryRule({
  id: "delete-without-where",
  summary: "DELETE of every row",
  severity: "warning",
  docs,
  *check(subject) {
    const { statement, planner } = subject;
    const ast = wholeTable(subject);
    if (ast?.type !== "DeleteStmt" || !statement.ok || rowsAreMeant(subject)) return;
    const name = ast.tblName.objName.text;
    const table = planner === undefined ? undefined : findTable(planner.schema, name);
    if (passing.test(name) || table?.kind === "virtual" || subject.holes.length > 0) return;
    yield {
      span: statement.spanOf(ast),
      focus: statement.spanOf(ast.tblName),
      message: `This DELETE empties \`${name}\``,
      why: "It has no WHERE; nothing but Time Travel brings the rows back",
    };
  },
});
