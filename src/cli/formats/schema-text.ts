// The schema for the terminal: tables with their columns, keys and indexes, and the line that made each.

import type { SchemaReport, SchemaTableReport } from "../../protocol/report";
import type { Colors } from "../colors";
import type { ShowPath } from "../paths";
import { count, plain } from "../words";

export interface SchemaStyle {
  readonly colors: Colors;
  readonly path: ShowPath;
}

type Database = SchemaReport["databases"][number];
type Place = { readonly file: string; readonly line: number } | null;

export function schemaText({ databases }: SchemaReport, style: SchemaStyle): string {
  if (databases.length === 0) return "There is no database here: no wrangler file that binds one, no migrations folder, no schema.sql\n";
  return `${databases.map((database) => databaseText(database, style)).join("\n\n")}\n`;
}

/** A name for each database: its binding, with its folder where several have the same. */
export function databaseTitles(databases: readonly Database[]): string[] {
  return databases.map(({ binding, migrationsDir, baseSchema }) => {
    const same = databases.filter((other) => other.binding === binding).length > 1;
    return same ? `${binding} (${migrationsDir ?? baseSchema ?? "no migrations"})` : binding;
  });
}

function databaseText(database: Database, style: SchemaStyle): string {
  const { colors } = style;
  const where = database.migrationsDir ?? database.baseSchema;
  const sizes = [count(database.tables.length, "table"), count(database.views.length, "view"), count(database.triggers.length, "trigger")];
  const others = [
    ...database.views.map(({ name, madeIn }) => `${colors.bold("view")} ${plain(name)}${made(madeIn, style)}`),
    ...database.triggers.map(({ name, table, madeIn }) => `${colors.bold("trigger")} ${plain(name)} on ${plain(table)}${made(madeIn, style)}`),
  ];
  return [
    `${colors.bold(colors.underline(plain(database.binding)))}${where === null ? "" : ` ${colors.dim(plain(where))}`}: ${sizes.join(", ")}`,
    ...database.tables.map((table) => tableText(table, style)),
    ...(others.length > 0 ? [others.join("\n")] : []),
  ].join("\n\n");
}

function tableText(table: SchemaTableReport, style: SchemaStyle): string {
  const { colors } = style;
  const nameWidth = Math.max(0, ...table.columns.map(({ name }) => plain(name).length));
  const typeWidth = Math.max(0, ...table.columns.map(({ type }) => plain(type).length));
  const columns = table.columns.map((column) => {
    const notes = columnNotes(table, column);
    return `  ${plain(column.name).padEnd(nameWidth)}  ${plain(column.type).padEnd(typeWidth)}  ${colors.dim(notes.join(", "))}`.trimEnd();
  });
  const indexes = table.indexes
    .filter((index) => index.made === "c")
    .map((index) => {
      const unique = index.unique ? "unique " : "";
      const where = index.where === null ? "" : ` where ${plain(index.where)}`;
      return `  ${colors.cyan(`${unique}index`)} ${plain(index.name)} (${index.columns.map(plain).join(", ")})${where}${made(index.madeIn, style)}`;
    });
  return [`${colors.bold(plain(table.name))}${table.kind === "virtual" ? " (virtual)" : ""}${made(table.madeIn, style)}`, ...columns, ...indexes].join("\n");
}

/** `primary key`, `not null`, `unique`, `default 0`, `→ users.id on delete cascade`. */
export function columnNotes(table: SchemaTableReport, column: SchemaTableReport["columns"][number]): string[] {
  const composite = table.columns.filter(({ primaryKey }) => primaryKey > 0).length > 1;
  const unique = table.indexes.some((index) => index.made === "u" && index.columns.length === 1 && index.columns[0] === column.name);
  const keys = table.foreignKeys.filter((key) => key.columns.includes(column.name));
  return [
    ...(column.primaryKey > 0 ? [composite ? `primary key ${column.primaryKey}` : "primary key"] : []),
    ...(column.notNull ? ["not null"] : []),
    ...(unique ? ["unique"] : []),
    ...(column.generated ? ["generated"] : []),
    ...(column.default !== null ? [`default ${plain(column.default)}`] : []),
    ...keys.map((key) => {
      const parentColumn = key.parentColumns[key.columns.indexOf(column.name)];
      const action = key.onDelete === "NO ACTION" ? "" : ` on delete ${key.onDelete.toLowerCase()}`;
      return `→ ${plain(key.parent)}${parentColumn === undefined ? "" : `.${plain(parentColumn)}`}${action}`;
    }),
  ];
}

function made(place: Place, { colors, path }: SchemaStyle): string {
  return place === null ? "" : colors.dim(`  ${plain(path(place.file))}:${place.line}`);
}
