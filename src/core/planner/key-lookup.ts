// Whether a query looks up rows of one table by one key, so that one query can do it for a list of keys. Only where the
// key's column compares alike in SQLite and in a `Map`: numbers in an INTEGER column, texts in a TEXT column whose
// collation is BINARY.

import type { Expr, ResultColumn, SelectFrom } from "sqlite3-parser";
import { findColumn, findTable, indexesOf, type Column, type Schema, type Table } from "../schema/schema";
import { nodesOf, type Statement } from "../sql/statement";
import type { TextEdit } from "../text/edit";
import { aggregatesIn } from "./select-shape";

/** `SELECT … WHERE key = ?` */
export interface KeyLookup {
  /** Of the statement's own text: `key = ?` becomes `key IN (SELECT value FROM json_each(?))`, and the key is selected. */
  readonly edits: readonly TextEdit[];
  /** Which of the bound values is the key, from 0. */
  readonly bind: number;
  readonly key: string;
  readonly table: string;
  /** What JavaScript has the key as. */
  readonly type: "number" | "string";
  /** No two rows have the same key. */
  readonly unique: boolean;
  /** The rows get the key as a column that they did not have. */
  readonly addsKey: boolean;
}

/** Undefined for every other query. */
export function keyLookup(statement: Statement, schema: Schema): KeyLookup | undefined {
  const { ast } = statement;
  if (ast.type !== "SelectStmt" || ast.body.type !== "Select" || ast.body.select.type !== "SelectFrom") return undefined;
  const select = ast.body.select;
  if (ast.body.with !== undefined || (ast.body.compounds?.length ?? 0) > 0 || ast.body.orderBy !== undefined || ast.body.limit !== undefined) return undefined;
  if (select.distinctness !== undefined || select.groupBy !== undefined || aggregatesIn(select) || nodesOf(ast).some((node) => node.type === "WindowOver" || node.type === "NameOver" || node.type === "SubqueryExpr")) return undefined;
  const table = onlyTable(select, schema);
  if (table === undefined || select.whereClause === undefined) return undefined;
  const marks = nodesOf(ast).filter((node) => node.type === "VariableExpr");
  if (marks.some((mark) => mark.name !== "?")) return undefined;
  for (const { column, left, mark } of keys(select.whereClause, table)) {
    const type = typeOf(column);
    const bind = marks.findIndex((one) => one.span.offset === mark.span.offset);
    const selected = selects(select, column, table);
    if (type === undefined || selected === "another" || bind < 0) continue;
    const edits: TextEdit[] = [{ span: { start: statement.spanOf(left).end, end: statement.spanOf(mark).end }, newText: " IN (SELECT value FROM json_each(?))" }];
    if (selected === "no") edits.unshift(keyAdded(statement, select, left));
    return { edits, bind, key: column.name, table: table.name, type, unique: isUnique(column, table, schema), addsKey: selected === "no" };
  }
  return undefined;
}

function keyAdded(statement: Statement, select: SelectFrom, key: Expr): TextEdit {
  const at = statement.spanOf(select.columns[0]!).start;
  const { start, end } = statement.spanOf(key);
  return { span: { start: at, end: at }, newText: `${statement.text.slice(start, end)}, ` };
}

function onlyTable({ from }: SelectFrom, schema: Schema): Table | undefined {
  if (from === undefined || (from.joins?.length ?? 0) > 0 || from.select?.type !== "TableSelectTable") return undefined;
  const table = findTable(schema, from.select.tblName.objName.text);
  return table?.kind === "table" ? table : undefined;
}

interface Key {
  readonly column: Column;
  readonly left: Expr;
  readonly mark: Expr;
}

/** `column = ?` among the conditions that all must hold. */
function keys(where: Expr, table: Table): readonly Key[] {
  if (where.type === "ParenthesizedExpr") return [];
  if (where.type !== "BinaryExpr") return [];
  if (where.op === "And") return [...keys(where.left, table), ...keys(where.right, table)];
  if (where.op !== "Equals" || where.right.type !== "VariableExpr") return [];
  const column = columnOf(where.left, table);
  return column === undefined ? [] : [{ column, left: where.left, mark: where.right }];
}

/** Spelt as the schema spells it, so that the rows have it under that name. */
function columnOf(expr: Expr, table: Table): Column | undefined {
  const name = expr.type === "Id" ? expr.name : expr.type === "QualifiedExpr" ? expr.column.text : undefined;
  const column = name === undefined ? undefined : findColumn(table, name);
  return column?.name === name ? column : undefined;
}

/** Whether the rows have the key under its name; `another`: they have something else under it. */
function selects({ columns }: SelectFrom, key: Column, table: Table): "yes" | "no" | "another" {
  let found: "yes" | "no" = "no";
  for (const column of columns as readonly ResultColumn[]) {
    if (column.type !== "ExprResultColumn") found = "yes";
    else if ((column.alias?.name.text ?? key.name).toLowerCase() === key.name.toLowerCase()) {
      const own = columnOf(column.expr, table);
      if (own === key && (column.alias?.name.text ?? key.name) === key.name) found = "yes";
      else if (column.alias !== undefined) return "another";
    }
  }
  return found;
}

function typeOf(column: Column): "number" | "string" | undefined {
  if (!/^[A-Za-z_$][\w$]*$/.test(column.name)) return undefined;
  if (column.affinity === "INTEGER") return "number";
  return column.affinity === "TEXT" && column.collation === "BINARY" ? "string" : undefined;
}

function isUnique(column: Column, table: Table, schema: Schema): boolean {
  if (column.rowidAlias) return true;
  return indexesOf(schema, table.name).some(({ unique, where, parts }) => unique && where === undefined && parts.length === 1 && parts[0]!.column === column.name && parts[0]!.collation === column.collation);
}
