// Fills the tables of a database with rows that look like those of an application in use, and keep every constraint:
// keys, uniqueness, CHECKs, types. The same input gives the same rows. Who wants them, and what for, is not known here.
//
// While it fills, foreign keys are not enforced (values are taken from the parents' real keys, parents first), triggers
// are away (a row must not make others), and indexes that nothing depends on are made when the rows are there.

import type { Database, SqlValue } from "../schema/engine";
import type { Schema, Table } from "../schema/schema";
import { indexesOf } from "../schema/schema";
import { readChecks } from "./checks";
import type { TableChecks } from "./checks";
import { quoteName } from "./proposed-index";
import { draw, seedOf, share } from "./seed/chance";
import { columnPlan } from "./seed/columns";
import type { ColumnPlan } from "./seed/columns";
import { fillVirtual } from "./seed/fill-search";
import { fillTable } from "./seed/fill-table";
import { referencesOf, seedingOrder } from "./seed/references";
import type { Reference, References } from "./seed/references";
import { RowMaker } from "./seed/row-maker";
import type { Keys } from "./seed/row-maker";
import { uniqueSets } from "./seed/unique-sets";

export interface SeedOptions {
  /** How many rows a table is to hold. */
  rows(table: string): number;
  /** Somebody said how many, so that such a table is made smaller only where others being so is not enough. */
  readonly isGiven?: (table: string) => boolean;
  /** Dates lie in the three years before; milliseconds since 1970. */
  readonly until: number;
  /** Values that the code compares a column with, which then are among its values. */
  readonly literals?: (table: string, column: string) => readonly SqlValue[];
  /** Bytes that the rows and their indexes may take, by estimate. */
  readonly maxBytes?: number;
  /** A handful of rows a table: memory is not a question, and indexes stay. */
  readonly isHandful?: true;
}

export interface SeededTable {
  readonly table: string;
  readonly wanted: number;
  readonly rows: number;
  /** Why there are fewer rows than wanted, as a clause. */
  readonly because: string | undefined;
}

export interface Seeded {
  readonly tables: readonly SeededTable[];
  /** The share of the wanted rows that fit into memory; 1 where all do. */
  readonly scale: number;
  /** A row that is not in the table and keeps its constraints: values by column name. */
  fresh(table: string): ReadonlyMap<string, SqlValue> | undefined;
}

export interface SeedProgress {
  readonly table: string;
  readonly done: number;
  readonly total: number;
}

/** Of the 256 MB that an engine may hold: indexes that are tried later need room too. */
const MAX_BYTES = 185 * 1024 * 1024;
/** A table below this size is not made smaller. */
const SMALL = 1_000;
/** Tables that nobody gave a number keep at least this share of their rows for the sake of those that somebody did. */
const LEAST_SHARE = 0.1;
const MOST_ATTEMPTS = 4;

/** Never throws for the schema's sake. Leaves no transaction open; the database must have none either. */
export function* seedRows(db: Database, schema: Schema, options: SeedOptions): Generator<SeedProgress, Seeded> {
  const bytes = bytesOf(schema, options);
  let most = options.maxBytes ?? MAX_BYTES;
  for (let attempt = 1; ; attempt++) {
    const shares = options.isHandful ? ALL : fitting(bytes, most);
    const seeding = new Seeding(db, schema, options, shares);
    const isFull = yield* seeding.run();
    if (!isFull || attempt === MOST_ATTEMPTS) return seeding.result();
    most = bytes(shares) / 2;
  }
}

/** The shares of the wanted rows that are made: in tables that somebody gave a number, and in the others. */
interface Shares {
  readonly given: number;
  readonly others: number;
}

const ALL: Shares = { given: 1, others: 1 };

/** By estimate, what so much of the rows takes. */
function bytesOf(schema: Schema, options: SeedOptions): (shares: Shares) => number {
  const sizes = schema.tables.map((table) => ({ name: table.name, bytes: bytesPerRow(table, schema, options) }));
  return (shares) => sizes.reduce((sum, size) => sum + scaled(size.name, options, shares) * size.bytes, 0);
}

