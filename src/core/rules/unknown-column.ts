// A column that none of the statement's tables has.

import type { Schema } from "../schema/schema";
import { findTable, findView } from "../schema/schema";
import { quoteName } from "../planner/planner";
import { nameError, placeOf } from "../sql/error-place";
import type { NameError } from "../sql/error-place";
import { aliasTarget, namedTables } from "../sql/table-use";
import type { Statement } from "../sql/statement";
import { nearest } from "../text/nearest";
import docs from "./unknown-column.md";
import { queryRule } from "./rule";

export const unknownColumn = queryRule({
  id: "unknown-column",
  summary: "Column that does not exist",
  severity: "error",
  docs,
  *check({ statement, verdict, planner, sql }) {
    if (!statement.ok || planner === undefined || verdict === undefined || "plan" in verdict) return;
    const error = nameError(verdict.message);
    if (error.kind !== "column") return;
    const place = placeOf(statement, error);
    if (place === undefined) {
      yield { span: { start: 0, end: sql.length }, message: `A view or trigger that this statement uses names the column \`${error.name}\`, which does not exist` };
      return;
    }
    const tables = tablesFor(statement, error, planner.schema);
    const similar = nearest(error.name, [...new Set(tables.flatMap((name) => columnNames(planner.schema, name)))]);
    const where = tables.length === 1 ? `The table \`${tables[0]}\` has no column` : "None of the tables in this statement has a column";
    yield {
      span: place,
      message: `${where} \`${error.name}\`${similar.length === 0 ? "" : `; did you mean ${similar.map((name) => `\`${name}\``).join(" or ")}?`}`,
      fixes: () =>
        similar.map((name) => ({
          title: `Change to \`${name}\``,
          safety: similar.length === 1 ? ("safe" as const) : ("review" as const),
          edits: [{ span: place, newText: quoteName(name) }],
        })),
    };
  },
});

function tablesFor(statement: Statement, error: NameError & { readonly kind: "column" }, schema: Schema): readonly string[] {
  if (error.qualifier !== undefined) {
    const target = aliasTarget(statement, error.qualifier);
    return target === undefined ? [] : [target];
  }
  const names = namedTables(statement);
  const { ast } = statement;
  const target = ast.type === "InsertStmt" || ast.type === "UpdateStmt" || ast.type === "DeleteStmt" ? [ast.tblName.objName.text] : names;
  return target.filter((name) => columnNames(schema, name).length > 0);
}

function columnNames(schema: Schema, name: string): readonly string[] {
  return findTable(schema, name)?.columns.map((column) => column.name) ?? findView(schema, name)?.columns ?? [];
}
