// Where in a statement SQLite's message belongs. SQLite names the table or column; the place is found in the tree.

import type { AstNode } from "sqlite3-parser";
import type { Span } from "../text/span";
import { nodesOf } from "./statement";
import type { Statement } from "./statement";

export type NameError =
  | { readonly kind: "table"; readonly name: string }
  | { readonly kind: "column"; readonly name: string; readonly qualifier: string | undefined }
  | { readonly kind: "other" };

/** Reads SQLite's message; `main.` and other prefixes of the schema are dropped. */
export function nameError(message: string): NameError {
  const table = /^no such table: (?:main\.)?(.+)$/.exec(message);
  if (table !== null) return { kind: "table", name: table[1]! };
  const inserted = /^table (\S+) has no column named (.+)$/.exec(message);
  if (inserted !== null) return { kind: "column", name: inserted[2]!, qualifier: undefined };
  const column = /^no such column: (.+)$/.exec(message);
  if (column !== null) {
    const name = column[1]!.replace(/ - should this be a string literal.*$/, "");
    const parts = name.split(".");
    return { kind: "column", name: parts.at(-1)!.replaceAll('"', ""), qualifier: parts.length > 1 ? parts.at(-2) : undefined };
  }
  return { kind: "other" };
}

/** The span of the name that the error speaks of; undefined where the statement itself does not contain it. */
export function placeOf(statement: Statement, error: NameError): Span | undefined {
  return placesOf(statement, error)[0];
}

/** Everywhere that the statement uses this name in the same way; for a table also before its columns. */
export function placesOf(statement: Statement, error: NameError): readonly Span[] {
  if (error.kind === "other") return [];
  const wanted = error.name.toLowerCase();
  const nodes = nodesOf(statement.ast as AstNode);
  if (error.kind === "column") return nodes.flatMap((node) => columnName(statement, node, wanted, error.qualifier?.toLowerCase()) ?? []);
  const names = nodes.flatMap((node) => tableName(statement, node, wanted) ?? []);
  return names.length === 0 ? [] : [...names, ...nodes.flatMap((node) => (node.type === "QualifiedExpr" && node.table.text.toLowerCase() === wanted ? [statement.spanOf(node.table)] : []))];
}

function tableName(statement: Statement, node: AstNode, wanted: string): Span | undefined {
  if (node.type !== "QualifiedName" || node.objName.text.toLowerCase() !== wanted) return undefined;
  return statement.spanOf(node.objName);
}

function columnName(statement: Statement, node: AstNode, wanted: string, qualifier: string | undefined): Span | undefined {
  if (node.type === "Id" && qualifier === undefined && node.name.toLowerCase() === wanted) return statement.spanOf(node);
  if (node.type === "QualifiedExpr" && node.column.text.toLowerCase() === wanted) {
    return qualifier === undefined || node.table.text.toLowerCase() === qualifier ? statement.spanOf(node.column) : undefined;
  }
  const lists = node.type === "InsertStmt" ? [node.columns ?? []] : node.type === "SetAssignment" ? [node.colNames] : [];
  for (const name of lists.flat()) {
    if (name.text.toLowerCase() === wanted) return statement.spanOf(name);
  }
  return undefined;
}
