// The rows of one of our databases as statements, such that a database on D1 with the same schema holds the same.

import { quoteText } from "../../src/core/migration/rollback/column-values";
import { quoteName } from "../../src/core/planner/proposed-index";
import { referencesOf, seedingOrder } from "../../src/core/planner/seed/references";
import type { Database } from "../../src/core/schema/engine";
import type { Schema, Table, Trigger } from "../../src/core/schema/schema";
import { readVirtualTable } from "../../src/core/schema/virtual-table";

/** For one transaction. Rows that are there go, children first. Triggers are away meanwhile, but for those that keep a search table. */
export function fillingStatements(db: Database, schema: Schema): readonly string[] {
  const tables = seedingOrder(schema.tables.filter(({ kind, name }) => kind === "table" && name !== "d1_migrations"), referencesOf(schema));
  const search = schema.tables.filter(({ kind }) => kind === "virtual");
  const keeps = (trigger: Trigger, table: Table): boolean => trigger.sql.toLowerCase().includes(table.name.toLowerCase());
  const away = schema.triggers.filter((trigger) => !search.some((table) => keeps(trigger, table)));
  return [
    "PRAGMA defer_foreign_keys = ON",
    ...away.map(({ name }) => `DROP TRIGGER ${quoteName(name)}`),
    ...tables.toReversed().map(({ name }) => `DELETE FROM ${quoteName(name)}`),
    ...tables.flatMap((table) => inserts(db, table)),
    ...counters(db),
    ...search.flatMap((table) => refilled(db, table, schema.triggers.some((trigger) => keeps(trigger, table)))),
    ...away.map(({ sql }) => sql),
  ];
}

function inserts(db: Database, { name, columns, withoutRowid }: Table): readonly string[] {
  const own = columns.filter(({ generated }) => !generated).map((column) => quoteName(column.name));
  const hasOwnRowid = !withoutRowid && !columns.some((column) => column.rowidAlias || column.name.toLowerCase() === "rowid");
  return rowsOf(db, name, hasOwnRowid ? ["rowid", ...own] : own);
}

function rowsOf(db: Database, table: string, columns: readonly string[]): readonly string[] {
  const read = db.run(`SELECT ${columns.map((column) => `quote(${column})`).join(", ")} FROM ${quoteName(table)}`);
  return read.ok ? read.rows.map((row) => `INSERT INTO ${quoteName(table)} (${columns.join(", ")}) VALUES (${row.join(", ")})`) : [];
}

/** What AUTOINCREMENT has given out. */
function counters(db: Database): readonly string[] {
  const read = db.run("SELECT name, seq FROM sqlite_sequence WHERE name <> 'd1_migrations'");
  const set = (read.ok ? read.rows : []).map(([name, seq]) => `INSERT INTO sqlite_sequence (name, seq) VALUES (${quoteText(String(name))}, ${Number(seq)})`);
  return set.length === 0 ? [] : ["DELETE FROM sqlite_sequence WHERE name <> 'd1_migrations'", ...set];
}

/** An index of another table reads that one. */
function refilled(db: Database, { name, sql, columns }: Table, isKept: boolean): readonly string[] {
  const virtual = readVirtualTable(sql);
  const own = quoteName(name);
  if (virtual?.module !== "fts5") return virtual?.module.startsWith("rtree") && !isKept ? [`DELETE FROM ${own}`, ...rowsOf(db, name, columns.map((column) => quoteName(column.name)))] : [];
  const content = virtual.options.get("content");
  if (content !== undefined && content !== "") return [`INSERT INTO ${own} (${own}) VALUES ('rebuild')`];
  if (isKept) return [];
  const empty = content === undefined ? `DELETE FROM ${own}` : `INSERT INTO ${own} (${own}) VALUES ('delete-all')`;
  return [empty, ...rowsOf(db, name, ["rowid", ...virtual.columns.map((column) => quoteName(column.name))])];
}