function fitting(bytes: (shares: Shares) => number, most: number): Shares {
  let shares = ALL;
  while (bytes(shares) > most && shares.others > 1e-6) {
    const { given, others } = shares;
    shares = { given: others > LEAST_SHARE ? given : given * 0.95, others: others * 0.95 };
  }
  return shares;
}

function scaled(table: string, { rows, isGiven }: SeedOptions, { given, others }: Shares): number {
  const wanted = rows(table);
  return wanted <= SMALL ? wanted : Math.max(SMALL, Math.round(wanted * (isGiven?.(table) === true ? given : others)));
}

function bytesPerRow(table: Table, schema: Schema, options: SeedOptions): number {
  // What a search index keeps of a text is about as long as the text.
  if (table.kind === "virtual") return 150;
  const checks = readChecks(table);
  const bytes = new Map(table.columns.map((column) => [column.name.toLowerCase(), planOf(table, column.name, checks, schema, options, options.rows(table.name)).domain.bytes + 1]));
  const row = [...bytes.values()].reduce((sum, size) => sum + size, 8);
  return indexesOf(schema, table.name).reduce((sum, { parts }) => sum + 10 + parts.reduce((all, { column }) => all + (bytes.get((column ?? "").toLowerCase()) ?? 10), 0), row) * 0.85;
}

function planOf(table: Table, column: string, checks: TableChecks, schema: Schema, { until, literals }: SeedOptions, rows: number): ColumnPlan {
  const definition = table.columns.find(({ name }) => name === column)!;
  return columnPlan({ table, column: definition, limits: checks.limits.get(column.toLowerCase()) ?? {}, rows, until, literals: literals?.(table.name, column) ?? [], schema });
}

/** A reference into a table that is filled later, because the two name each other. */
interface Open {
  readonly table: Table;
  readonly reference: Reference;
  /** The values are there already, by what the parent's keys will be. */
  readonly isPromised: boolean;
}

class Seeding {
  readonly #db: Database;
  readonly #schema: Schema;
  readonly #options: SeedOptions;
  readonly #shares: Shares;
  readonly #references: References;
  readonly #makers = new Map<string, RowMaker>();
  readonly #keys = new Map<string, Keys>();
  readonly #done = new Set<Table>();
  readonly #open: Open[] = [];
  readonly #result: SeededTable[] = [];
  /** A row may name another one that was promised, or refused, and is not there. */
  #mayDangle = false;

  constructor(db: Database, schema: Schema, options: SeedOptions, shares: Shares) {
    this.#db = db;
    this.#schema = schema;
    this.#options = options;
    this.#shares = shares;
    this.#references = referencesOf(schema);
  }

