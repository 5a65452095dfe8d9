// Which tables a statement names, and what its aliases stand for, by its text alone.

import type { AstNode } from "sqlite3-parser";
import { nodesOf } from "./statement";
import type { Statement } from "./statement";

/** The names of all tables and views that a statement names, as written, without common table expressions. */
export function namedTables(statement: Statement): readonly string[] {
  const names = new Set<string>();
  const hidden = new Set<string>();
  for (const node of nodesOf(statement.ast as AstNode)) {
    if (node.type === "CommonTableExpr") hidden.add(node.tblName.text.toLowerCase());
    else if (node.type === "TableSelectTable") names.add(node.tblName.objName.text);
    else if (node.type === "InTableExpr") names.add(node.rhs.objName.text);
  }
  const { ast } = statement;
  if (ast.type === "InsertStmt" || ast.type === "UpdateStmt" || ast.type === "DeleteStmt") names.add(ast.tblName.objName.text);
  return [...names].filter((name) => !hidden.has(name.toLowerCase()));
}

/** The table that an alias (or a table's own name) stands for anywhere in the statement. */
export function aliasTarget(statement: Statement, alias: string): string | undefined {
  const wanted = alias.toLowerCase();
  let found: string | undefined;
  const take = (name: string, shown: string | undefined): void => {
    if ((shown ?? name).toLowerCase() === wanted) found ??= name;
  };
  for (const node of nodesOf(statement.ast as AstNode)) if (node.type === "TableSelectTable") take(node.tblName.objName.text, node.alias?.name.text);
  const { ast } = statement;
  if (ast.type === "InsertStmt" || ast.type === "UpdateStmt" || ast.type === "DeleteStmt") take(ast.tblName.objName.text, ast.tblName.alias?.text);
  return found;
}
