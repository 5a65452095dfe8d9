// The variant of a migration that keeps what it is about to lose in backup tables, so that its rollback is exact.

import { quoteName } from "../../planner/proposed-index";
import type { Schema, Table } from "../../schema/schema";
import { findTable } from "../../schema/schema";
import type { Backups } from "./column-values";
import { keptKey, keyOf } from "./column-values";
import type { Loss } from "./lineage";
import type { Script } from "./script";

/** A backup table for each table that loses something, named after the migration: `_rollback_0007_users`. */
export function backupsFor(losses: readonly Loss[], before: Schema, recordName: string): Backups {
  const number = /^\d+/.exec(recordName)?.[0] ?? recordName.replace(/\.sql$/i, "").replace(/\W+/g, "_");
  const tables = [...new Set(losses.map(({ table }) => table.toLowerCase()))].flatMap((name) => findTable(before, name) ?? []);
  return new Map(tables.filter(({ kind }) => kind === "table").map(({ name }) => [name.toLowerCase(), `_rollback_${number}_${name}`]));
}

/** To stand at the beginning of the migration. */
export function keepingStatements(backups: Backups, before: Schema): readonly string[] {
  return [...backups].map(([name, backup]) => {
    const table = findTable(before, name)!;
    const rowid = keyOf(table)?.[0] === "rowid" ? `rowid AS ${keptKey("rowid")}, ` : "";
    return `CREATE TABLE ${quoteName(backup)} AS SELECT ${rowid}* FROM ${quoteName(table.name)}`;
  });
}

/** Puts back what the backups keep, where it is missing or different, and drops them. The tables have the schema of before. */
export function restoreFrom(script: Script, backups: Backups, losses: readonly Loss[], before: Schema): void {
  for (const [name, backup] of backups) {
    const table = findTable(before, name)!;
    const mine = losses.filter((one) => one.table.toLowerCase() === name);
    const columns = new Set(mine.flatMap((one) => one.columns ?? []).map((column) => column.toLowerCase()));
    if (mine.some((one) => one.columns === undefined)) script.add(missingRows(table, backup), `Puts the rows of ${table.name} back`);
    const values = table.columns.filter((column) => !column.generated && columns.has(column.name.toLowerCase()));
    if (values.length > 0) script.add(oldValues(table, backup, values.map((column) => column.name)), `Puts the values of ${table.name} back`);
  }
}

export function dropBackups(script: Script, backups: Backups): void {
  script.addAll([...backups.values()].map((backup) => `DROP TABLE ${quoteName(backup)}`), "The backups have done their work");
}

function missingRows(table: Table, backup: string): string {
  const columns = table.columns.filter(({ generated }) => !generated).map(({ name }) => name);
  const hasRowid = keyOf(table)?.[0] === "rowid";
  const into = (hasRowid ? ["rowid", ...columns] : columns).map(quoteName).join(", ");
  const from = (hasRowid ? [keptKey("rowid"), ...columns] : columns).map((column) => `kept.${quoteName(column)}`).join(", ");
  return `INSERT INTO ${quoteName(table.name)} (${into}) SELECT ${from} FROM ${quoteName(backup)} AS kept WHERE NOT EXISTS (SELECT 1 FROM ${quoteName(table.name)} WHERE ${sameKey(table)})`;
}

function oldValues(table: Table, backup: string, columns: readonly string[]): string {
  const sets = columns.map((column) => `${quoteName(column)} = kept.${quoteName(column)}`).join(", ");
  return `UPDATE ${quoteName(table.name)} SET ${sets} FROM ${quoteName(backup)} AS kept WHERE ${sameKey(table)}`;
}

function sameKey(table: Table): string {
  return (keyOf(table) ?? []).map((column) => `kept.${quoteName(keptKey(column))} IS ${quoteName(table.name)}.${quoteName(column)}`).join(" AND ") || "0";
}
