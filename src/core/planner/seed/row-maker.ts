// Makes the rows of one table, one after the other: keys of other tables, plausible values, in the order that CHECKs
// ask for, and such that no two rows share what must be unique. SQLite has the last word on every row.

import type { SqlValue } from "../../schema/engine";
import type { Column } from "../../schema/schema";
import type { Order } from "../checks";
import { draw, seedOf, share, shuffled, skewed } from "./chance";
import type { ColumnPlan } from "./columns";
import type { Reference } from "./references";
import type { Condition, UniqueSet } from "./unique-sets";
import { meets } from "./unique-sets";

/** The keys of a parent table. `nth` gives the parent's columns of a reference, then those that it repeats. */
export interface Keys {
  readonly size: number;
  nth(n: number): readonly SqlValue[];
}

export interface RowFacts {
  readonly table: string;
  /** Those that are inserted, in order. */
  readonly columns: readonly Column[];
  /** By lower-case name. */
  readonly plans: ReadonlyMap<string, ColumnPlan>;
  readonly references: readonly { readonly reference: Reference; readonly keys: Keys | "own" | "later" }[];
  readonly sets: readonly UniqueSet[];
  readonly orders: readonly Order[];
  readonly rows: number;
}

/** Columns that are set together: those of a reference, or one by itself. */
interface Factor {
  readonly at: readonly number[];
  /** Those of them that tell one value from another: what a reference repeats is not among them. */
  readonly key: readonly number[];
  readonly size: number;
  readonly seed: number;
  readonly nulls: number;
  put(row: SqlValue[], n: number): void;
  pick(row: SqlValue[], drawn: number, n: number): void;
}

/** A set that is kept by a column with values enough. */
interface Counter {
  readonly at: number;
  readonly group: readonly number[];
  readonly counts: Map<string, number>;
  nth(n: number): SqlValue;
}

/** A set whose rows are noted down. */
interface Noted {
  readonly set: UniqueSet;
  readonly at: readonly number[];
  readonly factors: readonly Factor[];
  readonly seen: Set<string>;
  /** Every combination in turn, where nearly all of them are needed. */
  readonly inTurn: boolean;
  readonly combinations: number;
}

/** How often a row is drawn anew, and how many rows in a row may fail, before there are no more. */
const MOST_DRAWS = 24;
const MOST_MISSES = 300;

export class RowMaker {
  readonly columns: readonly string[];
  /** At most this many rows can be told apart; Infinity where there is no end. */
  readonly most: number;
  /** The columns that set that end. */
  readonly scarce: readonly string[];
  readonly #facts: RowFacts;
  readonly #at: ReadonlyMap<string, number>;
  readonly #factors: Factor[] = [];
  readonly #counters: Counter[] = [];
  readonly #noted: Noted[] = [];
  readonly #own: SqlValue[][] = [];
  readonly #ownFactors: { readonly factor: Factor; readonly from: readonly number[] }[] = [];
  #recipes: readonly (readonly (readonly [number, SqlValue])[])[] = [];
  #n: number;

  /** `first` is the number of the first row: above 0 where the table has rows already. */
  constructor(facts: RowFacts, first = 0) {
    this.#facts = facts;
    this.#n = first;
    this.columns = facts.columns.map(({ name }) => name);
    this.#at = new Map(this.columns.map((name, at) => [name.toLowerCase(), at]));
    this.#addFactors();
    this.#addSets();
    const scarcest = this.#noted.filter(({ set }) => set.when?.length === 0).sort((a, b) => a.combinations - b.combinations)[0];
    this.most = scarcest?.combinations ?? Infinity;
    this.scarce = scarcest?.at.map((at) => this.columns[at]!) ?? [];
  }

  /** Fixed values for some columns, one of these lists for each row, by place and value. */
  follow(recipes: readonly (readonly (readonly [number, SqlValue])[])[]): void {
    this.#recipes = recipes;
  }

  /** None of the rows so far is in the table. */
  forgetRows(): void {
    this.#own.length = 0;
  }

