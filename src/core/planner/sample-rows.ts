// Rows of a filled database to take values from: of each table one that stands for the heavy user, and the spread of
// its columns.

import type { Database, SqlValue } from "../schema/engine";
import type { Schema, Table } from "../schema/schema";
import { quoteName } from "./proposed-index";
import { referencesOf } from "./seed/references";
import type { References } from "./seed/references";

const SAMPLED = 400;
const LOOKED_AT = 200;

export class SampleRows {
  readonly #db: Database;
  readonly #references: References;
  readonly #typical = new Map<Table, ReadonlyMap<string, SqlValue>>();
  readonly #sorted = new Map<string, readonly SqlValue[]>();

  constructor(db: Database, schema: Schema) {
    this.#db = db;
    this.#references = referencesOf(schema);
  }

  /** A row by column name (lower case) that belongs to what most rows belong to; empty where the table is. */
  typical(table: Table): ReadonlyMap<string, SqlValue> {
    const known = this.#typical.get(table);
    if (known !== undefined) return known;
    // Tables that refer to each other in a circle end here.
    this.#typical.set(table, new Map());
    const row = this.#choose(table);
    this.#typical.set(table, row);
    return row;
  }

  /** A value that the column holds; null where it holds none. */
  value(table: Table, column: string): SqlValue {
    return this.typical(table).get(column.toLowerCase()) ?? this.quantile(table, column, 0.5);
  }

  /** The value below which that share of the column's values lies. */
  quantile(table: Table, column: string, share: number): SqlValue {
    const values = this.#values(table, column);
    return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? null;
  }

  /** The share of the column's values that lie below that of the typical row. */
  rank(table: Table, column: string): number {
    const values = this.#values(table, column);
    const value = this.value(table, column);
    return values.length === 0 ? 0.5 : values.filter((other) => inOrder(other, value) < 0).length / values.length;
  }

  /** Takes a row that no other row needs for the typical one, so that it may be deleted. False where there is none. */
  free(table: Table): boolean {
    const needed = [...this.#references].flatMap(([child, references]) =>
      references.filter(({ parent, isDeclared }) => parent === table && isDeclared).map(({ columns, parentColumns }) => `NOT EXISTS (SELECT 1 FROM ${quoteName(child)} AS c WHERE ${columns.map((column, at) => `c.${quoteName(column)} = t.${quoteName(parentColumns[at]!)}`).join(" AND ")})`),
    );
    const found = this.#db.run(`SELECT * FROM ${quoteName(table.name)} AS t WHERE ${needed.join(" AND ") || "1"} LIMIT 1`);
    const row = found.ok ? found.rows[0] : undefined;
    if (!found.ok || row === undefined) return false;
    this.#typical.set(table, new Map(found.columns.map((name, at) => [name.toLowerCase(), row[at] ?? null])));
    return true;
  }

  /** Different values of the column, the typical row's first. */
  several(table: Table, column: string, count: number): readonly SqlValue[] {
    const values = this.#values(table, column);
    const found = new Set<SqlValue>([this.value(table, column)]);
    for (let at = 0; at < values.length && found.size < count; at++) found.add(values[(at * 37) % values.length] ?? null);
    return [...found].slice(0, count);
  }

  /** What an expression over the columns of a table gives for its typical row, with other values for some of them. */
  evaluate(table: Table, alias: string, expression: string, instead: ReadonlyMap<string, SqlValue> = new Map()): SqlValue | undefined {
    const row = [...this.typical(table)];
    if (row.length === 0) return undefined;
    const columns = row.map(([name]) => `? AS ${quoteName(name)}`).join(", ");
    const found = this.#db.run(`SELECT (${expression}) FROM (SELECT ${columns}) AS ${quoteName(alias)}`, row.map(([name, value]) => instead.get(name) ?? value));
    return found.ok ? (found.rows[0]?.[0] ?? undefined) : undefined;
  }

  #choose(table: Table): ReadonlyMap<string, SqlValue> {
    const wishes = (this.#references.get(table.name.toLowerCase()) ?? []).flatMap(({ columns, parent, parentColumns }) => {
      const value = parent === table || columns.length !== 1 ? undefined : this.typical(parent).get(parentColumns[0]!.toLowerCase());
      return value === undefined || value === null ? [] : [{ column: columns[0]!, value, weight: this.#weight(parent) }];
    });
    wishes.sort((a, b) => b.weight - a.weight);
    const [first] = wishes;
    const matching = first === undefined ? [] : this.#rows(table, `WHERE ${quoteName(first.column)} = ? LIMIT ${LOOKED_AT}`, [first.value]);
    const rows = matching.length > 0 ? matching : this.#rows(table, `LIMIT ${LOOKED_AT}`, []);
    const score = (row: ReadonlyMap<string, SqlValue>): number => wishes.reduce((sum, { column, value, weight }) => sum + (row.get(column.toLowerCase()) === value ? 10 + weight : 0), 0) + [...row.values()].filter((value) => value !== null).length / 100;
    return rows.reduce<ReadonlyMap<string, SqlValue> | undefined>((best, row) => (best === undefined || score(row) > score(best) ? row : best), undefined) ?? new Map();
  }

  /** How many references lead to a table: the users of an application have the most. */
  #weight(table: Table): number {
    return [...this.#references.values()].flat().filter(({ parent }) => parent === table).length;
  }

  #rows(table: Table, rest: string, params: readonly SqlValue[]): readonly ReadonlyMap<string, SqlValue>[] {
    const found = this.#db.run(`SELECT * FROM ${quoteName(table.name)} ${rest}`, params);
    return found.ok ? found.rows.map((row) => new Map(found.columns.map((name, at) => [name.toLowerCase(), row[at] ?? null]))) : [];
  }

  #values(table: Table, column: string): readonly SqlValue[] {
    const key = JSON.stringify([table.name, column.toLowerCase()]);
    const known = this.#sorted.get(key);
    if (known !== undefined) return known;
    const name = quoteName(column);
    const from = quoteName(table.name);
    const counted = this.#db.run(`SELECT count(*) FROM ${from}`);
    const step = Math.max(1, Math.floor(Number(counted.ok ? (counted.rows[0]?.[0] ?? 0) : 0) / SAMPLED));
    const spread = step === 1 || table.withoutRowid ? "" : ` AND rowid % ${step} = 0`;
    const found = this.#db.run(`SELECT ${name} FROM ${from} WHERE ${name} IS NOT NULL${spread} LIMIT ${SAMPLED * 2}`);
    const values = (found.ok ? found.rows.map(([value]) => value ?? null) : []).sort(inOrder);
    this.#sorted.set(key, values);
    return values;
  }
}

function inOrder(a: SqlValue, b: SqlValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
