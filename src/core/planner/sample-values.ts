// Values to bind to a statement, such that it finds something in a filled database: the heavy user's keys, a month of
// dates, words that stand in the texts, rows that a table takes.

import type { SqlValue } from "../schema/engine";
import { parameterCount, placeholders } from "../sql/parameters";
import type { Statement } from "../sql/statement";
import type { Schema, Table } from "../schema/schema";
import { parameterPlaces } from "./parameter-places";
import type { Against, ColumnPlace, ParameterPlace, Role } from "./parameter-places";
import type { SampleRows } from "./sample-rows";

export interface SampleFacts {
  readonly schema: Schema;
  readonly rows: SampleRows;
  /** A row that the table would take, by column name. */
  fresh(table: string): ReadonlyMap<string, SqlValue> | undefined;
}

/** One value for each parameter, by its number. `known` are values that the code binds, by number. */
export function sampleValues(statement: Statement, facts: SampleFacts, known: ReadonlyMap<number, SqlValue> = new Map()): readonly SqlValue[] {
  const places = parameterPlaces(statement, facts.schema);
  const chooser = new Chooser(facts, places);
  return Array.from({ length: parameterCount(placeholders(statement)) }, (_, at) => {
    const number = at + 1;
    const value = known.get(number);
    return value === undefined ? chooser.value(number) : value;
  });
}

/** The share of its rows that a range takes: a month of the three years that seeded dates lie in. */
const MONTH = 0.03;
const LIMIT = 20;
const LISTED = 10;

/** Of several places of one parameter, the one that says most. */
const strength: readonly Role["kind"][] = ["equal", "in", "list", "insert", "low", "high", "like", "match", "glob", "set", "objects", "entries", "limit", "offset", "modifier", "unknown"];

class Chooser {
  readonly #facts: SampleFacts;
  readonly #places: readonly ParameterPlace[];
  readonly #fresh = new Map<string, ReadonlyMap<string, SqlValue> | undefined>();
  readonly #listed = new Map<string, number>();

  constructor(facts: SampleFacts, places: readonly ParameterPlace[]) {
    this.#facts = facts;
    this.#places = places;
  }

  value(number: number): SqlValue {
    const roles = this.#places.filter((place) => place.number === number).map(({ role }) => role);
    const [role] = roles.sort((a, b) => strength.indexOf(a.kind) - strength.indexOf(b.kind));
    return role === undefined ? null : this.#of(role);
  }

  #of(role: Role): SqlValue {
    switch (role.kind) {
      case "equal":
        return this.#equal(role.against);
      case "in":
        return this.#next(role.against);
      case "list":
        return JSON.stringify(this.#several(role.against, LISTED));
      case "low":
      case "high":
        return this.#bound(role.kind, role.against);
      case "like":
      case "glob":
        return this.#pattern(role.against, role.isPart ? "" : role.kind === "like" ? "%" : "*");
      case "match":
        return this.#word(role.against);
      case "insert":
        return this.#inserted(role.place, role.row);
      case "set":
        return this.#inserted(role.place, 0);
      case "objects":
        return JSON.stringify([0, 1, 2].map((row) => Object.fromEntries([...role.keys].map(([key, place]) => [key, plain(place === undefined ? 1 : this.#inserted(place, row))]))));
      case "entries": {
        const pairs = [0, 1, 2].map((row) => [String(role.key === undefined ? row : this.#inserted(role.key, row)), plain(role.value === undefined ? 1 : this.#inserted(role.value, row))] as const);
        return JSON.stringify(Object.fromEntries(pairs));
      }
      case "limit":
        return LIMIT;
      case "offset":
        return 0;
      case "modifier":
        return "-30 days";
      case "unknown":
        return 1;
    }
  }

  #equal({ table, column, expression, alias }: Against): SqlValue {
    const value = expression === undefined ? undefined : this.#facts.rows.evaluate(table, alias, expression);
    return value === undefined ? this.#facts.rows.value(table, column) : value;
  }

  #several({ table, column }: Against, count: number): readonly SqlValue[] {
    return this.#facts.rows.several(table, column, count).map(plain);
  }

  /** Each parameter of a list gets another value. */
  #next(against: Against): SqlValue {
    const key = `${against.table.name}.${against.column}`;
    const at = this.#listed.get(key) ?? 0;
    this.#listed.set(key, at + 1);
    const values = this.#facts.rows.several(against.table, against.column, at + 1);
    return values[at] ?? values[0] ?? null;
  }

  /** About a month around the typical row; the newest where there is no other end, the oldest where no start. */
  #bound(kind: "low" | "high", { table, column, expression, alias }: Against): SqlValue {
    const hasBoth = new Set(this.#places.flatMap(({ role }) => ((role.kind === "low" || role.kind === "high") && role.against.table === table && role.against.column === column ? [role.kind] : []))).size === 2;
    const middle = hasBoth ? Math.max(MONTH / 2, Math.min(1 - MONTH / 2, this.#facts.rows.rank(table, column))) : kind === "low" ? 1 - MONTH / 2 : MONTH / 2;
    const share = kind === "low" ? middle - MONTH / 2 : middle + MONTH / 2;
    const value = this.#facts.rows.quantile(table, column, share);
    if (expression === undefined) return value;
    return this.#facts.rows.evaluate(table, alias, expression, new Map([[column.toLowerCase(), value]])) ?? value;
  }

  #pattern(against: Against | undefined, any: string): SqlValue {
    return `${any}${this.#word(against)}${any}`;
  }

  /** A word of what the column holds: one that is not too rare. */
  #word(against: Against | undefined): string {
    const texts = against === undefined ? [] : this.#texts(against.table, against.column);
    return /\p{L}{4,}/u.exec(texts.find((text) => /\p{L}{4,}/u.test(text)) ?? "")?.[0] ?? "garden";
  }

  /** A search index is matched by its own name, and its texts are in its columns. */
  #texts(table: Table, column: string): readonly string[] {
    const value = this.#facts.rows.value(table, column);
    return [value, ...this.#facts.rows.typical(table).values()].flatMap((one) => (typeof one === "string" ? [one] : []));
  }

  #inserted({ table, column }: ColumnPlace, row: number): SqlValue {
    const key = `${table.name} ${row}`;
    if (!this.#fresh.has(key)) this.#fresh.set(key, this.#facts.fresh(table.name));
    const value = this.#fresh.get(key)?.get(column);
    return value === undefined ? this.#facts.rows.value(table, column) : value;
  }
}

/** As JSON can hold it. */
function plain(value: SqlValue): string | number | null {
  return value instanceof Uint8Array ? "" : value;
}
