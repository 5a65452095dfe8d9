// A column that none of the statement's tables has.

import { columnNames } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { nameError, placeOf } from "../sql/error-place";
import type { NameError } from "../sql/error-place";
import { aliasTarget, namedTables } from "../sql/named-tables";
import type { Statement } from "../sql/statement";
import { didYouMean } from "./did-you-mean";
import docs from "./unknown-column.md";
import { queryRule } from "./rule";

export const unknownColumn = queryRule({
  id: "unknown-column",
  summary: "Column that does not exist",
  severity: "error",
  docs,
  *check({ statement, verdict, planner, sql, takenBy }) {
    if (!statement.ok || planner === undefined || verdict === undefined || "plan" in verdict) return;
    const error = nameError(verdict.message);
    if (error.kind !== "column") return;
    const place = placeOf(statement, error);
    if (place === undefined) {
      yield { span: { start: 0, end: sql.length }, message: `A view or trigger that this statement uses names the column \`${error.name}\`, which does not exist` };
      return;
    }
    const tables = tablesFor(statement, error, planner.schema);
    const suggestion = didYouMean(planner, statement, error, tables.flatMap((name) => columnNames(planner.schema, name)));
    yield { span: place, message: `${words(error, tables)}${suggestion.question}`, related: tables.flatMap((table) => takenBy(table, error.name)), fixes: suggestion.fixes };
  },
});

type ColumnError = NameError & { readonly kind: "column" };

function words({ name, qualifier }: ColumnError, tables: readonly string[]): string {
  if (tables.length === 1) return `The table \`${tables[0]}\` has no column \`${name}\``;
  if (qualifier !== undefined) return `Nothing called \`${qualifier}\` has a column \`${name}\` in this statement`;
  return `None of the tables in this statement has a column \`${name}\``;
}

function tablesFor(statement: Statement, error: ColumnError, schema: Schema): readonly string[] {
  if (error.qualifier !== undefined) {
    const target = aliasTarget(statement, error.qualifier);
    return target === undefined ? [] : [target];
  }
  const names = namedTables(statement);
  const { ast } = statement;
  const target = ast.type === "InsertStmt" || ast.type === "UpdateStmt" || ast.type === "DeleteStmt" ? [ast.tblName.objName.text] : names;
  return target.filter((name) => columnNames(schema, name).length > 0);
}
