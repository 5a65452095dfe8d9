// CREATE TABLE IF NOT EXISTS does nothing where the table is there, whatever its shape. Where the statement names columns
// that the table lacks, and no later file adds them, somebody expects what will never be.

import type { CreateTableStmt } from "sqlite3-parser";
import { findTable } from "../schema/schema";
import docs from "./hidden-by-if-not-exists.md";
import { listed } from "./index-advice";
import { isSame, placeIn, statementsOf } from "./migration-parts";
import { migrationRule } from "./rule";
import type { MigrationSubject } from "./rule";

export const hiddenByIfNotExists = migrationRule({
  id: "hidden-by-if-not-exists",
  summary: "CREATE TABLE IF NOT EXISTS of another shape",
  severity: "warning",
  docs,
  *check(subject) {
    for (const { step, statement, ast } of statementsOf(subject, "CreateTableStmt", /^CREATE\s+TABLE\s+IF\s+NOT\s+EXISTS\b/i)) {
      const name = ast.tblName.objName.text;
      const missing = missingColumns(subject, ast, name);
      if (missing.length === 0) continue;
      const met = findTable(subject.course().at(step), name);
      if (met === undefined) continue;
      const hidden = missing.filter((column) => !met.columns.some((one) => isSame(one.name, column)));
      if (hidden.length === 0) continue;
      yield {
        span: placeIn(step, statement, ast.tblName),
        message: `\`${name}\` is there already, without ${listed(hidden)}: this statement does nothing`,
        why: "IF NOT EXISTS looks at the name only; queries that use the missing columns fail",
        ...(met.origin === undefined ? {} : { related: [{ ...met.origin, message: `\`${name}\` is made here` }] }),
        data: { table: name, missing: hidden },
      };
    }
  },
});

/** Columns of the statement that the table does not even have in the end; quick, so that the schema it meets is asked seldom. */
function missingColumns({ model }: MigrationSubject, { body }: CreateTableStmt, name: string): readonly string[] {
  const final = findTable(model.schema, name);
  if (final === undefined || final.kind === "virtual" || body.type !== "ColumnsAndConstraintsCreateTableBody") return [];
  return body.columns.map(({ colName }) => colName.text).filter((column) => !final.columns.some((one) => isSame(one.name, column)));
}
