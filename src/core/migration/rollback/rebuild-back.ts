// Tables made anew with the text that they had, as D1 allows it: all of them are renamed out of the way, so that what
// refers to them follows; then they are made and filled, parents first; then the old ones are dropped, children first.
// When a table is dropped, nothing refers to its rows any more, so no foreign key deletes or empties anything. The other
// tables come and go in the same breath, for the same reason.

import { quoteName } from "../../planner/proposed-index";
import type { Schema, Table } from "../../schema/schema";
import { findTable } from "../../schema/schema";
import { readVirtualTable } from "../../schema/virtual-table";
import type { Backups } from "./column-values";
import { columnValues, quoteText } from "./column-values";
import type { Descent } from "./lineage";
import type { SchemaChange } from "./schema-inverse";
import type { Script } from "./script";

/** Adds the tables that were dropped, rebuilds the given ones, and drops those that were made. Their names are those of before. */
export function rebuildBack(script: Script, { before, lineage }: SchemaChange, rebuilt: readonly Descent[], backups: Backups): void {
  const aside = new Map(rebuilt.map((one) => [one, asideName(one.before.name, script.schema())]));
  for (const [{ before: table }, name] of aside) script.alter(`ALTER TABLE ${quoteName(table.name)} RENAME TO ${quoteName(name)}`, `Makes ${table.name} anew, and keeps its rows`);
  // A name can be made again only when it is free.
  const first = lineage.made.filter(({ name }) => findTable(script.schema(), name) !== undefined && lineage.dropped.some((table) => table.name.toLowerCase() === name.toLowerCase()));
  for (const table of childrenFirst(script.schema(), first)) script.add(`DROP TABLE ${quoteName(table.name)}`);
  const plain = before.tables.filter((table) => table.kind === "table" && (lineage.dropped.includes(table) || rebuilt.some((one) => one.before === table)));
  const ordered = [...childrenFirst(before, plain)].reverse();
  for (const table of ordered) script.add(table.sql);
  for (const table of ordered) {
    const descent = rebuilt.find((one) => one.before === table);
    if (descent !== undefined) fill(script, descent, before, aside.get(descent)!, backups);
  }
  const gone = script.schema().tables.filter(({ name }) => [...aside.values()].includes(name) || lineage.made.some((table) => table.name.toLowerCase() === name.toLowerCase() && !lineage.dropped.some((one) => one.name.toLowerCase() === name.toLowerCase())));
  for (const table of childrenFirst(script.schema(), gone)) script.add(`DROP TABLE ${quoteName(table.name)}`);
}

/** Virtual tables that were dropped, filled again where they are an index of another table. */
export function makeSearchAgain(script: Script, { before, lineage }: SchemaChange): void {
  for (const table of lineage.dropped) {
    if (table.kind !== "virtual") continue;
    script.add(table.sql);
    if (isIndexOf(table, before)) script.add(`INSERT INTO ${quoteName(table.name)} (${quoteName(table.name)}) VALUES ('rebuild')`);
  }
}

/** True where the rows of a virtual table are those of another table: https://sqlite.org/fts5.html#external_content_tables */
export function isIndexOf(table: Table, schema: Schema): boolean {
  const virtual = readVirtualTable(table.sql);
  const content = virtual?.options.get("content");
  return virtual?.module === "fts5" && content !== undefined && findTable(schema, content) !== undefined;
}

function fill(script: Script, descent: Descent, schema: Schema, from: string, backups: Backups): void {
  const { before, after } = descent;
  const name = quoteName(before.name);
  if (counts(before) && counts(after)) {
    script.add(`INSERT INTO sqlite_sequence (name, seq) SELECT ${quoteText(before.name)}, seq FROM sqlite_sequence WHERE name = ${quoteText(from)}`);
  }
  const values = columnValues(descent, schema, from, backups);
  const rowid = rowidCounts(before, schema) && !after.withoutRowid ? ["rowid"] : [];
  const columns = [...rowid, ...values.map(({ column }) => quoteName(column))].join(", ");
  const read = [...rowid, ...values.map(({ sql }) => sql ?? "NULL")].join(", ");
  if (values.length > 0) script.add(`INSERT INTO ${name} (${columns}) SELECT ${read} FROM ${quoteName(from)}`);
}

/** True where something else finds the rows by a rowid that no column shows: a search table, by itself or by triggers. */
export function rowidCounts(table: Table, { tables, triggers }: Schema): boolean {
  if (table.kind === "virtual" || table.withoutRowid || table.columns.some(({ name, rowidAlias }) => rowidAlias || name.toLowerCase() === "rowid")) return false;
  const own = table.name.toLowerCase();
  const isContent = tables.some(({ kind, sql }) => kind === "virtual" && readVirtualTable(sql)?.options.get("content")?.toLowerCase() === own);
  return isContent || triggers.some((trigger) => trigger.table.toLowerCase() === own && /\b(?:new|old)\s*\.\s*rowid\b/i.test(trigger.sql));
}

function counts({ sql }: Table): boolean {
  return /\bautoincrement\b/i.test(sql);
}

/** Such that none refers to one before it, as far as they do not refer to each other. */
function childrenFirst(schema: Schema, tables: readonly Table[]): readonly Table[] {
  const ordered: Table[] = [];
  const visiting = new Set<Table>();
  const visit = (table: Table): void => {
    if (visiting.has(table)) return;
    visiting.add(table);
    const children = tables.filter((other) => findTable(schema, other.name)?.foreignKeys.some(({ parent }) => parent.toLowerCase() === table.name.toLowerCase()));
    for (const child of children) visit(child);
    ordered.push(table);
  };
  for (const table of [...tables].reverse()) visit(table);
  return ordered;
}

function asideName(table: string, schema: Schema): string {
  const name = `_undo_${table}`;
  return findTable(schema, name) === undefined ? name : asideName(`_${table}`, schema);
}
