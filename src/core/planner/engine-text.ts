// The form of a statement that the engine runs on a given schema.

import type { Schema } from "../schema/schema";
import { findTable } from "../schema/schema";
import { byPrimaryKey } from "../sql/limit-rewrite";
import type { Statement } from "../sql/statement";
import { quoteName } from "./proposed-index";

/** `UPDATE … LIMIT` goes by the rowid, or by the primary key where the table has none. */
export function engineTextOn(schema: Schema, { ast, text, engineText }: Statement): string {
  if (text === engineText || (ast.type !== "UpdateStmt" && ast.type !== "DeleteStmt")) return engineText;
  const table = findTable(schema, ast.tblName.objName.text);
  if (table === undefined || !table.withoutRowid) return engineText;
  const key = table.columns.filter((column) => column.primaryKey > 0).sort((a, b) => a.primaryKey - b.primaryKey);
  return byPrimaryKey(engineText, key.map((column) => quoteName(column.name)));
}
