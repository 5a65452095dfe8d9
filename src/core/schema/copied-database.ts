// A copy of a real database, made so that the engine can run it: virtual tables that the engine lacks get their
// stand-ins, with the rows that they held. Only ever given copies.

import type { Database, SqlValue } from "./engine";
import { Origins } from "./origins";
import { forEngine } from "./stand-ins";
import { readVirtualTable } from "./virtual-table";
import type { VirtualTable } from "./virtual-table";
import { World } from "./world";
import type { Target } from "./world";

/** Never throws. A table whose rows cannot be read stays empty. */
export function copiedWorld(db: Database, target: Target): World {
  const origins = new Origins();
  const found = db.run("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%' ORDER BY rowid");
  for (const [name, sql] of found.ok ? found.rows : []) replace(db, origins, String(name), String(sql));
  return new World(db, target, origins);
}

function replace(db: Database, origins: Origins, name: string, sql: string): void {
  const table = readVirtualTable(sql);
  const standIn = forEngine(sql, { tables: [] });
  if (table === undefined || standIn === sql) return;
  const rows = contentOf(db, table);
  forget(db, name);
  for (const shadow of shadowsOf(table)) db.run(`DROP TABLE IF EXISTS ${quote(shadow)}`);
  db.run(standIn);
  const virtual = { name, kind: "virtual" as const, sql };
  origins.tables.set(name.toLowerCase(), { origin: { file: "", span: { start: 0, end: 0 } }, columns: new Map(), virtual });
  if (rows === undefined) return;
  db.runEach(`INSERT INTO ${quote(name)} (${rows.columns.map(quote).join(", ")}) VALUES (${rows.columns.map(() => "?").join(", ")})`, rows.values);
}

/** A module that is missing cannot drop its table. */
function forget(db: Database, name: string): void {
  db.run("PRAGMA writable_schema = ON");
  db.run("DELETE FROM sqlite_schema WHERE type = 'table' AND name = ?", [name]);
  db.run("PRAGMA writable_schema = RESET");
}

function shadowsOf({ name, module }: VirtualTable): readonly string[] {
  const parts = module === "fts5" ? ["data", "idx", "content", "docsize", "config"] : module.startsWith("rtree") ? ["node", "rowid", "parent"] : [];
  return parts.map((part) => `${name}_${part}`);
}

interface Content {
  readonly columns: readonly string[];
  readonly values: readonly (readonly SqlValue[])[];
}

function contentOf(db: Database, table: VirtualTable): Content | undefined {
  return table.module === "fts5" ? searchContent(db, table) : table.module.startsWith("rtree") ? boxes(db, table) : undefined;
}

/** Texts are in a table of FTS5's own, or in the one that `content=` names; a table without content has none. */
function searchContent(db: Database, { name, columns, options }: VirtualTable): Content | undefined {
  const content = options.get("content");
  if (content === "") return undefined;
  const names = columns.map((column) => column.name);
  const own = names.map((column, at) => (content === undefined ? `c${at}` : quote(column)));
  const key = content === undefined ? "id" : quote(options.get("content_rowid") ?? "rowid");
  const read = db.run(`SELECT ${[key, ...own].join(", ")} FROM ${quote(content ?? `${name}_content`)}`);
  return read.ok ? { columns: ["rowid", ...names], values: read.rows } : undefined;
}

/**
 * The leaves of an R*Tree: two bytes that only the root uses, the number of cells in two, then for each cell its row in
 * eight and its coordinates in four each (https://sqlite.org/rtree.html, "Shadow Tables", and ext/rtree/rtree.c).
 */
function boxes(db: Database, { name, module, columns }: VirtualTable): Content | undefined {
  const [key, ...others] = columns.map((column) => column.name);
  const coordinates = others.filter((column) => !column.startsWith("+"));
  const leaves = db.run(`SELECT data FROM ${quote(`${name}_node`)} WHERE nodeno IN (SELECT nodeno FROM ${quote(`${name}_rowid`)})`);
  if (!leaves.ok || key === undefined) return undefined;
  const values = leaves.rows.flatMap(([data]) => (data instanceof Uint8Array ? cells(data, coordinates.length, module === "rtree_i32") : []));
  return { columns: [key, ...coordinates], values };
}

function cells(data: Uint8Array, coordinates: number, isWhole: boolean): readonly (readonly SqlValue[])[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const size = 8 + 4 * coordinates;
  const count = Math.min(view.getUint16(2), Math.floor((data.length - 4) / size));
  return Array.from({ length: count }, (_, at) => {
    const start = 4 + at * size;
    const box = Array.from({ length: coordinates }, (_cell, n) => (isWhole ? view.getInt32(start + 8 + 4 * n) : view.getFloat32(start + 8 + 4 * n)));
    return [Number(view.getBigInt64(start)), ...box];
  });
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
