// The tables in which FTS5 and R*Tree keep what they index. The engine's stand-ins have others or none, so what SQLite
// says of statements that name them is said here.

import type { Stmt } from "sqlite3-parser";
import { parseStatement } from "../sql/statement";
import type { Step } from "./migration-steps";
import type { VirtualTables } from "./stand-ins";
import { readVirtualTable } from "./virtual-table";
import type { VirtualTable } from "./virtual-table";

/** SQLite's message where the statement touches such a table in a way that it does not allow. */
export function shadowRefusal({ text }: Step, { tables }: VirtualTables): string | undefined {
  const shadows = new Set(tables.flatMap(({ sql }) => shadowNames(readVirtualTable(sql))));
  if (shadows.size === 0 || ![...shadows].some((name) => text.toLowerCase().includes(name))) return undefined;
  const statement = parseStatement(text);
  if (!statement.ok) return undefined;
  const touched = touches(statement.ast);
  return touched !== undefined && shadows.has(touched.name.toLowerCase()) ? touched.message : undefined;
}

/** In lower case. https://sqlite.org/fts5.html#fts5_data_structures, https://sqlite.org/rtree.html#backing_store_for_r_tree_data */
export function shadowNames(table: VirtualTable | undefined): readonly string[] {
  if (table === undefined) return [];
  const name = table.name.toLowerCase();
  if (table.module.startsWith("rtree")) return ["node", "rowid", "parent"].map((part) => `${name}_${part}`);
  if (table.module !== "fts5") return [];
  const parts = ["data", "idx", "config", ...(table.options.has("content") ? [] : ["content"]), ...(table.options.get("columnsize") === "0" ? [] : ["docsize"])];
  return parts.map((part) => `${name}_${part}`);
}

function touches(ast: Stmt): { readonly name: string; readonly message: string } | undefined {
  switch (ast.type) {
    case "DropTableStmt":
      return { name: ast.tblName.objName.text, message: `table ${ast.tblName.objName.text} may not be dropped` };
    case "AlterTableStmt":
      return { name: ast.tblName.objName.text, message: `table ${ast.tblName.objName.text} may not be altered` };
    case "InsertStmt":
    case "UpdateStmt":
    case "DeleteStmt":
      return { name: ast.tblName.objName.text, message: `table ${ast.tblName.objName.text} may not be modified` };
    case "CreateTableStmt":
      return { name: ast.tblName.objName.text, message: `object name reserved for internal use: ${ast.tblName.objName.text}` };
    case "CreateViewStmt":
      return { name: ast.viewName.objName.text, message: `object name reserved for internal use: ${ast.viewName.objName.text}` };
    case "CreateTriggerStmt":
      return { name: ast.tblName.objName.text, message: "cannot create triggers on shadow tables" };
    default:
      return undefined;
  }
}
