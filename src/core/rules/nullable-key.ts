// SQLite lets NULL into a primary key that does not say NOT NULL, but for the rowid and in tables without one: an old
// mistake that it keeps (https://sqlite.org/lang_createtable.html#the_primary_key).

import type { InsertStmt } from "sqlite3-parser";
import type { Column, Table } from "../schema/schema";
import { listed } from "./index-advice";
import docs from "./nullable-key.md";
import { databaseRule } from "./rule";
import type { KnownQuery } from "./rule";
import { namePlace } from "./schema-place";

export const nullableKey = databaseRule({
  id: "nullable-key",
  summary: "Primary key that takes NULL",
  severity: "hint",
  docs,
  *check(subject) {
    for (const table of subject.schema.tables) {
      const key = table.columns.filter((column) => column.primaryKey > 0);
      if (table.kind === "virtual" || table.withoutRowid || table.origin === undefined) continue;
      const nullable = key.filter((column) => !column.notNull && !column.rowidAlias && column.defaultValue === undefined && !column.generated);
      if (nullable.length === 0) continue;
      const filled = subject.schema.triggers.some((trigger) => trigger.table.toLowerCase() === table.name.toLowerCase() && /\bINSERT\b/i.test(trigger.sql));
      const without = filled ? undefined : subject.queries().known.flatMap((query) => nullable.flatMap((column) => (leavesOut(query, table, column) ? [{ column, place: query.place }] : [])))[0];
      // Code that always gives a value for the one column of a key is in order.
      if (without === undefined && key.length === 1) continue;
      const origin = (without?.column ?? nullable[0]!).origin ?? table.origin;
      const place = origin === table.origin ? namePlace(subject, origin) : origin;
      yield {
        file: place.file,
        span: place.span,
        ...(without === undefined
          ? {
              message: `The primary key of \`${table.name}\` takes NULL in ${listed(nullable.map(({ name }) => name))}, and then the same key many times`,
              why: "No NULL equals another, so rows with one are never in conflict; NOT NULL on each column keeps the key whole",
            }
          : {
              severity: "warning" as const,
              message: `\`${without.column.name}\` is stored as NULL by the INSERT at ${without.place}, which gives no value for it`,
              why: `A primary key that does not say NOT NULL takes any number of NULLs, and a \`${without.column.type}\` gets no value by itself`,
            }),
        data: { table: table.name, columns: nullable.map(({ name }) => name) },
      };
    }
  },
});

function leavesOut({ statement, partial, plan }: KnownQuery, table: Table, column: Column): boolean {
  if (partial || plan === undefined || !statement.ok || statement.ast.type !== "InsertStmt" || statement.ast.tblName.objName.text.toLowerCase() !== table.name.toLowerCase()) return false;
  const names = columnsOf(statement.ast, table);
  const at = names.indexOf(column.name.toLowerCase());
  if (at < 0) return true;
  const { body } = statement.ast;
  return body.type === "SelectInsertBody" && body.select.select.type === "SelectValues" && body.select.select.values.some((row) => row.values[at]?.type === "NullLiteral");
}

function columnsOf({ columns }: InsertStmt, table: Table): readonly string[] {
  return columns?.map((column) => column.text.toLowerCase()) ?? table.columns.filter((column) => !column.generated).map((column) => column.name.toLowerCase());
}
