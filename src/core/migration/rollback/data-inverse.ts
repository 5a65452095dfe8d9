// The statements that take changed rows back, and what of the rows cannot be taken back. An inserted row is deleted by its
// key where nothing else can have that key; a value is put back where the old one is certain. Everything else is named.

import type { Expr, InsertStmt, OneSelect } from "sqlite3-parser";
import { checkLists } from "../../planner/check-lists";
import { quoteName } from "../../planner/proposed-index";
import { literalOf } from "../../planner/seed/literal";
import type { Affinity, Schema, Table } from "../../schema/schema";
import { findColumn, indexesOf } from "../../schema/schema";
import { conjuncts, isColumn } from "../../sql/expressions";
import type { Statement } from "../../sql/statement";
import type { Backups } from "./column-values";
import { keptKey } from "./column-values";
import type { DataChange, Descent, Lineage, Loss } from "./lineage";
import { rowsLost } from "./lineage";
import { isIndexOf } from "./rebuild-back";

export interface DataInverse {
  /** To run on the schema of after, in this order. */
  readonly statements: readonly string[];
  readonly losses: readonly Loss[];
}

export function dataInverse(lineage: Lineage, before: Schema, after: Schema, backups: Backups): DataInverse {
  const statements: string[] = [];
  const losses: Loss[] = [];
  for (const change of [...lineage.changes].reverse()) {
    const descent = lineage.descents.find((one) => one.before.name === change.table)!;
    const taken = change.statement.ast.type === "InsertStmt" ? insertBack(change, change.statement.ast, descent, after, backups) : change.statement.ast.type === "UpdateStmt" ? updateBack(change, descent) : undefined;
    if (taken !== undefined) statements.push(taken);
    else losses.push(lossOf(change));
  }
  for (const table of lineage.dropped) if (!isIndexOf(table, before)) losses.push(rowsLost(table.name, "since the table is dropped"));
  for (const descent of lineage.descents) losses.push(...descent.lost, ...droppedColumns(descent), ...conversions(descent));
  return { statements, losses: unique(losses) };
}

/** Rows that stay have no columns to come back. */
function lossOf({ table, statement: { ast }, columns, given }: DataChange): Loss {
  if (columns !== undefined) return { table, columns, words: `the values of ${columns.map((column) => `\`${table}.${column}\``).join(", ")} from before the UPDATE` };
  const replaces = ast.type === "InsertStmt" && (ast.orConflict === "Replace" || (ast.body.type === "SelectInsertBody" && ast.body.upsert?.doClause.type === "SetUpsertDo"));
  if (given === undefined || replaces) return rowsLost(table, replaces ? "that the INSERT replaces" : "that are deleted");
  return { table, columns: [], words: `the absence of the rows inserted into \`${table}\`, which nothing certain tells from others: they stay` };
}

function droppedColumns({ before, columns }: Descent): readonly Loss[] {
  const gone = before.columns.filter(({ name, generated }) => !generated && !columns.has(name.toLowerCase())).map(({ name }) => name);
  return gone.length === 0 ? [] : [{ table: before.name, columns: gone, words: `the values of ${gone.map((name) => `\`${before.name}.${name}\``).join(", ")}` }];
}

/** Columns whose new type keeps less than the old one did. */
function conversions({ before, after, columns }: Descent): readonly Loss[] {
  return before.columns.flatMap((column): readonly Loss[] => {
    const now = findColumn(after, columns.get(column.name.toLowerCase()) ?? "");
    if (now === undefined || keepsValues(column.affinity, now.affinity)) return [];
    return [{ table: before.name, columns: [column.name], words: `the exact values of \`${before.name}.${column.name}\`, whose type \`${column.type}\` becomes \`${now.type}\`` }];
  });
}

/** Whether a value survives the way there and back: https://sqlite.org/datatype3.html#type_affinity */
function keepsValues(from: Affinity, to: Affinity): boolean {
  if (from === to || to === "BLOB") return true;
  const isNumeric = (one: Affinity): boolean => one === "INTEGER" || one === "NUMERIC" || one === "REAL";
  return isNumeric(from) && (isNumeric(to) || (to === "TEXT" && from !== "REAL"));
}

function unique(losses: readonly Loss[]): readonly Loss[] {
  return losses.filter((one, at) => losses.findIndex(({ words }) => words === one.words) === at);
}