  /** Undefined where no more rows can be told apart. */
  next(): SqlValue[] | undefined {
    for (let miss = 0; miss < MOST_MISSES; miss++) {
      const row = this.#row(this.#n++);
      if (row === undefined) continue;
      for (const { set, at, seen } of this.#noted) if (this.#counts(row, set)) seen.add(keyOf(row, at));
      if (this.#ownFactors.length > 0) this.#own.push(row);
      return row;
    }
    return undefined;
  }

  #row(n: number): SqlValue[] | undefined {
    const row: SqlValue[] = new Array<SqlValue>(this.columns.length).fill(null);
    for (const factor of this.#factors) this.#set(factor, row, n, 0);
    this.#inOrder(row, n);
    const recipe = this.#recipes.length === 0 ? [] : this.#recipes[n % this.#recipes.length]!;
    for (const [at, value] of recipe) row[at] = value;
    this.#spread(row, n);
    for (const { at, group, counts, nth } of this.#counters) {
      const key = group.length === 0 ? "" : keyOf(row, group);
      const count = group.length === 0 ? n : (counts.get(key) ?? 0);
      counts.set(key, count + 1);
      row[at] = nth(count);
    }
    for (const { factor, from } of this.#ownFactors) this.#setOwn(factor, from, row, n);
    return this.#told(row, n) ? row : undefined;
  }

  #set(factor: Factor, row: SqlValue[], n: number, again: number): void {
    if (factor.nulls > 0 && share(draw(factor.seed ^ 0x5bd1e995, n)) < factor.nulls) for (const at of factor.at) row[at] = null;
    else factor.pick(row, draw(factor.seed + again * 0x61c88647, n), n);
  }

  /** An earlier row of the same table; the first rows have none and name themselves where they must. */
  #setOwn(factor: Factor, from: readonly number[], row: SqlValue[], n: number): void {
    const isRoot = share(draw(factor.seed ^ 0x27d4eb2f, n)) < factor.nulls;
    const parent = isRoot || this.#own.length === 0 ? undefined : this.#own[skewed(draw(factor.seed, n), this.#own.length)];
    factor.at.forEach((at, place) => {
      row[at] = parent?.[from[place]!] ?? (factor.nulls > 0 ? null : (row[from[place]!] ?? null));
    });
  }

  #inOrder(row: SqlValue[], n: number): void {
    for (const { less, greater, by } of this.#facts.orders) {
      const [a, b] = [this.#at.get(less), this.#at.get(greater)];
      if (a === undefined || b === undefined || row[a] === null || row[b] === null) continue;
      const factor = this.#factors.find((one) => one.at.includes(b));
      for (let again = 1; by !== "less-or-equal" && row[a] === row[b] && factor !== undefined && again < MOST_DRAWS; again++) this.#set(factor, row, n, again);
      if (by !== "apart" && isGreater(row[a]!, row[b]!)) [row[a], row[b]] = [row[b]!, row[a]!];
    }
  }

  /** The combinations that are gone through in turn. */
  #spread(row: SqlValue[], n: number): void {
    for (const { inTurn, combinations, factors } of this.#noted) {
      if (!inTurn || n >= combinations) continue;
      let rest = shuffled(n, combinations, factors[0]!.seed);
      for (const factor of factors) {
        factor.put(row, rest % factor.size);
        rest = Math.floor(rest / factor.size);
      }
    }
  }

  /** Draws what must be unique anew until it is. */
  #told(row: SqlValue[], n: number): boolean {
    for (let again = 1; again <= MOST_DRAWS; again++) {
      const clash = this.#noted.find(({ at, seen, set }) => at.every((place) => row[place] !== null) && this.#counts(row, set) && seen.has(keyOf(row, at)));
      if (clash === undefined) return true;
      if (this.#leave(row, clash.set, n)) continue;
      for (const factor of clash.factors) this.#set(factor, row, n, again);
      for (const { factor } of this.#ownFactors) if (factor.nulls > 0 && factor.at.some((at) => clash.at.includes(at))) for (const at of factor.at) row[at] = null;
      this.#inOrder(row, n);
    }
    return false;
  }

  #counts(row: readonly SqlValue[], { when }: UniqueSet): boolean {
    return when === undefined || when.every((condition) => this.#meets(row, condition));
  }

  #meets(row: readonly SqlValue[], condition: Condition): boolean {
    const at = this.#at.get(condition.column);
    return at === undefined || meets(row[at]!, condition);
  }

