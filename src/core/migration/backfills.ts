// The statements of a migration that change a great part of a table at once: how many rows, what that costs, and the
// same statement for one stretch of rowids. By the statistics of the planner; where a condition does not tell how many
// rows it leaves, nothing is said of the statement.

import type { DeleteStmt, Expr, InsertStmt, SelectFrom, UpdateStmt } from "sqlite3-parser";
import { quoteName } from "../planner/proposed-index";
import { literalOf } from "../planner/literal";
import type { Planner } from "../planner/planner";
import { parseStep } from "../schema/migration-steps";
import type { Step } from "../schema/migration-steps";
import { findColumn, findTable, indexesOf } from "../schema/schema";
import type { Table } from "../schema/schema";
import { conjuncts, hasAggregate } from "../sql/expressions";
import type { Statement, SyntaxError } from "../sql/statement";
import { applyEdits } from "../text/edit";

export interface Backfill {
  readonly step: Step;
  readonly verb: "UPDATE" | "DELETE" | "INSERT";
  /** Whose rows are changed or copied. */
  readonly table: Table;
  readonly rows: number;
  /** `known`: by the settings, the local database or recorded traffic. */
  readonly certainty: "known" | "assumed";
  readonly rowsRead: number;
  /** As D1 bills them. */
  readonly rowsWritten: number;
  readonly seconds: number;
  /** A copy into a table that the same file makes, as a rebuild does. */
  readonly fillsNewTable: boolean;
  readonly batch: Batch | undefined;
}

export interface Batch {
  /** The statement for the rowids from `?1` to `?2`. */
  readonly sql: string;
  /** Gives the first and the last rowid. */
  readonly bounds: string;
  readonly rowsEach: number;
  readonly times: number;
}

/** Cloudflare advises 1,000 to 10,000 rows a statement (https://developers.cloudflare.com/d1/best-practices/). */
const BATCH_ROWS = 10_000;
/**
 * For each row of a table or an index, three times what SQLite takes in WebAssembly for a row of eight columns, since D1
 * writes to disk and to its replicas. Cloudflare gives no figure.
 */
const MICROSECONDS_A_WRITE = 15;

export interface BackfillFacts {
  readonly steps: readonly Step[];
  readonly planner: Planner;
  parsed(step: Step): Statement | SyntaxError;
}

/** In the order of the file. Tables that the file itself makes are empty when it begins. */
export function backfills({ steps, planner, parsed }: BackfillFacts): readonly Backfill[] {
  const file = new FileTables();
  return steps.flatMap((step) => {
    file.follow(step);
    if (step.kind !== "data" || !/^(?:UPDATE|DELETE|WITH|(?:INSERT|REPLACE)\b[^]*\bSELECT)\b/i.test(step.text)) return [];
    const statement = parsed(step);
    return statement.ok ? (backfill(step, statement, file, planner) ?? []) : [];
  });
}

/** What the statements so far have made of the tables. */
class FileTables {
  readonly made = new Set<string>();
  /** Names of now, and what the table is called in the end. */
  readonly renamed = new Map<string, string>();
  /** `table.column` of columns that were added without a value. */
  readonly empty = new Set<string>();

  follow(step: Step): void {
    const statement = parseStep(step);
    if (statement?.type === "CreateTableStmt") this.made.add(statement.tblName.objName.text.toLowerCase());
    if (statement?.type !== "AlterTableStmt") return;
    const table = statement.tblName.objName.text.toLowerCase();
    if (statement.body.type === "RenameToAlterTableBody") this.renamed.set(statement.body.name.text.toLowerCase(), table);
    if (statement.body.type === "AddColumnAlterTableBody" && !/\bDEFAULT\b/i.test(step.text)) this.empty.add(`${table}.${statement.body.column.colName.text.toLowerCase()}`);
  }
}

interface Change {
  readonly verb: Backfill["verb"];
  readonly source: string;
  readonly where: Expr | undefined;
  readonly ast: UpdateStmt | DeleteStmt | InsertStmt;
  readonly select: SelectFrom | undefined;
}

function backfill(step: Step, statement: Statement, file: FileTables, planner: Planner): Backfill | undefined {
  const change = readChange(statement);
  if (change === undefined || file.made.has(change.source.toLowerCase())) return undefined;
  const table = findTable(planner.schema, change.source) ?? findTable(planner.schema, file.renamed.get(change.source.toLowerCase()) ?? "");
  const share = table === undefined || table.kind === "virtual" ? undefined : shareWhere(change.where, table, file, planner);
  if (table === undefined || share === undefined) return undefined;
  const { rows: all, source } = planner.statistics.size(table.name);
  const rows = Math.max(1, Math.round(all * share));
  const writes = writesOf(change, planner);
  return {
    step,
    verb: change.verb,
    table,
    rows,
    certainty: source.startsWith("assumed") ? "assumed" : "known",
    rowsRead: all,
    rowsWritten: rows * (change.verb === "DELETE" ? 1 : writes),
    seconds: (rows * writes * MICROSECONDS_A_WRITE) / 1_000_000,
    fillsNewTable: change.ast.type === "InsertStmt" && file.made.has(change.ast.tblName.objName.text.toLowerCase()),
    batch: batchOf(statement, change, table, all),
  };
}

