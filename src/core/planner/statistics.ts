// What is known or assumed about the size of tables and the spread of values, and its form for `sqlite_stat1`.
// Assumptions are stated here once, those about columns in `column-guess.ts`; messages say which source a count came from.

import type { Index, Schema, Table } from "../schema/schema";
import { findColumn, findTable, indexesOf } from "../schema/schema";
import { conjuncts } from "../sql/expressions";
import { parseStatement } from "../sql/statement";
import { guessDistinct, guessFlag, guessNulls } from "./column-guess";
import type { TableSizes } from "./column-guess";
import { literalOf } from "./literal";
import { distinctAmong } from "./measured";
import type { MeasuredColumn, MeasuredStatistics } from "./measured";
import { tableKind } from "./table-kind";

/**
 * `measured`: counted in the local database. `insights`: from the calls that Cloudflare recorded. `seeded`: what the
 * migrations and seed files insert.
 */
export type RowsSource = "configured" | "measured" | "insights" | "seeded" | "assumed" | "assumed-small" | "assumed-large";

export interface TableSize {
  readonly rows: number;
  readonly source: RowsSource;
}

export interface RowSettings {
  readonly default: number | undefined;
  readonly tables: Readonly<Record<string, number>>;
}

/** What has been counted of the tables of a database, each by lower-case name. */
export interface CountedTables {
  readonly measured?: MeasuredStatistics | undefined;
  /** Rows as recorded traffic tells. */
  readonly insights?: ReadonlyMap<string, number> | undefined;
  readonly seeded?: ReadonlyMap<string, SeededRows> | undefined;
}

/** The rows that migrations and seed files insert into a table. */
export interface SeededRows {
  readonly rows: number;
  /** Nothing else inserts: no code and no trigger. */
  readonly isAll: boolean;
}

/** Without a word from the project, a table is taken to hold this many rows. */
export const ASSUMED_ROWS = 10_000;
const SMALL_ROWS = 100;
const LOG_ROWS = 100_000;
/** Rows of a linking table for each row of the larger table that it links. */
const LINKS = 3;
const MOST_LINKS = 1_000_000;

/** Fewer rows in a local database say how little was tried out there, not how much there will be. */
const LEAST_MEASURED = 1_000;
/** From so many rows on, the spread of a column's values is believed. */
const LEAST_SPREAD = 100;

export class Statistics {
  readonly #schema: Schema;
  readonly #settings: RowSettings;
  readonly #configured: ReadonlyMap<string, number>;
  readonly #measured: MeasuredStatistics | undefined;
  readonly #insights: ReadonlyMap<string, number> | undefined;
  readonly #seeded: ReadonlyMap<string, SeededRows> | undefined;
  /** Asked for at every plan; nothing here changes. */
  readonly #distinct = new Map<Table, Map<string, number>>();
  readonly #sizes: TableSizes = { rows: (table) => this.size(table).rows, areRelated: (table, parent) => (this.isKnown(table) && this.isKnown(parent)) || this.#isLinkOf(table, parent) };

  constructor(schema: Schema, settings: RowSettings, { measured, insights, seeded }: CountedTables = {}) {
    this.#schema = schema;
    this.#settings = settings;
    this.#configured = new Map(Object.entries(settings.tables).map(([name, rows]) => [name.toLowerCase(), rows]));
    this.#measured = measured;
    this.#insights = insights;
    this.#seeded = seeded;
  }

  size(table: string): TableSize {
    const name = table.toLowerCase();
    const configured = this.#configured.get(name);
    if (configured !== undefined) return { rows: Math.max(1, configured), source: "configured" };
    const local = this.#measured?.tables.get(name)?.rows ?? 0;
    if (local >= LEAST_MEASURED) return { rows: local, source: "measured" };
    const insight = this.#insights?.get(name);
    if (insight !== undefined) return { rows: Math.max(1, insight, local), source: "insights" };
    const seeded = this.#seeded?.get(name);
    const assumed = this.#assumed(table);
    if (seeded !== undefined && seeded.rows >= local && (seeded.isAll || seeded.rows > assumed.rows)) return { rows: seeded.rows, source: "seeded" };
    return local > assumed.rows ? { rows: local, source: "measured" } : assumed;
  }

  /** Whether somebody has said or counted how many rows it has. A default for all tables says nothing of the one beside the other. */
  isKnown(table: string): boolean {
    const { source } = this.size(table);
    return source === "configured" ? this.#configured.has(table.toLowerCase()) : source === "measured" || source === "insights" || source === "seeded";
  }