/** DELETE by the keys that the INSERT spells out; undefined where a row that was there before could be meant. */
function insertBack({ statement, given = [] }: DataChange, ast: InsertStmt, { after }: Descent, schema: Schema, backups: Backups): string | undefined {
  if (ast.body.type !== "SelectInsertBody" || ast.orConflict === "Replace" || ast.body.upsert?.doClause.type === "SetUpsertDo") return undefined;
  const { select } = ast.body;
  const cores = [select.select, ...(select.compounds ?? []).map((one) => one.select)];
  const rows = cores.flatMap((core): readonly (readonly Expr[] | undefined)[] => rowsOf(core) ?? [undefined]);
  const key = keysOf(after, schema).find((columns) => rows.every((row) => columns.every((column) => valueAt(row, given, column) !== undefined)));
  if (key === undefined || rows.length === 0) return undefined;
  const mayBeThere = ast.orConflict === "Ignore" || ast.body.upsert !== undefined || cores.some((core) => core.type === "SelectFrom" && core.whereClause !== undefined);
  const backup = backups.get(after.name.toLowerCase());
  if (mayBeThere && backup === undefined) return undefined;
  const values = rows.map((row) => key.map((column) => textOf(statement, valueAt(row, given, column)!)));
  const columns = key.map(quoteName);
  const where = columns.length === 1 ? `${columns[0]} IN (${values.join(", ")})` : `(${columns.join(", ")}) IN (VALUES ${values.map((row) => `(${row.join(", ")})`).join(", ")})`;
  const unlessKept = mayBeThere ? ` AND NOT EXISTS (SELECT 1 FROM ${quoteName(backup!)} AS kept WHERE ${key.map((column) => `kept.${quoteName(keptKey(column))} IS ${quoteName(after.name)}.${quoteName(column)}`).join(" AND ")})` : "";
  return `DELETE FROM ${quoteName(after.name)} WHERE ${where}${unlessKept}`;
}

/** The rows that are written out; undefined where they come from a table. */
function rowsOf(core: OneSelect): readonly (readonly Expr[])[] | undefined {
  if (core.type === "SelectValues") return core.values.map(({ values }) => values);
  const exprs = core.columns.flatMap((column) => (column.type === "ExprResultColumn" ? [column.expr] : []));
  return core.from === undefined && exprs.length === core.columns.length ? [exprs] : undefined;
}

/** Undefined where it is NULL, or not written out. */
function valueAt(row: readonly Expr[] | undefined, given: readonly string[], column: string): Expr | undefined {
  const at = given.findIndex((name) => name.toLowerCase() === column.toLowerCase());
  const expr = row?.[at];
  const value = expr === undefined ? undefined : literalOf(expr);
  return value === undefined || value === null ? undefined : expr;
}

/** The sets of columns of which each row has its own values, the primary key first. */
function keysOf(table: Table, schema: Schema): readonly (readonly string[])[] {
  const primary = table.columns.filter(({ primaryKey }) => primaryKey > 0).map(({ name }) => name);
  const others = indexesOf(schema, table.name).filter(({ unique, where }) => unique && where === undefined).map(({ parts }) => parts.map(({ column }) => column));
  return [...(primary.length > 0 ? [primary] : []), ...others.filter((parts): parts is string[] => parts.every((part) => part !== undefined))];
}

/**
 * Of `SET x = 'new' WHERE x = 'old'` (or `IS NULL`), where no row can have held 'new' before, since a CHECK forbade it, and
 * the column still accepts what it held.
 */
function updateBack({ statement, columns }: DataChange, { before, after, columns: now }: Descent): string | undefined {
  const { ast } = statement;
  if (ast.type !== "UpdateStmt" || ast.sets.length !== 1 || columns?.length !== 1 || ast.from !== undefined || ast.limit !== undefined) return undefined;
  const [set] = ast.sets;
  const name = set!.colNames[0]!.text;
  const column = findColumn(after, now.get(columns[0]!.toLowerCase()) ?? "");
  const value = literalOf(set!.expr);
  const was = onlyValue(ast.whereClause, name);
  if (value === undefined || value === null || was === undefined || column === undefined || column.name.toLowerCase() !== name.toLowerCase()) return undefined;
  const old = literalOf(was)!;
  const allowed = checkLists(before).get(columns[0]!.toLowerCase());
  const still = checkLists(after).get(column.name.toLowerCase());
  if (allowed === undefined || allowed.some((one) => one === value)) return undefined;
  if (old === null ? column.notNull : still !== undefined && !still.some((one) => one === old)) return undefined;
  return `UPDATE ${quoteName(after.name)} SET ${quoteName(name)} = ${textOf(statement, was)} WHERE ${quoteName(name)} = ${textOf(statement, set!.expr)}`;
}

/** The one value that the condition lets a column have. */
function onlyValue(where: Expr | undefined, column: string): Expr | undefined {
  const [only, ...others] = conjuncts(where);
  if (only === undefined || others.length > 0) return undefined;
  if (only.type !== "BinaryExpr" || (only.op !== "Equals" && only.op !== "Is") || !isColumn(only.left, column)) return undefined;
  return literalOf(only.right) === undefined ? undefined : only.right;
}

function textOf(statement: Statement, node: Expr): string {
  const { start, end } = statement.spanOf(node);
  return statement.text.slice(start, end);
}