function readChange({ ast }: Statement): Change | undefined {
  switch (ast.type) {
    case "UpdateStmt":
      return ast.from !== undefined || ast.limit !== undefined ? undefined : { verb: "UPDATE", source: ast.tblName.objName.text, where: ast.whereClause, ast, select: undefined };
    case "DeleteStmt":
      return ast.limit !== undefined ? undefined : { verb: "DELETE", source: ast.tblName.objName.text, where: ast.whereClause, ast, select: undefined };
    case "InsertStmt": {
      const select = ast.body.type === "SelectInsertBody" ? ast.body.select : undefined;
      const core = select?.compounds === undefined && select?.limit === undefined && select?.select.type === "SelectFrom" ? select.select : undefined;
      const from = core?.from?.select;
      if (core === undefined || from?.type !== "TableSelectTable" || (core.from?.joins?.length ?? 0) > 0) return undefined;
      if (core.groupBy !== undefined || core.distinctness !== undefined || hasAggregate(core)) return undefined;
      return { verb: "INSERT", source: from.tblName.objName.text, where: core.whereClause, ast, select: core };
    }
    default:
      return undefined;
  }
}

/** The share of the rows that a condition leaves; undefined where the condition does not tell. */
function shareWhere(where: Expr | undefined, table: Table, file: FileTables, planner: Planner): number | undefined {
  let share = 1;
  for (const condition of conjuncts(where)) {
    const one = shareOf(condition, table, file, planner);
    if (one === undefined) return undefined;
    share *= one;
  }
  return share;
}

function shareOf(expr: Expr, table: Table, file: FileTables, planner: Planner): number | undefined {
  if (expr.type === "BinaryExpr" && expr.op === "Or") {
    const [left, right] = [shareWhere(expr.left, table, file, planner), shareWhere(expr.right, table, file, planner)];
    return left === undefined || right === undefined ? undefined : Math.min(1, left + right);
  }
  const operand = expr.type === "IsNullExpr" || expr.type === "NotNullExpr" ? expr.expr : expr.type === "BinaryExpr" ? expr.left : undefined;
  const column = operand?.type === "Id" ? operand.name : operand?.type === "QualifiedExpr" ? operand.column.text : undefined;
  if (column === undefined) return undefined;
  const isEmpty = file.empty.has(`${table.name.toLowerCase()}.${column.toLowerCase()}`);
  if (!isEmpty && findColumn(table, column) === undefined) return undefined;
  const nulls = isEmpty ? 1 : planner.statistics.shareOf(table, column, "null");
  if (expr.type !== "BinaryExpr") return expr.type === "IsNullExpr" ? nulls : 1 - nulls;
  if (expr.right.type === "NullLiteral") return expr.op === "Is" ? nulls : expr.op === "IsNot" ? 1 - nulls : undefined;
  const value = literalOf(expr.right);
  const literal = typeof value === "string" || typeof value === "number" ? value : undefined;
  if (literal === undefined) return undefined;
  const equal = isEmpty ? 0 : planner.statistics.shareOf(table, column, "value", literal);
  return expr.op === "Equals" || expr.op === "Is" ? equal : expr.op === "NotEquals" ? 1 - nulls - equal : undefined;
}

/** Rows of the table and of its indexes that one row costs. */
function writesOf({ ast }: Change, { schema }: Planner): number {
  const indexes = indexesOf(schema, ast.tblName.objName.text);
  if (ast.type !== "UpdateStmt") return 1 + indexes.length;
  const set = new Set(ast.sets.flatMap(({ colNames }) => colNames.map(({ text }) => text.toLowerCase())));
  return 1 + indexes.filter(({ parts }) => parts.some(({ column }) => column === undefined || set.has(column.toLowerCase()))).length;
}

function batchOf(statement: Statement, { ast, select, where }: Change, table: Table, all: number): Batch | undefined {
  if (table.withoutRowid || ("returning" in ast && ast.returning !== undefined) || statement.engineText !== statement.text) return undefined;
  const key = table.columns.find(({ rowidAlias }) => rowidAlias)?.name ?? (findColumn(table, "rowid") === undefined ? "rowid" : undefined);
  if (key === undefined) return undefined;
  const name = key === "rowid" ? key : quoteName(key);
  const stretch = `${name} BETWEEN ?1 AND ?2`;
  const { start, end } = where === undefined ? { start: 0, end: select?.from === undefined ? statement.text.length : statement.spanOf(select.from).end } : statement.spanOf(where);
  const edits = where === undefined ? [{ span: { start: end, end }, newText: ` WHERE ${stretch}` }] : [{ span: { start, end: start }, newText: "(" }, { span: { start: end, end }, newText: `) AND ${stretch}` }];
  const bounds = `SELECT min(${name}), max(${name}) FROM ${quoteName(table.name)}`;
  return { sql: applyEdits(statement.text, edits), bounds, rowsEach: BATCH_ROWS, times: Math.ceil(all / BATCH_ROWS) };
}
