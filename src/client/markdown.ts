// Schemas as Markdown, to be read in an editor, and the parts that other documents share.

import type { FolderSchema } from "../protocol/lsp";
import type { PlanRowReport, SchemaReport, SchemaTableReport } from "../protocol/report";

export function schemaDocument(folders: readonly FolderSchema[]): string {
  const several = folders.length > 1;
  return folders
    .flatMap(({ folderName, schema }) => schema.databases.map((database) => databaseText(several ? `${folderName}: ${database.binding}` : database.binding, database)))
    .join("\n");
}

function databaseText(title: string, { tables, views, triggers, migrationsDir, baseSchema }: SchemaReport["databases"][number]): string {
  const origin = [migrationsDir === null ? "" : `migrations in \`${migrationsDir}\``, baseSchema === null ? "" : `base schema \`${baseSchema}\``].filter((text) => text !== "");
  const lines = [`# ${title}`, "", `${tables.length} ${tables.length === 1 ? "table" : "tables"}${origin.length > 0 ? `, from ${origin.join(" and ")}` : ""}`, ""];
  lines.push(...tables.map(tableText));
  if (views.length > 0) lines.push("## Views", "", ...views.map(({ sql }) => fenced("sql", sql)));
  if (triggers.length > 0) lines.push("## Triggers", "", ...triggers.map(({ sql }) => fenced("sql", sql)));
  return lines.join("\n");
}

function tableText({ name, columns, foreignKeys, indexes, madeIn }: SchemaTableReport): string {
  const rows = columns.map((column) => [cell(column.name), cell(column.type), constraints(column), column.madeIn === null ? "" : cell(`${column.madeIn.file}:${column.madeIn.line}`)]);
  const lines = [
    `## ${name}`,
    "",
    ...(madeIn === null ? [] : [`Made in \`${madeIn.file}:${madeIn.line}\``, ""]),
    "| column | type | | made in |",
    "|---|---|---|---|",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
    "",
    ...indexes.map((index) => `- ${index.unique ? "unique index" : "index"} \`${index.name}\` (${index.columns.join(", ")})${index.where === null ? "" : ` where \`${index.where}\``}`),
    ...foreignKeys.map((key) => `- foreign key (${key.columns.join(", ")}) to \`${key.parent}\`${key.parentColumns.length > 0 ? ` (${key.parentColumns.join(", ")})` : ""}, on delete ${key.onDelete.toLowerCase()}`),
  ];
  return [...lines, ""].join("\n");
}

function constraints({ notNull, primaryKey, generated, default: value }: SchemaTableReport["columns"][number]): string {
  const parts = [primaryKey > 0 ? "primary key" : "", notNull ? "not null" : "", generated ? "generated" : "", value === null ? "" : `default ${cell(value)}`];
  return parts.filter((part) => part !== "").join(", ");
}

export function planText(plan: readonly PlanRowReport[]): string {
  return plan.map(({ detail, depth }) => `${"  ".repeat(depth)}${detail}`).join("\n");
}

export function fenced(language: string, text: string): string {
  // A fence longer than any in the text.
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*[\r\n]+\s*/g, " ");
}