  /** True where the database was full; nothing is left of the attempt then. */
  *run(): Generator<SeedProgress, boolean> {
    const db = this.#db;
    const keyed = db.run("PRAGMA foreign_keys");
    db.run("PRAGMA foreign_keys = OFF");
    db.run("BEGIN");
    const triggers = this.#setAside("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND sql IS NOT NULL ORDER BY rowid", "TRIGGER");
    const indexes = this.#options.isHandful ? [] : this.#setAside("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE%' ORDER BY rowid", "INDEX");
    const plain = this.#schema.tables.filter(({ kind }) => kind === "table");
    let isFull = false;
    for (const table of seedingOrder(plain, this.#references)) isFull ||= yield* this.#table(table);
    for (const open of this.#open) this.#close(open);
    if (this.#mayDangle) this.#sweep();
    for (const table of this.#schema.tables) if (table.kind === "virtual" && !isFull) isFull = yield* this.#virtual(table);
    for (const sql of [...indexes, ...triggers]) {
      const made = isFull ? undefined : db.run(sql);
      isFull ||= made?.ok === false && /is full/.test(made.message);
      yield { table: "", done: 1, total: 1 };
    }
    db.run(isFull ? "ROLLBACK" : "COMMIT");
    if (keyed.ok && keyed.rows[0]?.[0] === 1) db.run("PRAGMA foreign_keys = ON");
    return isFull;
  }

  result(): Seeded {
    const makers = this.#makers;
    const sum = (of: (table: Table) => number): number => this.#schema.tables.reduce((total, table) => total + of(table), 0);
    return {
      tables: this.#result,
      scale: sum((table) => this.#scaled(table)) / Math.max(1, sum(({ name }) => this.#options.rows(name))),
      fresh(table) {
        const maker = makers.get(table.toLowerCase());
        const row = maker?.next();
        return row === undefined ? undefined : new Map(maker!.columns.map((name, at) => [name, row[at] ?? null]));
      },
    };
  }

  #scaled({ name }: Table): number {
    return scaled(name, this.#options, this.#shares);
  }

  /** Drops what the query names; the statements make it again. */
  #setAside(query: string, what: "TRIGGER" | "INDEX"): readonly string[] {
    const found = this.#db.run(query);
    return (found.ok ? found.rows : []).flatMap(([name, sql]) => (this.#db.run(`DROP ${what} ${quoteName(String(name))}`).ok ? [String(sql)] : []));
  }

  *#table(table: Table): Generator<SeedProgress, boolean> {
    const wanted = this.#options.rows(table.name);
    const before = this.#count(table);
    const total = Math.max(0, this.#scaled(table) - before);
    const missing = this.#missingParent(table);
    if (missing !== undefined) {
      this.#finish(table, { wanted, rows: before, because: `its parent \`${missing}\` has no rows` });
      return false;
    }
    const checks = readChecks(table);
    const maker = this.#makerOf(table, checks, total, before);
    this.#makers.set(table.name.toLowerCase(), maker);
    const filling = fillTable(this.#db, table.name, maker, total, checks);
    let step = filling.next();
    for (; step.done !== true; step = filling.next()) yield { table: table.name, done: step.value, total };
    const { rows, because, isPatchy, isFull } = step.value;
    this.#mayDangle ||= isPatchy && this.#of(table).some(({ parent }) => parent === table);
    this.#finish(table, { wanted, rows: before + rows, because: because ?? (before + rows < wanted ? "more do not fit into memory" : undefined) });
    return isFull;
  }

  #finish(table: Table, about: Omit<SeededTable, "table">): void {
    this.#done.add(table);
    this.#result.push({ table: table.name, ...about });
  }

  #count({ name }: Table): number {
    const counted = this.#db.run(`SELECT count(*) FROM ${quoteName(name)}`);
    return counted.ok ? Number(counted.rows[0]?.[0] ?? 0) : 0;
  }

  /** A parent that must be there and is empty. */
  #missingParent(table: Table): string | undefined {
    const needed = this.#of(table).filter(({ isDeclared, isOptional, parent }) => isDeclared && !isOptional && parent !== table && this.#done.has(parent));
    return needed.find((reference) => this.#keysOf(reference).size === 0)?.parent.name;
  }

  #of(table: Table): readonly Reference[] {
    return this.#references.get(table.name.toLowerCase()) ?? [];
  }

  #makerOf(table: Table, checks: TableChecks, rows: number, first: number): RowMaker {
    const columns = table.columns.filter(({ generated }) => !generated);
    const plans = new Map(columns.map(({ name }) => [name.toLowerCase(), planOf(table, name, checks, this.#schema, this.#options, rows)]));
    const references = this.#of(table).flatMap((reference) => {
      const keys = this.#keysFor(table, reference, rows);
      // What a row repeats of its parent can be read only where the parent is filled.
      const isThere = this.#done.has(reference.parent);
      return keys === undefined ? [] : [{ reference: isThere ? reference : { ...reference, repeated: [] }, keys }];
    });
    return new RowMaker({ table: table.name, columns, plans, references, sets: uniqueSets(table, this.#schema), orders: checks.orders, rows }, first);
  }

  #keysFor(table: Table, reference: Reference, rows: number): Keys | "own" | "later" | undefined {
    if (reference.parent === table) return "own";
    if (this.#done.has(reference.parent)) {
      const keys = this.#keysOf(reference);
      return keys.size === 0 && !reference.isDeclared ? undefined : keys;
    }
    if (!reference.isDeclared) return undefined;
    this.#open.push({ table, reference, isPromised: !reference.isOptional });
    this.#mayDangle ||= !reference.isOptional;
    return reference.isOptional ? "later" : this.#promised(reference, rows);
  }

  /** The keys that a table will have, as its own plan says. */
  #promised({ parent, parentColumns, repeated }: Reference, rows: number): Keys {
    const checks = readChecks(parent);
    const size = this.#scaled(parent);
    const plans = parentColumns.map((name) => planOf(parent, name, checks, this.#schema, this.#options, rows).domain);
    return { size, nth: (n) => [...plans.map((domain) => domain.nth(n)), ...repeated.map(() => null)] };
  }

  /** The keys that a table has. */
  #keysOf({ parent, parentColumns, repeated }: Reference): Keys {
    const columns = [...parentColumns, ...repeated.map(([, theirs]) => theirs)];
    const name = JSON.stringify([parent.name, ...columns]);
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const where = parentColumns.map((column) => `${quoteName(column)} IS NOT NULL`).join(" AND ");
    const order = parent.withoutRowid ? "" : " ORDER BY rowid";
    const read = this.#db.run(`SELECT ${columns.map(quoteName).join(", ")} FROM ${quoteName(parent.name)} WHERE ${where}${order}`);
    const rows = read.ok ? read.rows : [];
    const keys: Keys = { size: rows.length, nth: (n) => rows[n] ?? [] };
    this.#keys.set(name, keys);
    return keys;
  }

  /** Sets the references of a circle now that all keys are there. */
  #close({ table, reference, isPromised }: Open): void {
    if (isPromised || reference.columns.length !== 1 || table.withoutRowid) return;
    const own = quoteName(reference.columns[0]!);
    const child = quoteName(table.name);
    const keys = this.#keysOf({ ...reference, repeated: [] });
    const places = this.#db.run(`SELECT rowid FROM ${child}`);
    if (keys.size === 0 || !places.ok) return;
    const seed = seedOf(table.name, ...reference.columns);
    // One to one where it must be, and in about the same order, as such pairs are made together.
    const rows = places.rows.flatMap(([place], n): SqlValue[][] => (n < keys.size && share(draw(seed, n)) > 0.3 ? [[keys.nth(n)[0] ?? null, place ?? null]] : []));
    this.#db.runEach(`UPDATE OR IGNORE ${child} SET ${own} = ? WHERE rowid = ?`, rows);
  }

  /** Takes away the rows whose parent was promised and did not come, then the rows of those. */
  #sweep(): void {
    for (let isClean = false; !isClean; ) {
      isClean = true;
      for (const table of this.#done) {
        for (const { columns, parent, parentColumns, isDeclared } of this.#of(table)) {
          if (!isDeclared) continue;
          const child = quoteName(table.name);
          const own = columns.map((column) => `${child}.${quoteName(column)}`);
          const matches = own.map((column, at) => `p.${quoteName(parentColumns[at]!)} = ${column}`).join(" AND ");
          const swept = this.#db.run(`DELETE FROM ${child} WHERE ${own.map((column) => `${column} IS NOT NULL`).join(" AND ")} AND NOT EXISTS (SELECT 1 FROM ${quoteName(parent.name)} p WHERE ${matches})`);
          if (!swept.ok || swept.changes === 0) continue;
          isClean = false;
          const at = this.#result.findIndex((result) => result.table === table.name);
          const rows = this.#count(table);
          this.#result[at] = { ...this.#result[at]!, rows, because: this.#result[at]!.because ?? `its parent \`${parent.name}\` has fewer rows` };
        }
      }
    }
  }

  *#virtual(table: Table): Generator<SeedProgress, boolean> {
    const wanted = this.#options.rows(table.name);
    const filling = fillVirtual(this.#db, this.#schema, table, this.#scaled(table));
    let step = filling.next();
    for (; step.done !== true; step = filling.next()) yield { table: table.name, done: step.value, total: wanted };
    const because = step.value;
    const rows = because === undefined ? this.#count(table) : 0;
    // A search index has the rows of its table, however many were asked for.
    this.#result.push({ table: table.name, wanted: because === undefined ? rows : wanted, rows, because });
    return because !== undefined && /is full/.test(because);
  }
}