  /** Where a table's row count comes from, as a clause for a message. */
  describe(table: string): string {
    const { rows, source } = this.size(table);
    const count = rows.toLocaleString("en-US");
    const local = this.#measured?.tables.get(table.toLowerCase())?.rows;
    const few = local === undefined ? "" : ` and the local database holds only ${local.toLocaleString("en-US")}`;
    switch (source) {
      case "configured":
        return `\`${table}\` has ${count} rows by \`plumbline.json\``;
      case "measured":
        return `\`${table}\` has ${count} rows in the local D1 database`;
      case "insights":
        return `\`${table}\` has about ${count} rows by what \`wrangler d1 insights\` recorded`;
      case "seeded":
        return `\`${table}\` is taken to have the ${count} ${rows === 1 ? "row" : "rows"} that migrations and seed files insert${this.#seeded?.get(table.toLowerCase())?.isAll === true ? ", since no code inserts more" : ""}`;
      case "assumed":
      case "assumed-small":
      case "assumed-large":
        return `\`${table}\` is taken to have ${count} ${rows === 1 ? "row" : "rows"}${this.#asWhat(table)}, since \`plumbline.json\` does not say${few}`;
    }
  }

  /** How many different values a column is taken to hold, NULL apart: rows by this are the rows that share a value. */
  distinct(table: Table, column: string): number {
    const ofTable = this.#distinct.get(table) ?? new Map<string, number>();
    this.#distinct.set(table, ofTable);
    let values = ofTable.get(column);
    if (values === undefined) ofTable.set(column, (values = this.#countDistinct(table, column)));
    return values;
  }

  #countDistinct(table: Table, column: string): number {
    const { rows, source } = this.size(table.name);
    const definition = findColumn(table, column);
    if (definition === undefined) return Math.max(1, rows / 10);
    if (definition.rowidAlias || this.isUnique(table, [definition.name])) return rows;
    const guess = guessDistinct(table, definition, this.#schema, this.#sizes);
    const measured = this.#spread(table, column);
    if (measured === undefined) return Math.max(1, Math.min(rows, guess));
    const found = distinctAmong(measured, rows) / Math.max(1 - measured.nulls, 1 / rows);
    // Whoever tries things out locally does it with few users and few of whatever else rows belong to.
    const known = source === "measured" || !/id$/i.test(column) ? found : Math.max(found, guess);
    return Math.max(1, Math.min(rows, known));
  }

  /** Rows of a table that share one value in each of the given columns; at least 1. */
  rowsPerKey(table: Table, columns: readonly string[]): number {
    const { rows } = this.size(table.name);
    if (this.isUnique(table, columns)) return 1;
    const distinct = columns.reduce((product, column) => product * this.distinct(table, column), 1);
    return Math.max(1, rows / Math.min(rows, distinct));
  }

  /**
   * The share of a table's rows, from 0 to 1, where a column is NULL, is not, or equals one value. Without a literal it
   * is the share of any one value.
   */
  shareOf(table: Table, column: string, kind: "null" | "not-null" | "value", literal?: string | number): number {
    const definition = findColumn(table, column);
    if (definition === undefined) return kind === "null" ? 0.5 : kind === "not-null" ? 0.5 : 0.1;
    const measured = this.#spread(table, column);
    const nulls = measured?.nulls ?? guessNulls(definition);
    if (kind !== "value") return kind === "null" ? nulls : 1 - nulls;
    const { rows } = this.size(table.name);
    const known = measured !== undefined && literal !== undefined ? shareAmong(measured, literal) : guessFlag(definition, literal);
    return Math.max(known ?? 1 / this.distinct(table, column), 1 / rows);
  }

  /**
   * How much of its table an index holds, by its condition. Where that is no plain one: people make partial indexes for
   * the few rows that matter, such as what is still to be sent, but for those that leave out what was deleted.
   */
  share(index: Pick<Index, "where"> & { readonly table?: string }): number {
    if (index.where === undefined) return 1;
    const table = index.table === undefined ? undefined : findTable(this.#schema, index.table);
    const known = table === undefined ? undefined : this.#shareWhere(table, index.where);
    return known ?? (/(deleted|archived|removed|revoked|cancelled)/i.test(index.where) ? 0.9 : 0.1);
  }

  /** The `stat` text of an index: rows in it, then rows per distinct prefix. */
  stat(table: Table, index: Pick<Index, "unique" | "parts" | "where">): string {
    const { rows } = this.size(table.name);
    const held = Math.max(1, Math.round(rows * this.share({ ...index, table: table.name })));
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
        result.push([table.name, name, this.#analysed(table, index, name) ?? this.stat(table, index)]);
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

  /** Its size was taken to be so many rows for each of the larger parent, so that is what each of them has. */
  #isLinkOf(name: string, parent: string): boolean {
    const table = findTable(this.#schema, name);
    if (table === undefined || this.size(name).source !== "assumed-large") return false;
    const kind = tableKind(table, this.#schema);
    return kind.kind === "link" && kind.parents.some((one) => one.name.toLowerCase() === parent.toLowerCase());
  }

  #assumed(name: string): TableSize {
    const table = findTable(this.#schema, name);
    const kind = table === undefined ? { kind: "ordinary" as const } : tableKind(table, this.#schema);
    if (kind.kind === "listed") return { rows: kind.rows, source: "assumed-small" };
    if (kind.kind === "lookup") return { rows: SMALL_ROWS, source: "assumed-small" };
    if (this.#settings.default !== undefined) return { rows: Math.max(1, this.#settings.default), source: "configured" };
    if (kind.kind === "log") return { rows: LOG_ROWS, source: "assumed-large" };
    if (kind.kind === "link") {
      const sizes = kind.parents.map((parent) => (tableKind(parent, this.#schema).kind === "link" ? ASSUMED_ROWS : this.size(parent.name).rows));
      return { rows: Math.min(MOST_LINKS, LINKS * Math.max(...sizes, ASSUMED_ROWS)), source: "assumed-large" };
    }
    return { rows: ASSUMED_ROWS, source: "assumed" };
  }

  #asWhat(name: string): string {
    const table = findTable(this.#schema, name);
    switch (table === undefined ? "ordinary" : tableKind(table, this.#schema).kind) {
      case "listed":
        return ", which is all that its CHECK allows";
      case "lookup":
        return " as a lookup table";
      case "log":
        return " as a log";
      case "link":
        return " as a link between tables";
      case "ordinary":
        return "";
    }
  }

  #spread(table: Table, column: string): MeasuredColumn | undefined {
    const measured = this.#measured?.tables.get(table.name.toLowerCase())?.columns.get(column.toLowerCase());
    return measured !== undefined && measured.seen >= LEAST_SPREAD ? measured : undefined;
  }

  /** What ANALYZE wrote of an index in the local database, where it is about the same index and the same rows. */
  #analysed(table: Table, index: Index, name: string): string | undefined {
    const found = this.size(table.name).source === "measured" ? this.#measured?.tables.get(table.name.toLowerCase())?.stats.get(name.toLowerCase()) : undefined;
    const same = found?.columns.length === index.parts.length && index.parts.every(({ column }, at) => (column ?? null)?.toLowerCase() === found.columns[at]?.toLowerCase());
    return same ? found.stat : undefined;
  }

  /** The share of rows that a WHERE clause of plain conditions leaves; undefined for another one. */
  #shareWhere(table: Table, where: string): number | undefined {
    let share = 1;
    for (const condition of readConditions(where)) {
      if (condition === undefined) return undefined;
      share *= this.shareOf(table, condition.column, condition.kind, condition.literal);
    }
    return share;
  }
}

interface PlainCondition {
  readonly column: string;
  readonly kind: "null" | "not-null" | "value";
  readonly literal?: string | number;
}

/** The conditions of a partial index; undefined for one that is not plain. */
function readConditions(where: string): readonly (PlainCondition | undefined)[] {
  const parsed = parseStatement(`SELECT 1 WHERE ${where}`);
  const core = parsed.ok && parsed.ast.type === "SelectStmt" ? parsed.ast.body.select : undefined;
  if (core?.type !== "SelectFrom") return [undefined];
  return conjuncts(core.whereClause).map((expr): PlainCondition | undefined => {
    if ((expr.type === "IsNullExpr" || expr.type === "NotNullExpr") && expr.expr.type === "Id") return { column: expr.expr.name, kind: expr.type === "IsNullExpr" ? "null" : "not-null" };
    if (expr.type !== "BinaryExpr" || expr.left.type !== "Id") return undefined;
    const column = expr.left.name;
    if (expr.right.type === "NullLiteral") return expr.op === "Is" ? { column, kind: "null" } : expr.op === "IsNot" ? { column, kind: "not-null" } : undefined;
    const literal = expr.op === "Equals" || expr.op === "Is" ? literalOf(expr.right) : undefined;
    return typeof literal !== "string" && typeof literal !== "number" ? undefined : { column, kind: "value", literal };
  });
}

/** Of a value that is not common, an equal part of what the common ones leave. */
function shareAmong({ nulls, distinct, common }: MeasuredColumn, literal: string | number): number {
  const found = common.find(({ value }) => value === literal);
  if (found !== undefined) return found.share;
  const rest = 1 - nulls - common.reduce((sum, { share }) => sum + share, 0);
  return distinct > common.length ? Math.max(0, rest) / (distinct - common.length) : 0;
}
