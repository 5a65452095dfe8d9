// Where the rows of a table are read, and what tells them apart.

import type { Database } from "../schema/engine";
import { searchContent } from "../schema/search-content";
import type { VirtualTables } from "../schema/stand-ins";

export interface ShownRows {
  /** For FROM. */
  readonly from: string;
  /** Names as written in the definition, and as an expression reads them. */
  readonly columns: readonly { readonly name: string; readonly read: string }[];
  /** Expressions. */
  readonly key: readonly string[];
}

export function shownRows(db: Database, table: string, { tables }: VirtualTables): ShownRows {
  const own = tables.find(({ name }) => name.toLowerCase() === table.toLowerCase());
  const content = own && searchContent(own.sql);
  return content === undefined ? ownRows(db, table) : { ...content, key: [content.key] };
}

function ownRows(db: Database, table: string): ShownRows {
  const info = db.run("SELECT name, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid", [table]);
  const rows = info.ok ? info.rows.map(([name, pk]) => ({ name: String(name), read: quote(String(name)), pk: Number(pk) })) : [];
  const keys = rows.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk).map(({ read }) => read);
  return { from: quote(table), columns: rows, key: keys.length > 0 ? keys : ["rowid"] };
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