  /** Changes a row such that a partial index does not hold it. */
  #leave(row: SqlValue[], { when }: UniqueSet, n: number): boolean {
    for (const condition of when ?? []) {
      const at = this.#at.get(condition.column);
      const plan = this.#facts.plans.get(condition.column);
      if (at === undefined || plan === undefined) continue;
      const others = [...(plan.nulls > 0 ? [null] : []), ...[0, 1, 2].filter((place) => place < plan.domain.size).map((place) => plan.domain.nth(place)), plan.domain.pick(draw(n, n), n)];
      const other = others.find((value) => !meets(value, condition));
      if (other === undefined) continue;
      row[at] = other;
      return true;
    }
    return false;
  }

  #addFactors(): void {
    const taken = new Set<string>();
    for (const { reference, keys } of this.#facts.references) {
      const pairs = [...reference.columns.map((own, place) => [own, reference.parentColumns[place]!] as const), ...reference.repeated].filter(([own]) => !taken.has(own.toLowerCase()));
      if (reference.columns.some((own) => taken.has(own.toLowerCase()))) continue;
      for (const [own] of pairs) taken.add(own.toLowerCase());
      const at = pairs.map(([own]) => this.#at.get(own.toLowerCase())!);
      const factor = this.#referring(at, reference, keys);
      if (keys === "own") this.#ownFactors.push({ factor, from: pairs.map(([, theirs]) => this.#at.get(theirs.toLowerCase()) ?? -1) });
      else this.#factors.push(factor);
    }
    for (const name of this.columns) {
      const plan = this.#facts.plans.get(name.toLowerCase());
      if (taken.has(name.toLowerCase()) || plan === undefined) continue;
      const at = this.#at.get(name.toLowerCase())!;
      const { domain, nulls } = plan;
      const inUnique = this.#facts.sets.some(({ columns, when }) => when?.length === 0 && columns.includes(name.toLowerCase()));
      this.#factors.push({
        at: [at],
        key: [at],
        size: domain.size,
        seed: seedOf(this.#facts.table, name),
        nulls: inUnique ? 0 : nulls,
        put: (row, n) => void (row[at] = domain.nth(n)),
        pick: (row, drawn, n) => void (row[at] = domain.pick(drawn, n)),
      });
    }
  }

  #referring(at: readonly number[], reference: Reference, keys: Keys | "own" | "later"): Factor {
    const seed = seedOf(this.#facts.table, ...reference.columns);
    const inKey = this.#facts.sets.some(({ columns, when }) => when?.length === 0 && reference.columns.some((name) => columns.includes(name.toLowerCase())));
    const none = keys === "later" || (keys !== "own" && keys.size === 0);
    const source = typeof keys === "string" ? undefined : keys;
    const put = (row: SqlValue[], n: number): void => {
      const values = source!.nth(n);
      at.forEach((place, part) => void (row[place] = values[part] ?? null));
    };
    return {
      at,
      key: at.slice(0, reference.columns.length),
      size: source?.size ?? Infinity,
      seed,
      nulls: none ? 1 : !reference.isOptional || inKey ? 0 : keys === "own" ? 0.4 : 0.15,
      put,
      pick: (row, drawn) => put(row, skewed(drawn, source!.size)),
    };
  }

  #addSets(): void {
    const { sets, plans } = this.#facts;
    const isOpen = (name: string): boolean => {
      const factor = this.#factors.find(({ at }) => at.length === 1 && this.columns[at[0]!]!.toLowerCase() === name);
      return plans.get(name)?.domain.size === Infinity && factor?.size === Infinity && !this.#facts.references.some(({ reference }) => reference.columns.some((column) => column.toLowerCase() === name));
    };
    const chosen = sets.map((set) => ({ set, open: [...set.columns].reverse().find(isOpen) }));
    const whole = new Set<string>();
    for (const { set, open } of chosen) {
      const at = set.columns.map((name) => this.#at.get(name));
      if (at.some((place) => place === undefined) || set.columns.some((name) => whole.has(name))) continue;
      if (open !== undefined) {
        const sharing = chosen.filter((other) => other.open === open && !other.set.columns.every((name) => set.columns.includes(name))).length > 0;
        const group = sharing ? [] : set.columns.filter((name) => name !== open).map((name) => this.#at.get(name)!);
        const { domain } = plans.get(open)!;
        if (group.length === 0) whole.add(open);
        this.#counters.push({ at: this.#at.get(open)!, group, counts: new Map(), nth: (n) => domain.nth(n) });
        continue;
      }
      this.#noted.push(this.#notedSet(set, at as number[]));
    }
  }

  #notedSet(set: UniqueSet, at: readonly number[]): Noted {
    const factors = this.#factors.filter((factor) => factor.at.some((place) => at.includes(place)));
    const combinations = factors.reduce((product, { size }) => product * size, 1);
    const isExact = factors.every((factor) => factor.key.every((place) => at.includes(place))) && at.every((place) => factors.some((factor) => factor.key.includes(place)));
    const alone = !this.#noted.some((other) => other.inTurn && other.at.some((place) => at.includes(place)));
    const inTurn = set.when?.length === 0 && isExact && alone && Number.isFinite(combinations) && combinations > 0 && this.#facts.rows * 3 > combinations;
    return { set, at, factors, seen: new Set(), inTurn, combinations: isExact ? combinations : Infinity };
  }
}

function keyOf(row: readonly SqlValue[], at: readonly number[]): string {
  let key = "";
  // Keys that differ in case alone may be the same by collation.
  for (const place of at) key += `${String(row[place]).toLowerCase()}\u0000`;
  return key;
}

function isGreater(a: SqlValue, b: SqlValue): boolean {
  return typeof a === typeof b && a !== null && b !== null && a > b;
}
