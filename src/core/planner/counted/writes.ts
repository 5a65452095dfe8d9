// What D1 reads for the rows that a write changes, besides finding them: notes that it takes so as not to disturb its own
// search, parents and children by foreign keys.

import type { DeleteStmt, UpdateStmt } from "sqlite3-parser";
import type { Schema } from "../../schema/schema";
import { findTable } from "../../schema/schema";
import { NotCounted, quote } from "./block";
import type { Block, BlockSource, Comparison } from "./block";
import { endsAtOne, joined, readsOfLoop } from "./loop";
import type { RowCounter, RowSet } from "./loop";
import { selectsIn } from "./shapes";
import type { PlanNode } from "../plan";

/**
 * Rows read for each row that a write changes, besides those that it finds. A write of several rows that would disturb
 * its own search, or that sets off more, notes the rows first and looks each of them up; an UPDATE reads its notes too.
 * SQLite: `flags` and `bComplex` in src/update.c and src/delete.c.
 */
export function secondPass(ast: UpdateStmt | DeleteStmt, node: PlanNode | undefined, block: Block, schema: Schema): number {
  const access = node?.access;
  const source = block.sources[0];
  const table = source?.table;
  if (table === undefined || (access?.kind !== "scan" && access?.kind !== "search")) return 0;
  const lists = block.terms.some(({ comparisons }) => comparisons.some(({ kind }) => kind === "in"));
  const isOne = access.kind === "search" && ((access.rowid && !table.withoutRowid && access.range.length === 0) || endsAtOne(access, source!, schema)) && !lists;
  const asks = block.terms.some(({ expr }) => selectsIn(expr).length > 0);
  const triggers = schema.triggers.filter((one) => one.table.toLowerCase() === table.name.toLowerCase());
  if (ast.type === "DeleteStmt") {
    const isParent = schema.tables.some(({ foreignKeys }) => foreignKeys.some(({ parent }) => parent.toLowerCase() === table.name.toLowerCase()));
    const isSimple = table.foreignKeys.length === 0 && !isParent && !triggers.some(({ sql }) => /\bDELETE\s+ON\b/i.test(sql));
    return isSimple && (isOne || !asks) ? 0 : isOne && table.withoutRowid ? 0 : 1;
  }
  const set = new Set(ast.sets.flatMap(({ colNames }) => colNames.map(({ text }) => text.toLowerCase())));
  const changes = (columns: readonly (string | undefined)[]): boolean => columns.some((column) => column !== undefined && set.has(column.toLowerCase()));
  const index = access.index === undefined ? undefined : schema.indexes.find(({ name }) => name.toLowerCase() === access.index!.toLowerCase());
  const disturbs = index !== undefined && changes(index.parts.map(({ column }) => column));
  if (ast.from !== undefined) return 2;
  if (isOne) return 0;
  return asks || disturbs || table.foreignKeys.some(({ columns }) => changes(columns)) || triggers.some((one) => firesOn(one.sql, changes)) ? 2 : 0;
}

/** Whether an UPDATE of these columns sets a trigger off. */
function firesOn(sql: string, changes: (columns: readonly string[]) => boolean): boolean {
  const match = /\bUPDATE(?:\s+OF\s+([^]*?))?\s+ON\b/i.exec(sql);
  return match !== null && (match[1] === undefined || changes(match[1].split(",").map((name) => name.trim().replace(/^["`[]|["`\]]$/g, ""))));
}

/** What D1 reads of a child table for each row that goes, or whose key changes. */
export function keyCheck({ access, detail }: PlanNode, block: Block, gone: RowSet, counter: RowCounter): number {
  const target = block.sources[0]!;
  if (access.kind !== "scan" && access.kind !== "search") return 0;
  const child = findTable(counter.schema, access.name);
  const key = child?.foreignKeys.find(({ parent }) => parent.toLowerCase() === target.table?.name.toLowerCase());
  if (child === undefined || key === undefined) throw new NotCounted(`\`${detail}\` is not counted`);
  const source: BlockSource = { id: "child", name: child.name.toLowerCase(), from: quote(child.name), table: child, select: undefined, leftOn: undefined };
  const sql = key.columns.map((column, at) => `child.${quote(column)} = ${target.id}.${quote(key.parentColumns[at] ?? column)}`);
  const constraints = sql.map((one, at): Comparison => ({ id: source.id, column: key.columns[at]!.toLowerCase(), kind: "equal", sql: one, needs: gone.ids, other: "1" }));
  const checked = readsOfLoop(access, source, constraints, gone, counter);
  // A CASCADE or SET NULL looks its rows up again, notes them, and looks each of them up.
  return /CASCADE|SET/i.test(key.onDelete) ? 2 * checked + 2 * counter.rows(joined(gone, source, sql)) : checked;
}

/** Foreign keys to a rowid: each new row looks its parent up. */
export function rowidParents(schema: Schema, name: string): number {
  const table = findTable(schema, name);
  return (table?.foreignKeys ?? []).filter(({ parent, parentColumns }) => {
    const found = findTable(schema, parent);
    return parentColumns.length === 1 && found?.columns.some(({ name: column, rowidAlias }) => rowidAlias && column.toLowerCase() === parentColumns[0]!.toLowerCase());
  }).length;
}
