// Fills the stand-ins of virtual tables: a search index with the texts of the table that it belongs to.

import type { Database } from "../../schema/engine";
import type { Schema, Table } from "../../schema/schema";
import { findColumn, findTable } from "../../schema/schema";
import { readVirtualTable } from "../../schema/virtual-table";
import { quoteName } from "../proposed-index";
import { draw, seedOf, share } from "./chance";

const BATCH = 2_000;

/** Pauses after each batch, with the rows so far. The result is why there are none. */
export function* fillVirtual(db: Database, schema: Schema, table: Table, rows: number): Generator<number, string | undefined> {
  const definition = readVirtualTable(table.sql);
  if (definition === undefined) return "its definition cannot be read";
  if (/^rtree/.test(definition.module)) return yield* fillCoordinates(db, table, rows);
  if (!/^fts[345]$/.test(definition.module)) return `tables of the module ${definition.module} are left empty`;
  const names = definition.columns.map(({ name }) => name);
  const source = sourceOf(schema, definition.options.get("content"), names, table.name);
  if (source === undefined) return "no table has the texts that it would search";
  const key = definition.options.get("content_rowid") ?? source.columns.find(({ rowidAlias }) => rowidAlias)?.name ?? "rowid";
  const values = names.map((name) => (findColumn(source, name) === undefined ? "''" : quoteName(name)));
  const place = source.withoutRowid ? undefined : quoteName(key);
  const last = place === undefined ? undefined : db.run(`SELECT max(${place}) FROM ${quoteName(source.name)}`);
  const highest = last?.ok === true ? Number(last.rows[0]?.[0] ?? 0) : 0;
  let done = 0;
  // Without numbers to go by, what fits into one batch is enough to search in.
  for (let from = 0; from === 0 || from < highest; from += BATCH) {
    const columns = [...(place === undefined ? [] : ["rowid"]), ...names.map(quoteName)].join(", ");
    const within = place === undefined ? `LIMIT ${BATCH}` : `WHERE ${place} > ${from} AND ${place} <= ${from + BATCH}`;
    const filled = db.run(`INSERT INTO ${quoteName(table.name)} (${columns}) SELECT ${[...(place === undefined ? [] : [place]), ...values].join(", ")} FROM ${quoteName(source.name)} ${within}`);
    if (!filled.ok) return filled.message;
    done += filled.changes;
    yield done;
    if (place === undefined) break;
  }
  return undefined;
}

/** The table that is named, else the one that has the most of the columns. */
function sourceOf(schema: Schema, content: string | undefined, names: readonly string[], self: string): Table | undefined {
  const named = content === undefined || content === "" ? undefined : findTable(schema, content);
  if (named !== undefined) return named;
  const shared = (table: Table): number => names.filter((name) => findColumn(table, name) !== undefined).length + (self.toLowerCase().startsWith(table.name.toLowerCase()) ? 0.5 : 0);
  const best = schema.tables.filter(({ kind }) => kind === "table").sort((a, b) => shared(b) - shared(a))[0];
  return best !== undefined && shared(best) >= 1 ? best : undefined;
}

function* fillCoordinates(db: Database, table: Table, rows: number): Generator<number, string | undefined> {
  const [id, ...rest] = table.columns.map(({ name }) => name);
  if (id === undefined) return "it has no columns";
  const seed = seedOf(table.name);
  const insert = `INSERT OR IGNORE INTO ${quoteName(table.name)} (${[id, ...rest].map(quoteName).join(", ")}) VALUES (${["?", ...rest.map(() => "?")].join(", ")})`;
  for (let from = 0; from < rows; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, rows - from) }, (_, at) => {
      const n = from + at;
      // Minimum and maximum take turns.
      return [n + 1, ...rest.map((__, place) => Math.round((share(draw(seed + Math.floor(place / 2), n)) * 180 - 90) * 100) / 100 + (place % 2 === 0 ? 0 : 0.1))];
    });
    const filled = db.runEach(insert, batch);
    if (!filled.ok) return filled.message;
    yield from + batch.length;
  }
  return undefined;
}
