// The schema as a Mermaid erDiagram. Its grammar (erDiagram.jison) takes few characters, so names and types that it
// would reject are bent and stand in the comment as they are.

import type { SchemaReport, SchemaTableReport } from "../../protocol/report";
import { databaseTitles } from "./schema-text";

export function schemaMermaid({ databases }: SchemaReport): string {
  const titles = databaseTitles(databases);
  const lines = databases.flatMap(({ tables }, i) => {
    // Two databases may have tables of one name; a diagram has one space of names.
    const entity = (name: string) => quoted(databases.length > 1 ? `${titles[i]}.${name}` : name);
    return [...tables.flatMap((table) => entityLines(table, entity)), ...tables.flatMap((table) => relationLines(table, tables, entity))];
  });
  return `${["erDiagram", ...lines.map((line) => `  ${line}`)].join("\n")}\n`;
}

function entityLines(table: SchemaTableReport, entity: (name: string) => string): string[] {
  const columns = table.columns.map((column) => {
    const keys = [
      ...(column.primaryKey > 0 ? ["PK"] : []),
      ...(table.foreignKeys.some((key) => key.columns.includes(column.name)) ? ["FK"] : []),
      ...(table.indexes.some(({ made, columns }) => made === "u" && columns.length === 1 && columns[0] === column.name) ? ["UK"] : []),
    ];
    const name = word(column.name);
    const comment = name === column.name ? "" : ` ${quoted(column.name)}`;
    return `  ${word(column.type || "any")} ${name}${keys.length > 0 ? ` ${keys.join(", ")}` : ""}${comment}`;
  });
  return [`${entity(table.name)} {`, ...columns, "}"];
}

function relationLines(table: SchemaTableReport, tables: readonly SchemaTableReport[], entity: (name: string) => string): string[] {
  return table.foreignKeys.map((key) => {
    const columns = table.columns.filter(({ name }) => key.columns.includes(name));
    const parent = columns.every(({ notNull, primaryKey }) => notNull || primaryKey > 0) ? "||" : "|o";
    const child = isUnique(table, key.columns) ? "o|" : "o{";
    // SQLite finds a table whatever the case of its name.
    const name = tables.find((other) => other.name.toLowerCase() === key.parent.toLowerCase())?.name ?? key.parent;
    return `${entity(name)} ${parent}--${child} ${entity(table.name)} : ${quoted(key.columns.join(", "))}`;
  });
}

function isUnique(table: SchemaTableReport, columns: readonly string[]): boolean {
  const same = (others: readonly string[]) => others.length === columns.length && others.every((name) => columns.includes(name));
  const primary = table.columns.filter(({ primaryKey }) => primaryKey > 0).map(({ name }) => name);
  return same(primary) || table.indexes.some((index) => index.unique && index.where === null && same(index.columns));
}

function quoted(text: string): string {
  return `"${text.replace(/["%\\\s\u0000-\u001f]+/g, (marks) => (/^ +$/.test(marks) ? " " : "_")) || "_"}"`;
}

/** A name or a type in the characters that an attribute may have; PK, FK and UK would be read as keys. */
function word(text: string): string {
  const bent = text.trim().replace(/[^A-Za-z0-9_()[\]-]+/g, "_");
  return /^[A-Za-z_]/.test(bent) && !/^(?:PK|FK|UK)\b/i.test(bent) ? bent : `_${bent}`;
}
