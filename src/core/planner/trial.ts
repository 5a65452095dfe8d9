// A set of indexes under trial: what is added and dropped is made in the database when something is to be judged, and
// undone at the end. SQLite prefers, of two indexes that cost the same, the one made last, so they are always made in one
// order: those of the schema as they were, then the new ones of a table by their names. A plan follows from the set alone.

import type { Index, Schema, Table } from "../schema/schema";
import { findColumn, findTable, indexesOf } from "../schema/schema";
import type { Statement } from "../sql/statement";
import type { JudgedPlan } from "./planner";
import { asIndex, createIndex, indexKey } from "./proposed-index";
import type { ProposedIndex } from "./proposed-index";

export interface Trial {
  /** False where SQLite refuses it, or another one under trial has its name. */
  add(index: ProposedIndex): boolean;
  remove(index: ProposedIndex): void;
  /** Leaves an existing index out; only those of CREATE INDEX can be. */
  drop(index: Index): void;
  restore(index: Index): void;
  /** Undefined where SQLite refuses the statement. */
  judge(statement: Statement): JudgedPlan | undefined;
}

/** What a trial does to the database. */
export interface TrialDatabase {
  readonly schema: Schema;
  nameOf(index: ProposedIndex): string;
  /** Makes an index with its statistics; false where SQLite refuses it. */
  make(table: Table, index: NamedIndex, sql: string): boolean;
  unmake(name: string): void;
  /** SQLite reads the statistics of new indexes only when it is told to. */
  readStatistics(): void;
  judge(statement: Statement): JudgedPlan | undefined;
}

type NamedIndex = Pick<Index, "name" | "table" | "unique" | "parts" | "where">;

/** One index, there or to be there. */
interface Entry {
  /** Tells one that was proposed from another of the same name; undefined for one of the schema. */
  readonly key: string | undefined;
  readonly index: NamedIndex;
  readonly sql: string;
  readonly place: number;
}

interface TrialTable {
  readonly table: Table;
  /** As they were made, in that order. */
  made: readonly Entry[];
  /** By lower-case name. */
  readonly wanted: Map<string, Entry>;
  /** True where the two may differ. */
  changed: boolean;
}

export class IndexTrial implements Trial {
  readonly #database: TrialDatabase;
  readonly #tables = new Map<string, TrialTable>();
  #stale = false;

  constructor(database: TrialDatabase) {
    this.#database = database;
  }

  add(index: ProposedIndex): boolean {
    const found = this.#tableOf(index.table);
    if (found === undefined) return false;
    const key = indexKey(index);
    const name = this.#database.nameOf(index);
    const known = found.wanted.get(name.toLowerCase());
    if (known !== undefined) return known.key === key;
    const entry: Entry = { key, index: asIndex(index, name), sql: createIndex(index, name), place: Infinity };
    const isPlain = index.where === undefined && index.parts.every(({ column }) => column !== undefined && findColumn(found.table, column) !== undefined);
    if (!isPlain && !found.made.some((made) => made.key === key)) {
      if (!this.#make(found, entry)) return false;
      found.made = [...found.made, entry];
    }
    want(found, entry);
    return true;
  }

  remove(index: ProposedIndex): void {
    const name = this.#database.nameOf(index).toLowerCase();
    const found = this.#tableOf(index.table);
    if (found?.wanted.get(name)?.key === indexKey(index)) leave(found, name);
  }

  drop(index: Index): void {
    const found = index.sql === undefined ? undefined : this.#tableOf(index.table);
    if (found !== undefined) leave(found, index.name.toLowerCase());
  }

  restore(index: Index): void {
    const found = this.#tableOf(index.table);
    const entry = found === undefined ? undefined : this.#existing(found.table).find((one) => one.index.name === index.name);
    if (entry !== undefined) want(found!, entry);
  }

  judge(statement: Statement): JudgedPlan | undefined {
    this.#arrange();
    return this.#database.judge(statement);
  }

  /** Leaves the database as it was. */
  end(): void {
    for (const found of this.#tables.values()) {
      found.wanted.clear();
      found.changed = true;
      for (const entry of this.#existing(found.table)) want(found, entry);
    }
    this.#arrange();
  }

  #tableOf(name: string): TrialTable | undefined {
    const known = this.#tables.get(name.toLowerCase());
    if (known !== undefined) return known;
    const table = findTable(this.#database.schema, name);
    if (table === undefined || table.kind === "virtual") return undefined;
    const made = this.#existing(table);
    const found: TrialTable = { table, made, wanted: new Map(made.map((entry) => [entry.index.name.toLowerCase(), entry])), changed: false };
    this.#tables.set(name.toLowerCase(), found);
    return found;
  }

  #existing(table: Table): readonly Entry[] {
    return indexesOf(this.#database.schema, table.name).flatMap((index, place) => (index.sql === undefined ? [] : [{ key: undefined, index, sql: index.sql, place }]));
  }

  /** Makes the database have what is wanted, in order. */
  #arrange(): void {
    for (const found of this.#tables.values()) {
      if (!found.changed) continue;
      found.changed = false;
      const wanted = [...found.wanted.values()].sort(inOrder);
      const kept = found.made.filter((entry) => wanted.some((one) => isSame(one, entry)));
      const first = wanted.findIndex((entry, at) => kept[at] === undefined || !isSame(kept[at], entry));
      const good = first === -1 ? kept : kept.slice(0, first);
      for (const entry of found.made) if (!good.includes(entry)) this.#database.unmake(entry.index.name);
      const made = first === -1 ? [] : wanted.slice(first).filter((entry) => this.#make(found, entry));
      found.made = [...good, ...made];
    }
    if (this.#stale) this.#database.readStatistics();
    this.#stale = false;
  }

  #make({ table }: TrialTable, { index, sql }: Entry): boolean {
    const isMade = this.#database.make(table, index, sql);
    this.#stale ||= isMade;
    return isMade;
  }
}

function want(found: TrialTable, entry: Entry): void {
  found.wanted.set(entry.index.name.toLowerCase(), entry);
  found.changed = true;
}

function leave(found: TrialTable, name: string): void {
  found.changed = found.wanted.delete(name) || found.changed;
}

function isSame(a: Entry, b: Entry): boolean {
  return a.key === b.key && a.index.name === b.index.name;
}

function inOrder(a: Entry, b: Entry): number {
  if (a.place !== b.place) return a.place - b.place;
  return a.index.name.toLowerCase() < b.index.name.toLowerCase() ? -1 : 1;
}
