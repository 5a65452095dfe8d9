// What is known or assumed about the size of tables and the spread of values, and its form for `sqlite_stat1`.
// Assumptions are stated here once; messages say which source a count came from.

import type { Index, Schema, Table } from "../schema/schema";
import { findColumn, findTable, indexesOf } from "../schema/schema";

export type RowsSource = "configured" | "assumed" | "assumed-small";

export interface TableSize {
  readonly rows: number;
  readonly source: RowsSource;
}

export interface RowSettings {
  readonly default: number | undefined;
  readonly tables: Readonly<Record<string, number>>;
}

/** Without a word from the project, a table is taken to hold this many rows. */
export const ASSUMED_ROWS = 10_000;

/** Tables by these names hold what a person types in, so an application rarely has more than a page of it. */
const SMALL_TABLES = new Set([
  "categories", "config", "configs", "configuration", "countries", "currencies", "features", "feature_flags", "languages",
  "meta", "metadata", "options", "permissions", "plans", "plugins", "roles", "schema_migrations", "schema_version",
  "settings", "statuses", "system_config", "system_settings", "app_settings", "types", "versions",
]);
const SMALL_ROWS = 100;

export class Statistics {
  readonly #schema: Schema;
  readonly #settings: RowSettings;
  readonly #configured: ReadonlyMap<string, number>;

  constructor(schema: Schema, settings: RowSettings) {
    this.#schema = schema;
    this.#settings = settings;
    this.#configured = new Map(Object.entries(settings.tables).map(([name, rows]) => [name.toLowerCase(), rows]));
  }

  size(table: string): TableSize {
    const name = table.toLowerCase();
    const configured = this.#configured.get(name);
    if (configured !== undefined) return { rows: Math.max(1, configured), source: "configured" };
    if (SMALL_TABLES.has(name)) return { rows: SMALL_ROWS, source: "assumed-small" };
    return this.#settings.default === undefined
      ? { rows: ASSUMED_ROWS, source: "assumed" }
      : { rows: Math.max(1, this.#settings.default), source: "configured" };
  }

  /** Where a table's row count comes from, as a clause for a message. */
  describe(table: string): string {
    const { rows, source } = this.size(table);
    const count = rows.toLocaleString("en-US");
    return source === "configured"
      ? `\`${table}\` has ${count} rows by \`plumbline.json\``
      : `\`${table}\` is taken to have ${count} rows, since \`plumbline.json\` does not say`;
  }

  /** How many different values a column is taken to hold. */
  distinct(table: Table, column: string): number {
    const { rows } = this.size(table.name);
    const definition = findColumn(table, column);
    if (definition === undefined) return Math.max(1, rows / 10);
    if (definition.rowidAlias || this.isUnique(table, [definition.name])) return rows;
    return Math.max(1, Math.min(rows, this.#guess(table, definition.name, definition.type, rows)));
  }

  /** Rows of a table that share one value in each of the given columns; at least 1. */
  rowsPerKey(table: Table, columns: readonly string[]): number {
    const { rows } = this.size(table.name);
    if (this.isUnique(table, columns)) return 1;
    const distinct = columns.reduce((product, column) => product * this.distinct(table, column), 1);
    return Math.max(1, rows / Math.min(rows, distinct));
  }

  /**
   * How much of its table an index holds. People make partial indexes for the few rows that matter, such as what is
   * still to be sent, but for those that leave out what was deleted.
   */
  share(index: Pick<Index, "where">): number {
    if (index.where === undefined) return 1;
    return /(deleted|archived|removed|revoked|cancelled)/i.test(index.where) ? 0.9 : 0.1;
  }

  /** The `stat` text of an index: rows in it, then rows per distinct prefix. */
  stat(table: Table, index: Pick<Index, "unique" | "parts" | "where">): string {
    const { rows } = this.size(table.name);
    const held = Math.max(1, Math.round(rows * this.share(index)));
    const share = held / rows;
    const prefix: string[] = [];
    const figures = index.parts.map((part) => {
      prefix.push(part.column ?? "");
      return Math.max(1, Math.round(this.rowsPerKey(table, prefix) * share));
    });
    if (index.unique && figures.length > 0) figures[figures.length - 1] = 1;
    // A D1 database has no statistics unless someone ran ANALYZE, and without them SQLite never skips over a column.
    return [held, ...figures, "noskipscan"].join(" ");
  }

  /** All rows of `sqlite_stat1` for the schema: table, index or null, stat. */
  stat1(): readonly (readonly [string, string | null, string])[] {
    const result: [string, string | null, string][] = [];
    for (const table of this.#schema.tables) {
      if (table.kind === "virtual") continue;
      const indexes = indexesOf(this.#schema, table.name);
      for (const index of indexes) {
        // The primary key of a table without rowid is known to SQLite's statistics by the table's name.
        const name = table.withoutRowid && index.made === "pk" ? table.name : index.name;
        result.push([table.name, name, this.stat(table, index)]);
      }
      // SQLite takes a table's size from any whole index of it; without one it wants to be told.
      if (!indexes.some((index) => index.where === undefined)) result.push([table.name, null, String(this.size(table.name).rows)]);
    }
    return result;
  }

  /** Whether no two rows share their values in these columns. */
  isUnique(table: Table, columns: readonly string[]): boolean {
    const held = new Set(columns.map((column) => column.toLowerCase()));
    if (table.columns.some((column) => column.rowidAlias && held.has(column.name.toLowerCase()))) return true;
    return indexesOf(this.#schema, table.name).some(
      (index) => index.unique && index.where === undefined && index.parts.every((part) => part.column !== undefined && held.has(part.column.toLowerCase())),
    );
  }

  #guess(table: Table, column: string, type: string, rows: number): number {
    const name = column.toLowerCase();
    const key = table.foreignKeys.find((foreign) => foreign.columns.length === 1 && foreign.columns[0]!.toLowerCase() === name);
    if (key !== undefined) {
      const parent = findTable(this.#schema, key.parent);
      return Math.min(parent === undefined ? rows : this.size(parent.name).rows, Math.sqrt(rows));
    }
    if (/^bool/i.test(type) || /^(is|has|can|should|allow|enable)_/.test(name) || /^(active|enabled|deleted|archived|hidden|visible|public|published|verified|read|done|completed|paid|default)$/.test(name)) return 2;
    if (/(^|_)(status|state|type|kind|role|level|priority|currency|category|method|frequency|severity|gender|lang|language|locale|provider|source|mode|period|year|month)$/.test(name)) return 6;
    // Most rows are alive, so that nearly all of them share one value: NULL.
    if (/^(deleted|archived|removed|revoked|cancelled|banned|disabled|suspended)_?(at|on|date|by)$/.test(name)) return 1;
    if (/_at(_ms)?$|^(created|updated|timestamp|time)$/.test(name)) return rows;
    if (/date$|_on$|^day$/.test(name)) return Math.min(rows, 1_000);
    if (/(email|hash|token|slug|uuid|guid|key|code|username|handle|url|uri|path|domain)$/.test(name)) return rows;
    if (/_id$|id$/.test(name)) return Math.sqrt(rows);
    return rows / 10;
  }
}
