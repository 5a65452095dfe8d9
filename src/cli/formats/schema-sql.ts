// The schema as statements that SQLite runs in this order: parents before children, then indexes, views and triggers.

import type { SchemaReport, SchemaTableReport } from "../../protocol/report";
import { plain } from "../words";
import { databaseTitles } from "./schema-text";

type Database = SchemaReport["databases"][number];

export function schemaSql({ databases }: SchemaReport): string {
  const titles = databaseTitles(databases);
  const parts = databases.map((database, i) => (databases.length > 1 ? [`-- ${plain(titles[i]!)}`, ...statementsOf(database)] : statementsOf(database)));
  return `${parts.flat().join("\n\n")}\n`;
}

function statementsOf({ tables, views, triggers }: Database): string[] {
  const ordered = parentsFirst(tables);
  const indexes = ordered.flatMap((table) => table.indexes.flatMap(({ sql }) => (sql === null ? [] : [sql])));
  return [...ordered.map(({ sql }) => sql), ...indexes, ...views.map(({ sql }) => sql), ...triggers.map(({ sql }) => sql)].map(ended);
}

/** Tables in their order, each after the tables that its foreign keys name, as far as these form no circle. */
function parentsFirst(tables: readonly SchemaTableReport[]): SchemaTableReport[] {
  const byName = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
  const placed = new Set<SchemaTableReport>();
  const place = (table: SchemaTableReport) => {
    if (placed.has(table)) return;
    placed.add(table);
    for (const { parent } of table.foreignKeys) {
      const found = byName.get(parent.toLowerCase());
      if (found) place(found);
    }
    ordered.push(table);
  };
  const ordered: SchemaTableReport[] = [];
  tables.forEach(place);
  return ordered;
}

/** With its semicolon, which must not end up in a comment. */
function ended(sql: string): string {
  const text = sql.trim().replace(/;$/, "");
  return /--[^\n]*$/.test(text) ? `${text}\n;` : `${text};`;
}
