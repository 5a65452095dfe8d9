// A table that neither a migration nor the code itself makes.

import type { AstNode } from "sqlite3-parser";
import { nameError, placeOf } from "../sql/error-place";
import { nodesOf } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { didYouMean } from "./did-you-mean";
import docs from "./unknown-table.md";
import { queryRule } from "./rule";

export const unknownTable = queryRule({
  id: "unknown-table",
  summary: "Table that does not exist",
  severity: "error",
  docs,
  *check({ statement, verdict, planner, sql, takenBy }) {
    if (!statement.ok || planner === undefined || verdict === undefined || "plan" in verdict) return;
    const error = nameError(verdict.message);
    if (error.kind !== "table" || ownTables.test(error.name)) return;
    const place = placeOf(statement, error);
    if (place === undefined) {
      yield { span: { start: 0, end: sql.length }, message: `A view, trigger or foreign key that this statement uses names the table \`${error.name}\`, which no migration makes` };
      return;
    }
    const names = [...planner.schema.tables, ...planner.schema.views].map(({ name }) => name);
    const suggestion = didYouMean(planner, statement, error, [...names, ...commonTables(statement)]);
    const related = takenBy(error.name);
    const what = related[0] === undefined ? `No migration makes the table \`${error.name}\`` : `The table \`${error.name}\` is no longer there since ${related[0].file}`;
    yield { span: place, message: `${what}${suggestion.question}`, related, fixes: suggestion.fixes };
  },
});

/** What D1 and wrangler make themselves. */
const ownTables = /^(?:d1_migrations|_cf_\w+)$/i;

/** The names that the statement gives its own subqueries by WITH. */
function commonTables({ ast }: Statement): readonly string[] {
  return nodesOf(ast as AstNode).flatMap((node) => (node.type === "CommonTableExpr" ? [node.tblName.text] : []));
}
