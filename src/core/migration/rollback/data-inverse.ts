// The statements that take changed rows back, and what of the rows cannot be taken back. An inserted row is deleted by its
// key where nothing else can have that key; a value is put back where the old one is certain. Everything else is named.

import type { Expr } from "sqlite3-parser";
import { listedValues } from "./listed-values";
import { quoteName } from "../../planner/proposed-index";
import { literalOf } from "../../planner/literal";
import type { Affinity, Schema } from "../../schema/schema";
import { findColumn } from "../../schema/schema";
import { conjuncts, isColumn } from "../../sql/expressions";
import type { Backups } from "./column-values";
import { insertBack, textOf } from "./insert-back";
import type { EarlierSteps } from "./insert-back";
import type { DataChange, Descent, Lineage, Loss } from "./lineage";
import { rowsLost } from "./lineage";
import { isIndexOf } from "./rebuild-back";

export interface DataInverse {
  /** To run on the schema of after, in this order. */
  readonly statements: readonly string[];
  readonly losses: readonly Loss[];
  /** Sentences about what the statements take for granted. */
  readonly cautions: readonly string[];
}

export interface DataFacts {
  readonly lineage: Lineage;
  readonly before: Schema;
  readonly after: Schema;
  readonly earlier: EarlierSteps;
}

export function dataInverse({ lineage, before, after, earlier }: DataFacts, backups: Backups): DataInverse {
  const statements: string[] = [];
  const losses: Loss[] = [];
  const cautions = new Set<string>();
  for (const change of [...lineage.changes].reverse()) {
    const descent = lineage.descents.find((one) => one.before.name === change.table)!;
    const taken = takenBack(change, descent, { after, earlier, backups });
    if (taken === undefined) losses.push(lossOf(change));
    else statements.push(...taken.statements);
    for (const caution of taken?.cautions ?? []) cautions.add(caution);
  }
  for (const table of lineage.dropped) if (!isIndexOf(table, before)) losses.push(rowsLost(table.name, "the table is dropped"));
  for (const descent of lineage.descents) losses.push(...descent.lost, ...droppedColumns(descent), ...conversions(descent));
  return { statements, losses: unique(losses), cautions: [...cautions] };
}

/** Undefined where it cannot be taken back. */
export interface Taken {
  readonly statements: readonly string[];
  readonly cautions: readonly string[];
}

function takenBack(change: DataChange, descent: Descent, { after, earlier, backups }: Pick<DataFacts, "after" | "earlier"> & { readonly backups: Backups }): Taken | undefined {
  const { type } = change.statement.ast;
  if (type === "InsertStmt") return insertBack(change, { table: descent.after, schema: after, earlier, backups });
  const sql = type === "UpdateStmt" ? updateBack(change, descent) : undefined;
  return sql === undefined ? undefined : { statements: [sql], cautions: [] };
}

/** Rows that stay have no columns to come back. */
function lossOf({ table, statement: { ast }, columns, given }: DataChange): Loss {
  if (columns !== undefined) return { table, columns, words: `The values that ${listed(table, columns)} had before the UPDATE cannot come back` };
  const replaces = ast.type === "InsertStmt" && (ast.orConflict === "Replace" || (ast.body.type === "SelectInsertBody" && ast.body.upsert?.doClause.type === "SetUpsertDo"));
  if (given === undefined || replaces) return rowsLost(table, replaces ? "the INSERT replaces those with the same key" : "the DELETE takes them");
  return { table, columns: [], words: `The rows that are inserted into \`${table}\` stay: nothing certain tells them from others` };
}

function droppedColumns({ before, columns }: Descent): readonly Loss[] {
  const gone = before.columns.filter(({ name, generated }) => !generated && !columns.has(name.toLowerCase())).map(({ name }) => name);
  return gone.length === 0 ? [] : [{ table: before.name, columns: gone, words: `The values of ${listed(before.name, gone)} cannot come back` }];
}

/** Columns whose new type keeps less than the old one did. */
function conversions({ before, after, columns }: Descent): readonly Loss[] {
  return before.columns.flatMap((column): readonly Loss[] => {
    const now = findColumn(after, columns.get(column.name.toLowerCase()) ?? "");
    if (now === undefined || keepsValues(column.affinity, now.affinity)) return [];
    return [{ table: before.name, columns: [column.name], words: `The values of \`${before.name}.${column.name}\` may come back in another form: its type \`${column.type}\` becomes \`${now.type}\`` }];
  });
}

/** Whether a value survives the way there and back: https://sqlite.org/datatype3.html#type_affinity */
function keepsValues(from: Affinity, to: Affinity): boolean {
  if (from === to || to === "BLOB") return true;
  const isNumeric = (one: Affinity): boolean => one === "INTEGER" || one === "NUMERIC" || one === "REAL";
  return isNumeric(from) && (isNumeric(to) || (to === "TEXT" && from !== "REAL"));
}

/** `t.a`, `t.b` */
export function listed(table: string, columns: readonly string[]): string {
  return columns.map((column) => `\`${table}.${column}\``).join(", ");
}

function unique(losses: readonly Loss[]): readonly Loss[] {
  return losses.filter((one, at) => losses.findIndex(({ words }) => words === one.words) === at);
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
  const allowed = listedValues(before).get(columns[0]!.toLowerCase());
  const still = listedValues(after).get(column.name.toLowerCase());
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
