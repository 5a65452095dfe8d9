// The rows that D1 would bill for a statement of a migration, derived from the rows that it changed on made-up ones, its
// plan and the indexes that stand over its table. What triggers and foreign keys do besides is not in it. How D1 counts:
// workerd, `patches/sqlite/0001-row-counts-plain.patch`; an index entry that is deleted costs nothing.

import type { Stmt } from "sqlite3-parser";
import { planTree } from "../planner/plan";
import type { PlanNode } from "../planner/plan";
import type { PlanRow } from "../schema/engine";
import type { Step } from "../schema/migration-steps";
import { indexesOf } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { parseStatement } from "../sql/statement";
import { isSame } from "./carried-tables";

export interface BilledRows {
  readonly read: number;
  readonly written: number;
}

export interface RanOnRows {
  readonly step: Step;
  readonly plan: readonly PlanRow[];
  /** Rows that it changed, on tables of the size that they have in use. */
  readonly changed: number;
  /** As it is after the statement. */
  readonly schema: Schema;
  /** Rows of a table in use. */
  size(table: string): number;
}

export function billedRows(ran: RanOnRows): BilledRows {
  const parsed = parseStatement(ran.step.text);
  const statement = parsed.ok ? parsed.ast : undefined;
  const whole = wholeTable(statement, ran.schema);
  if (whole !== undefined) return { read: ran.size(whole), written: ran.size(whole) };
  return { read: readsOf(planTree(ran.plan), ran), written: ran.changed * writesOfRow(statement, ran.schema) };
}

/** A table whose rows are all read and written once: for a new index, without a column, or deleted since others refer to it. */
function wholeTable(statement: Stmt | undefined, { tables }: Schema): string | undefined {
  if (statement?.type === "CreateIndexStmt") return statement.tblName.text;
  if (statement?.type === "AlterTableStmt" && statement.body.type === "DropColumnAlterTableBody") return statement.tblName.objName.text;
  const dropped = statement?.type === "DropTableStmt" ? statement.tblName.objName.text : undefined;
  const isParent = dropped !== undefined && tables.some(({ foreignKeys }) => foreignKeys.some(({ parent }) => isSame(parent, dropped)));
  return isParent ? dropped : undefined;
}

/** The row and its entries in indexes. */
function writesOfRow(statement: Stmt | undefined, schema: Schema): number {
  if (statement?.type === "InsertStmt") return 1 + entries(schema, statement.tblName.objName.text, () => true);
  if (statement?.type !== "UpdateStmt") return 1;
  const set = new Set(statement.sets.flatMap(({ colNames }) => colNames.map(({ text }) => text.toLowerCase())));
  return 1 + entries(schema, statement.tblName.objName.text, (column) => column === undefined || set.has(column.toLowerCase()));
}

function entries(schema: Schema, table: string, isTouched: (column: string | undefined) => boolean): number {
  return indexesOf(schema, table).filter(({ parts }) => parts.some(({ column }) => isTouched(column))).length;
}

/** Of a scan the whole table; of a search what was changed, since it is asked for once a row or finds just those. */
function readsOf(nodes: readonly PlanNode[], ran: RanOnRows): number {
  return nodes.reduce((sum, { access, children }) => {
    const own = access.kind === "scan" ? ran.size(access.name) : access.kind === "search" ? ran.changed : 0;
    return sum + own + readsOf(children, ran);
  }, 0);
}
