// Takes an INSERT back: its rows are deleted by the keys that it spells out, where no other row can be meant.

import type { Expr, InsertStmt, OneSelect } from "sqlite3-parser";
import { quoteName } from "../../planner/proposed-index";
import { literalOf } from "../../planner/literal";
import type { Steps } from "../../schema/migration-steps";
import type { Schema, Table } from "../../schema/schema";
import { indexesOf } from "../../schema/schema";
import type { Statement } from "../../sql/statement";
import type { Backups } from "./column-values";
import { keptKey } from "./column-values";
import type { Taken } from "./data-inverse";
import type { DataChange } from "./lineage";
import { wordsOf } from "./same-sql";

/** The migrations before this one. */
export type EarlierSteps = readonly Steps[];

export interface InsertFacts {
  /** As the migration leaves it. */
  readonly table: Table;
  readonly schema: Schema;
  readonly earlier: EarlierSteps;
  readonly backups: Backups;
}

/** A longer text is not compared. */
const LONGEST_COMPARED = 100;

/** Undefined where the rows cannot be told from others. */
export function insertBack({ statement, given = [] }: DataChange, { table, schema, earlier, backups }: InsertFacts): Taken | undefined {
  const { ast } = statement;
  if (ast.type !== "InsertStmt" || ast.body.type !== "SelectInsertBody" || ast.orConflict === "Replace" || ast.body.upsert?.doClause.type === "SetUpsertDo") return undefined;
  const { select } = ast.body;
  const cores = [select.select, ...(select.compounds ?? []).map((one) => one.select)];
  const rows = cores.flatMap((core): readonly (readonly Expr[] | undefined)[] => rowsOf(core) ?? [undefined]);
  const text = (row: readonly Expr[] | undefined, column: string): string | undefined => valueAt(statement, row, given, column);
  const key = keysOf(table, schema).find((columns) => rows.every((row) => columns.every((column) => text(row, column) !== undefined)));
  if (key === undefined || rows.length === 0) return undefined;
  if (!mayBeThere(ast, cores)) return { statements: [deletion(table.name, key, rows.map((row) => key.map((column) => text(row, column)!)))], cautions: [] };
  const backup = backups.get(table.name.toLowerCase());
  if (backup !== undefined) {
    const kept = key.map((column) => `kept.${quoteName(keptKey(column))} IS ${quoteName(table.name)}.${quoteName(column)}`).join(" AND ");
    return { statements: [`${deletion(table.name, key, rows.map((row) => key.map((column) => text(row, column)!)))} AND NOT EXISTS (SELECT 1 FROM ${quoteName(backup)} AS kept WHERE ${kept})`], cautions: [] };
  }
  const known = earlierInserts(table.name, earlier);
  const isKnown = (row: readonly Expr[] | undefined): boolean => known.texts.some((one) => key.every((column) => one.includes(text(row, column)!)));
  const fresh = rows.filter((row) => !isKnown(row));
  if (known.isDeletedFrom && fresh.length < rows.length) return undefined;
  const compared = [...key, ...given.filter((column) => !key.includes(column) && fresh.every((row) => (text(row, column)?.length ?? Infinity) <= LONGEST_COMPARED))];
  return {
    statements: fresh.length === 0 ? [] : [deletion(table.name, compared, fresh.map((row) => compared.map((column) => text(row, column)!)))],
    cautions: [
      ...(fresh.length === 0 ? [] : [`A row of \`${table.name}\` with the very values that the migration inserts goes, also where it was there before`]),
      ...(fresh.length === rows.length ? [] : [`Rows of \`${table.name}\` that earlier migrations insert too stay`]),
    ],
  };
}

/** It inserts only what is not there yet. */
function mayBeThere({ orConflict, body }: InsertStmt, cores: readonly OneSelect[]): boolean {
  const hasUpsert = body.type === "SelectInsertBody" && body.upsert !== undefined;
  return orConflict === "Ignore" || hasUpsert || cores.some((core) => core.type === "SelectFrom" && core.whereClause !== undefined);
}

function deletion(table: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const names = columns.map(quoteName);
  const where =
    rows.length === 1
      ? names.map((name, at) => `${name} = ${rows[0]![at]}`).join(" AND ")
      : names.length === 1
        ? `${names[0]} IN (${rows.join(", ")})`
        : `(${names.join(", ")}) IN (VALUES ${rows.map((row) => `(${row.join(", ")})`).join(", ")})`;
  return `DELETE FROM ${quoteName(table)} WHERE ${where}`;
}

/** The rows that are written out; undefined where they come from a table. */
function rowsOf(core: OneSelect): readonly (readonly Expr[])[] | undefined {
  if (core.type === "SelectValues") return core.values.map(({ values }) => values);
  const exprs = core.columns.flatMap((column) => (column.type === "ExprResultColumn" ? [column.expr] : []));
  return core.from === undefined && exprs.length === core.columns.length ? [exprs] : undefined;
}

/** As written; undefined where it is NULL, or not written out. */
function valueAt(statement: Statement, row: readonly Expr[] | undefined, given: readonly string[], column: string): string | undefined {
  const expr = row?.[given.findIndex((name) => name.toLowerCase() === column.toLowerCase())];
  const value = expr === undefined ? undefined : literalOf(expr);
  return expr === undefined || value === undefined || value === null ? undefined : textOf(statement, expr);
}

/** The sets of columns of which each row has its own values, the primary key first. */
function keysOf(table: Table, schema: Schema): readonly (readonly string[])[] {
  const primary = table.columns.filter(({ primaryKey }) => primaryKey > 0).map(({ name }) => name);
  const others = indexesOf(schema, table.name).filter(({ unique, where }) => unique && where === undefined).map(({ parts }) => parts.map(({ column }) => column));
  return [...(primary.length > 0 ? [primary] : []), ...others.filter((parts): parts is string[] => parts.every((part) => part !== undefined))];
}

/** The texts that insert into a table, and whether something deletes from it. */
function earlierInserts(table: string, earlier: EarlierSteps): { readonly texts: readonly string[]; readonly isDeletedFrom: boolean } {
  const name = table.toLowerCase();
  const about = earlier.flatMap(({ steps }) => steps.filter(({ kind, text }) => kind === "data" && text.toLowerCase().includes(name) && wordsOf(text.slice(0, 200)).has(name)).map(({ text }) => text));
  return { texts: about.filter((text) => /^(?:INSERT|REPLACE)\b/i.test(text)), isDeletedFrom: about.some((text) => /^DELETE\b/i.test(text)) };
}

export function textOf(statement: Statement, node: Expr): string {
  const { start, end } = statement.spanOf(node);
  return statement.text.slice(start, end);
}
