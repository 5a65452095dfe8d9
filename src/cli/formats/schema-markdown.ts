// The schema as Markdown, to be kept beside the code.

import type { SchemaReport, SchemaTableReport } from "../../protocol/report";
import { code, prose, table } from "./markdown";
import { columnNotes, databaseTitles } from "./schema-text";

type Database = SchemaReport["databases"][number];

export function schemaMarkdown({ databases }: SchemaReport): string {
  const titles = databaseTitles(databases);
  return `${databases.map((database, i) => databaseSection(database, titles[i]!)).join("\n\n")}\n`;
}

function databaseSection(database: Database, title: string): string {
  const views = database.views.map(({ name, sql }) => `### View ${prose(name)}\n\n${fenced(sql)}`);
  const triggers = database.triggers.map(({ name, table, sql }) => `### Trigger ${prose(name)} on ${prose(table)}\n\n${fenced(sql)}`);
  return [`## ${prose(title)}`, ...database.tables.map(tableSection), ...views, ...triggers].join("\n\n");
}

function tableSection(entry: SchemaTableReport): string {
  const columns = entry.columns.map((column) => [code(column.name), column.type === "" ? "" : code(column.type), prose(columnNotes(entry, column).join(", "))]);
  const indexes = entry.indexes
    .filter(({ made }) => made !== "pk")
    .map((index) => [
      code(index.name),
      index.columns.map(code).join(", "),
      [...(index.unique ? ["unique"] : []), ...(index.where === null ? [] : [`where ${code(index.where)}`])].join(", "),
    ]);
  const keys = entry.foreignKeys.map((key) => [
    key.columns.map(code).join(", "),
    `${code(key.parent)}${key.parentColumns.length > 0 ? ` (${key.parentColumns.map(code).join(", ")})` : ""}`,
    key.onDelete.toLowerCase(),
    key.onUpdate.toLowerCase(),
  ]);
  return [
    `### ${prose(entry.name)}${entry.kind === "virtual" ? " (virtual)" : ""}`,
    table(["Column", "Type", ""], columns),
    ...(indexes.length > 0 ? [table(["Index", "Columns", ""], indexes)] : []),
    ...(keys.length > 0 ? [table(["Foreign key", "Parent", "On delete", "On update"], keys)] : []),
  ].join("\n\n");
}

function fenced(sql: string): string {
  const longest = Math.max(2, ...(sql.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sql\n${sql.trim()}\n${fence}`;
}
