// Which rows and values a migration takes away, and why: the statement, and the foreign key through which it reached a
// table that it does not name.

import type { Step } from "../schema/migration-steps";
import { parsed, parseStep } from "../schema/migration-steps";
import type { Schema } from "../schema/schema";
import { findTable } from "../schema/schema";
import type { MigrationRun, RanStep } from "./run-migration";
import type { TableChange } from "./table-rows";

export interface Loss {
  readonly table: string;
  readonly before: number;
  readonly after: number;
  /** Rows, or rows whose value in `column` is gone. */
  readonly lost: number;
  readonly column: string | undefined;
  /** A clause: `DROP TABLE users deletes the rows that reference it, by ON DELETE CASCADE of (user_id)`. */
  readonly cause: string;
  readonly step: Step | undefined;
  /** The statement names the table: a DELETE of its rows, or its own DROP. */
  readonly isStated: boolean;
}

/** Of tables that are there before and after. `schema` is the one before. */
export function lossesOf(run: MigrationRun, schema: Schema): readonly Loss[] {
  return run.changes.flatMap((change): readonly Loss[] => (change.now === undefined ? [] : [...rowLoss(change, run, schema), ...valueLosses(change, run, schema)]));
}

function rowLoss(change: TableChange, run: MigrationRun, schema: Schema): readonly Loss[] {
  if (change.lost === 0 || change.after >= change.before) return [];
  const by = taker(change.table, run);
  const { table, before, after, lost } = change;
  return [{ table, before, after, lost, column: undefined, step: by?.step, ...explain(change, by, schema, "CASCADE") }];
}

function valueLosses(change: TableChange, run: MigrationRun, schema: Schema): readonly Loss[] {
  const { table, before, after } = change;
  const own = findTable(schema, table)?.foreignKeys ?? [];
  const nulled = change.columns.flatMap(({ column, nulled }): readonly Loss[] => {
    const key = own.find((one) => one.columns.some((name) => name.toLowerCase() === column.toLowerCase()) && one.onDelete.startsWith("SET"));
    const by = key === undefined ? undefined : taker(key.parent, run);
    if (nulled === 0 || by === undefined) return [];
    return [{ table, before, after, lost: nulled, column, step: by.step, ...explain(change, by, schema, "SET") }];
  });
  const gone = change.lostColumns.map((column): Loss => ({ table, before, after, lost: before, column, step: undefined, cause: `the column ${column} is dropped`, isStated: true }));
  return [...nulled, ...gone];
}

/** The last statement after which the table had fewer rows. */
function taker(table: string, { steps }: MigrationRun): RanStep | undefined {
  return steps.filter(({ took }) => took.has(table.toLowerCase())).at(-1);
}

function explain({ table }: TableChange, by: RanStep | undefined, schema: Schema, action: "CASCADE" | "SET"): Pick<Loss, "cause" | "isStated"> {
  if (by === undefined) return { cause: "its rows were not all copied back", isStated: false };
  const target = targetOf(by.step);
  const words = head(by.step);
  if (target?.toLowerCase() === table.toLowerCase() && action === "CASCADE") {
    const isDrop = parseStep(by.step)?.type === "DropTableStmt";
    return isDrop ? { cause: `${words} and the copy that takes its name holds fewer rows`, isStated: false } : { cause: words, isStated: true };
  }
  const key = findTable(schema, table)?.foreignKeys.find((one) => one.onDelete.startsWith(action));
  if (key === undefined) return { cause: words, isStated: false };
  const does = action === "SET" ? "empties the keys that reference it" : "deletes the rows that reference it";
  return { cause: `${words} ${does}, by ON DELETE ${key.onDelete} of ${table}(${key.columns.join(", ")})`, isStated: false };
}

/** The table that a statement changes. */
function targetOf(step: Step): string | undefined {
  const ddl = parseStep(step);
  if (ddl?.type === "DropTableStmt" || ddl?.type === "AlterTableStmt") return ddl.tblName.objName.text;
  const statement = parsed(step);
  if (!statement.ok) return undefined;
  const { ast } = statement;
  return ast.type === "DeleteStmt" || ast.type === "UpdateStmt" || ast.type === "InsertStmt" ? ast.tblName.objName.text : undefined;
}

function head({ text }: Step): string {
  const words = text.replace(/\s+/g, " ").replace(/^(DROP TABLE) IF EXISTS/i, "$1").trim();
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}
