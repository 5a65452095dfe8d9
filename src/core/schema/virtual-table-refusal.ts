// What FTS5 and R*Tree say against the definition of a table. The engine's stand-ins take any.
// Sources: https://sqlite.org/fts5.html, https://sqlite.org/rtree.html; the words are those of D1's local runtime.

import type { Database } from "./engine";
import type { Step } from "./migration-steps";
import { shadowNames } from "./shadow-tables";
import { readVirtualTable } from "./virtual-table";
import type { VirtualTable } from "./virtual-table";

/** The module's message; undefined where it takes the definition. */
export function virtualTableRefusal(db: Database, { text }: Step): string | undefined {
  const table = /\bvirtual\b/i.test(text) ? readVirtualTable(text) : undefined;
  if (table === undefined) return undefined;
  const isSearch = table.module === "fts5";
  if (!isSearch && !table.module.startsWith("rtree")) return undefined;
  const wrong = isSearch ? searchRefusal(table) : treeRefusal(table);
  if (wrong !== undefined) return wrong;
  const taken = shadowNames(table).find((name) => exists(db, name));
  if (taken === undefined) return undefined;
  return isSearch ? `fts5: error creating shadow table ${taken}: table '${taken}' already exists` : `table "${taken}" already exists`;
}

function exists(db: Database, name: string): boolean {
  const found = db.run("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE", [name]);
  return found.ok && found.rows.length > 0;
}

const searchOptions: ReadonlySet<string> = new Set(["prefix", "tokenize", "content", "contentless_delete", "contentless_unindexed", "content_rowid", "columnsize", "locale", "detail", "tokendata"]);
const tokenizers: ReadonlySet<string> = new Set(["unicode61", "ascii", "porter", "trigram"]);

function searchRefusal({ name, columns, options }: VirtualTable): string | undefined {
  for (const option of options.keys()) if (!searchOptions.has(option)) return `unrecognized option: "${option}"`;
  for (const column of columns) {
    if (/^(rank|rowid)$/i.test(column.name)) return `reserved fts5 column name: ${column.name}`;
    if (column.rest !== "" && column.rest.toUpperCase() !== "UNINDEXED") return `unrecognized column option: ${column.rest}`;
  }
  const tokenizer = options.get("tokenize")?.trim().split(/[\s'"]+/).find((word) => word !== "");
  if (tokenizer !== undefined && !tokenizers.has(tokenizer.toLowerCase())) return `no such tokenizer: ${tokenizer}`;
  if (options.has("prefix") && !/^[\s,]*\d+(?:[\s,]+\d+)*[\s,]*$/.test(options.get("prefix")!)) return "malformed prefix=... directive";
  if (!/^[01]$/.test(options.get("columnsize") ?? "1")) return "malformed columnsize=... directive";
  if (!/^(?:full|none|column)$/i.test(options.get("detail") ?? "full")) return "malformed detail=... directive";
  if (options.get("contentless_delete") === "1" && options.get("content") !== "") return "contentless_delete=1 requires a contentless table";
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  return columns.length === 0 || names.size < columns.length ? `vtable constructor failed: ${name}` : undefined;
}

function treeRefusal({ columns }: VirtualTable): string | undefined {
  const coordinates = columns.filter((column) => !column.name.startsWith("+")).length - 1;
  if (coordinates < 2) return "Too few columns for an rtree table";
  if (coordinates > 10) return "Too many columns for an rtree table";
  return coordinates % 2 === 1 ? "Wrong number of columns for an rtree table" : undefined;
}
