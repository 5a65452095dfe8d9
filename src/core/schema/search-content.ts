// A search table of another table's content has no rows of its own: it shows those of that table, and cannot be read once
// the table or one of its columns is gone. https://sqlite.org/fts5.html#external_content_tables

import { namedTables } from "../sql/named-tables";
import { parseStatement } from "../sql/statement";
import type { Database } from "./engine";
import type { Step } from "./migration-steps";
import type { VirtualTables } from "./stand-ins";
import { readVirtualTable } from "./virtual-table";

export interface SearchContent {
  /** For FROM; FTS5 calls the table `T`, which its messages show. */
  readonly from: string;
  readonly columns: readonly { readonly name: string; readonly read: string }[];
  readonly key: string;
}

/** Of the table's own CREATE statement; undefined where the table has rows of its own. */
export function searchContent(sql: string): SearchContent | undefined {
  const definition = readVirtualTable(sql);
  const content = definition?.module === "fts5" ? definition.options.get("content") : undefined;
  if (definition === undefined || content === undefined) return undefined;
  // Without content it gives NULLs.
  if (content === "") return { from: quote(definition.name), columns: definition.columns.map(({ name }) => ({ name, read: "NULL" })), key: "rowid" };
  const columns = definition.columns.map(({ name }) => ({ name, read: `T.${quote(name)}` }));
  return { from: `main.${quote(content)} AS T`, columns, key: `T.${quote(definition.options.get("content_rowid") ?? "rowid")}` };
}

/** SQLite's message where a statement reads a search table that cannot be read. */
export function contentRefusal(db: Database, { text }: Step, { tables }: VirtualTables): string | undefined {
  const named = tables.filter(({ name }) => text.toLowerCase().includes(name.toLowerCase()));
  if (named.length === 0) return undefined;
  const statement = parseStatement(text);
  if (!statement.ok || statement.ast.type === "InsertStmt") return undefined;
  const read = new Set(namedTables(statement).map((name) => name.toLowerCase()));
  for (const { name, sql } of named) {
    const content = read.has(name.toLowerCase()) ? searchContent(sql) : undefined;
    if (content === undefined) continue;
    const compiled = db.explain(`SELECT ${[content.key, ...content.columns.map((column) => column.read)].join(", ")} FROM ${content.from}`);
    if (!compiled.ok) return compiled.message;
  }
  return undefined;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
