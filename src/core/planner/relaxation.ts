// From all indexes that some query would take to the set that pays as a whole: step by step an index less, a column less,
// or two made one, as long as that saves more upkeep than it costs, or is hardly missed. After "Automatic Physical
// Database Tuning: A Relaxation-based Approach" (Bruno, Chaudhuri, SIGMOD 2005).

import type { Index } from "../schema/schema";
import { indexesUsed } from "./plan";
import type { JudgedPlan, Planner } from "./planner";
import { covers, indexKey, isIndexed, partText, replacedBy } from "./proposed-index";
import type { ProposedIndex } from "./proposed-index";
import type { Trial } from "./trial";
import { PricedSet, upkeep } from "./workload";
import type { PricedQuery, Workload } from "./workload";

/** Where the search starts. */
export interface Field {
  /** What the planner takes where everything is there. */
  readonly first: readonly ProposedIndex[];
  /** What it takes where that is gone. */
  readonly others: readonly ProposedIndex[];
  /** What it takes for one query, where that is more than one: some help only together. */
  readonly together: readonly (readonly ProposedIndex[])[];
}

export interface Relaxed {
  readonly set: readonly ProposedIndex[];
  /** Existing indexes that are dropped, by the index that does their work. */
  readonly replaced: ReadonlyMap<ProposedIndex, readonly Index[]>;
  /** Of each query, with the set made for real and the others dropped. */
  readonly plans: readonly JudgedPlan[];
}

/** Without an index that is worth its place, some query costs more than this many times as much. */
const HARDLY = 1.25;
/** Units of cost, or rows, that nobody notices. */
export const HARDLY_MORE = 500;
/** Costs are estimates: one that saves less than this many times what it costs is no gain that anybody could count on. */
const MARGIN = 2;
/** The share of what all queries cost that may be given for indexes that are hardly missed. */
const HARDLY_SLACK = 0.01;
/** No query may read more than this many times as many rows as before. */
export const HARM = 1.2;
/** How often indexes that were given up are asked for again. */
const ROUNDS = 3;
/** Columns of an index that does the work of two. */
const MOST_MERGED = 5;

/** Something that makes the set smaller or shorter. */
interface Step {
  readonly remove: readonly ProposedIndex[];
  readonly add: readonly ProposedIndex[];
}

interface Tried extends Step {
  /** How much dearer the queries get, and how much upkeep is saved. */
  readonly more: number;
  readonly saved: number;
  readonly plans: ReadonlyMap<number, JudgedPlan>;
}

/** A step as it was last tried. */
interface KnownStep {
  readonly users: readonly number[];
  /** Undefined where it was not accepted. */
  readonly tried: Tried | undefined;
  /** Another step has changed what the same queries read. */
  isStale: boolean;
}

/** What a phase of the search accepts. */
interface Phase {
  /** The most that a step may cost. */
  most(saved: number): number;
  accepts(step: Step): boolean;
  /** Whether a query may have this plan. */
  allows(at: number, plan: JudgedPlan): boolean;
  /** Told how much dearer a step that was taken has made the queries. */
  taken(more: number): void;
}

export class Relaxation {
  readonly #planner: Planner;
  readonly #workload: Workload;
  readonly #queries: readonly PricedQuery[];
  readonly #trial: Trial;
  readonly #priced: PricedSet;
  #set: ProposedIndex[] = [];

  constructor(planner: Planner, workload: Workload, queries: readonly PricedQuery[], trial: Trial) {
    this.#planner = planner;
    this.#workload = workload;
    this.#queries = queries;
    this.#trial = trial;
    this.#priced = new PricedSet(trial, queries);
  }

  /** `wants` gives what would change a query enough beside the set as it stands. */
  run(field: Field, wants: (query: PricedQuery, set: readonly ProposedIndex[]) => readonly ProposedIndex[]): Relaxed {
    this.#set = field.first.filter((index) => this.#trial.add(index));
    this.#judgeAll();
    this.#leaveIdle();
    this.#leaveHarmful();
    this.#relax(paying);
    for (let round = 0; round < ROUNDS && this.#addBack(field); round++) this.#relax(paying);
    for (let round = 0; round < ROUNDS && this.#addBack(this.#wanted(wants)); round++) this.#relax(paying);
    if (this.#exchange(field)) this.#relax(paying);
    this.#leaveBeginnings();
    this.#relax(this.#hardlyMissed());
    this.#leaveDoubtful();
    return this.#settled();
  }

  /** Takes a set that was changed on these tables as it is, but for what serves nobody in it. */
  settle(set: readonly ProposedIndex[], changed: ReadonlySet<string>): Relaxed {
    this.#set = set.filter((index) => this.#trial.add(index));
    this.#judgeAll();
    this.#leaveIdle();
    this.#leaveBeginnings();
    return this.#settled(({ table }) => changed.has(table));
  }

  #wanted(wants: (query: PricedQuery, set: readonly ProposedIndex[]) => readonly ProposedIndex[]): Field {
    const found = this.#queries.flatMap((query, at) => wants({ ...query, before: this.#priced.plans[at]! }, this.#set));
    return { first: [...new Map(found.map((index) => [indexKey(index), index])).values()], others: [], together: [] };
  }

  #judgeAll(): void {
    this.#priced.take(this.#priced.again(this.#queries.keys()).plans);
  }

  #hardlyMissed(): Phase {
    const before = [...this.#priced.plans];
    let left = this.#priced.cost * HARDLY_SLACK;
    return {
      most: () => left,
      accepts: ({ add }) => add.length === 0,
      allows: (at, { cost }) => cost <= Math.max(before[at]!.cost * HARDLY, before[at]!.cost + HARDLY_MORE),
      taken: (more) => void (left -= Math.max(0, more)),
    };
  }

  /** Takes the accepted step that pays best, again and again, until there is none. */
  #relax(phase: Phase): void {
    const known = new Map<string, KnownStep>();
    for (;;) {
      const best = this.#best(phase, known);
      if (best === undefined) return;
      const tables = this.#take(best, phase);
      if (tables === undefined) {
        known.set(keyOf(best), { users: [], tried: undefined, isStale: false });
        continue;
      }
      for (const [key, step] of known) {
        step.isStale ||= tables.has(key.slice(0, key.indexOf("("))) || step.users.some((at) => [...this.#queries[at]!.tables].some((table) => tables.has(table)));
      }
    }
  }

  /** Undefined where none is accepted. What was tried beside another set is tried again where it seems to be the best, or nothing does. */
  #best(phase: Phase, known: Map<string, KnownStep>): Tried | undefined {
    const steps = new Map([...this.#steps()].filter((step) => phase.accepts(step)).map((step) => [keyOf(step), step]));
    let again: readonly string[] = [...steps.keys()].filter((key) => !known.has(key));
    for (;;) {
      for (const key of again) {
        const step = steps.get(key)!;
        const users = this.#usersOf(step.remove);
        known.set(key, { users, tried: this.#try(step, users, phase), isStale: false });
      }
      let best: KnownStep & { readonly tried: Tried } | undefined;
      for (const key of steps.keys()) {
        const { tried, ...step } = known.get(key)!;
        if (tried !== undefined && tried.more <= phase.most(tried.saved) && (best === undefined || tried.more - tried.saved < best.tried.more - best.tried.saved)) best = { ...step, tried };
      }
      if (best !== undefined && !best.isStale) return best.tried;
      again = best !== undefined ? [keyOf(best.tried)] : [...steps.keys()].filter((key) => known.get(key)!.isStale);
      if (again.length === 0) return undefined;
    }
  }

  /** Indexes that were given up, or never taken first, where the set now lacks them. True where one came back. */
  #addBack({ first, others, together }: Field): boolean {
    let came = false;
    for (const indexes of [...[...first, ...others].map((index) => [index]), ...together]) {
      const add = indexes.filter((index) => !this.#has(index));
      if (add.length === 0 || (add.length === 1 && this.#set.some((other) => covers(other, add[0]!)))) continue;
      const step = { remove: [], add };
      const tried = this.#try(step, this.#over(add), { ...paying, most: () => Infinity });
      if (tried !== undefined && tried.more < tried.saved && this.#take(tried, paying) !== undefined) came = true;
    }
    return came;
  }

  /** What the planner prefers is not always the cheapest, and then another index is used in its place only. True where one is. */
  #exchange({ first, others }: Field): boolean {
    let came = false;
    for (const index of [...this.#set]) {
      for (const other of [...first, ...others]) {
        if (!this.#set.includes(index)) break;
        if (other.table !== index.table || this.#has(other) || this.#set.some((one) => one !== index && covers(one, other))) continue;
        const tried = this.#try({ remove: [index], add: [other] }, this.#usersOf([index]), paying);
        if (tried !== undefined && tried.saved - tried.more > HARDLY_MORE && this.#take(tried, paying) !== undefined) came = true;
      }
    }
    return came;
  }

  /** The queries that read the tables of the indexes. */
  #over(indexes: readonly ProposedIndex[]): readonly number[] {
    return [...new Set(indexes.flatMap(({ table }) => this.#priced.over(table)))];
  }

  *#steps(): Generator<Step> {
    for (const [at, index] of this.#set.entries()) {
      yield { remove: [index], add: [] };
      for (let length = index.parts.length - 1; length > 0; length--) yield this.#replace([index], { ...index, parts: index.parts.slice(0, length) });
      if (index.where !== undefined) yield this.#replace([index], { ...index, where: undefined });
      for (const other of this.#set.slice(at + 1)) {
        if (other.table !== index.table || other.where !== index.where) continue;
        for (const both of [merged(index, other), merged(other, index)]) if (both.parts.length <= MOST_MERGED) yield this.#replace([index, other], both);
      }
    }
  }

  #replace(remove: readonly ProposedIndex[], by: ProposedIndex): Step {
    return { remove, add: this.#has(by) || isIndexed(this.#planner.schema, by) ? [] : [by] };
  }

  #has(index: ProposedIndex): boolean {
    const key = indexKey(index);
    return this.#set.some((other) => indexKey(other) === key);
  }

  /** The queries whose plan uses one of the indexes, the dearest first. */
  #usersOf(indexes: readonly ProposedIndex[]): readonly number[] {
    const names = indexes.map((index) => this.#planner.freeName(index).toLowerCase());
    const cost = (at: number): number => this.#queries[at]!.weight * this.#priced.plans[at]!.cost;
    return this.#priced
      .over(indexes[0]!.table)
      .filter((at) => names.some((name) => indexesUsed(this.#priced.plans[at]!.plan).has(name)))
      .sort((a, b) => cost(b) - cost(a));
  }

  /** Undefined where it costs more than the phase accepts. Only what uses a removed index is priced: what is added replaces it. */
  #try(step: Step, queries: readonly number[], phase: Phase): Tried | undefined {
    const saved = this.#saved(step);
    this.#change(step.remove, step.add);
    const result = this.#priced.again(queries, phase.most(saved), (at, plan) => phase.allows(at, plan) && !this.#isHarm(at, plan, this.#priced.plans[at]!));
    this.#change(step.add, step.remove);
    return result === undefined ? undefined : { ...step, ...result, saved };
  }

  #change(remove: readonly ProposedIndex[], add: readonly ProposedIndex[]): void {
    for (const index of remove) this.#trial.remove(index);
    for (const index of add) this.#trial.add(index);
  }

  /** Upkeep that is saved; existing indexes give their place to one of a table's. */
  #saved({ remove, add }: Step): number {
    const after = [...this.#set.filter((index) => !remove.includes(index)), ...add];
    const tables = new Set([...remove, ...add].map(({ table }) => table));
    const ofTables = (indexes: readonly ProposedIndex[]): readonly ProposedIndex[] => indexes.filter(({ table }) => tables.has(table));
    return this.#keep(ofTables(this.#set)) - this.#keep(ofTables(after));
  }

  /**
   * Takes the step, and away with it what then serves nobody. The tables that this is about; undefined where all in all
   * it costs more than the phase accepts, and nothing is changed then.
   */
  #take(step: Tried, phase: Phase): ReadonlySet<string> | undefined {
    const [set, plans, cost] = [this.#set, [...this.#priced.plans], this.#priced.cost];
    this.#apply(step);
    this.#priced.take(this.#priced.again(this.#over([...step.remove, ...step.add])).plans);
    this.#leaveIdle();
    const gone = set.filter((index) => !this.#set.includes(index));
    const made = this.#set.filter((index) => !set.includes(index));
    const more = this.#priced.cost - cost;
    const isAllowed = this.#priced.plans.every((plan, at) => plan === plans[at] || (phase.allows(at, plan) && !this.#isHarm(at, plan, plans[at]!)));
    if (isAllowed && made.length === step.add.length && more <= phase.most(this.#keep(set) - this.#keep(this.#set))) {
      phase.taken(more);
      return new Set([...gone, ...made].map(({ table }) => table.toLowerCase()));
    }
    this.#change(made, gone);
    this.#set = set;
    this.#priced.take(new Map(plans.entries()));
    return undefined;
  }

  #keep(indexes: readonly ProposedIndex[]): number {
    return upkeep(this.#planner, this.#workload, indexes);
  }

  #apply(step: Step): void {
    this.#change(step.remove, step.add);
    const gone = new Set(step.remove.map(indexKey));
    this.#set = [...this.#set.filter((index) => !gone.has(indexKey(index))), ...step.add];
  }

  /** SQLite learns from an index that it does not use how selective a column is; that alone is no reason to have it. */
  #leaveIdle(): void {
    for (;;) {
      const idle = this.#set.find((index) => this.#usersOf([index]).length === 0);
      if (idle === undefined) return;
      this.#leave(idle);
    }
  }

  /** Of two that begin alike nobody keeps both, though SQLite may like each for something: the one that is missed less goes. */
  #leaveBeginnings(): void {
    for (;;) {
      const pair = this.#set.flatMap((longer) => this.#set.filter((shorter) => shorter !== longer && covers(longer, shorter)).map((shorter) => [longer, shorter]))[0];
      if (pair === undefined) return;
      const [longer, shorter] = pair as [ProposedIndex, ProposedIndex];
      this.#leave(this.#missed(longer) < this.#missed(shorter) ? longer : shorter);
      this.#leaveIdle();
    }
  }

  /** What saves the queries that use it hardly more than it costs, beside nothing that it replaces: the least of all first. */
  #leaveDoubtful(): void {
    for (;;) {
      const found = this.#set.flatMap((index) => {
        const share = replacedBy(this.#planner.schema, index).length > 0 ? MARGIN : this.#missed(index, this.#usersOf([index])) / this.#keep([index]);
        return share < MARGIN && this.#isSafelyLeft(index) ? [{ index, share }] : [];
      });
      const [least] = found.sort((a, b) => a.share - b.share);
      if (least === undefined) return;
      this.#leave(least.index);
      this.#leaveIdle();
    }
  }

  /** What is left is made as a migration would, existing beginnings dropped; what then serves nobody goes, or is missed by nobody. */
  #settled(mayBeIdle: (index: ProposedIndex) => boolean = () => true): Relaxed {
    for (;;) {
      const replaced = new Map(this.#set.map((index) => [index, replacedBy(this.#planner.schema, index)]));
      const dropped = [...replaced.values()].flat();
      for (const index of dropped) this.#trial.drop(index);
      this.#judgeAll();
      const idle = this.#set.find((index) => this.#usersOf([index]).length === 0 || (mayBeIdle(index) && this.#missed(index) <= 0));
      if (idle === undefined) return { set: this.#set, replaced, plans: this.#priced.plans };
      for (const index of dropped) this.#trial.restore(index);
      this.#apply({ remove: [idle], add: [] });
    }
  }

  /** How much dearer these queries are without it, by themselves all that read its table. */
  #missed(index: ProposedIndex, queries = this.#over([index])): number {
    this.#trial.remove(index);
    const { more } = this.#priced.again(queries);
    this.#trial.add(index);
    return more;
  }

  #isSafelyLeft(index: ProposedIndex): boolean {
    this.#trial.remove(index);
    const safe = this.#priced.again(this.#over([index]), Infinity, (at, plan) => !this.#isHarm(at, plan, this.#priced.plans[at]!)) !== undefined;
    this.#trial.add(index);
    return safe;
  }

  #leave(index: ProposedIndex): void {
    this.#apply({ remove: [index], add: [] });
    this.#priced.take(this.#priced.again(this.#over([index])).plans);
  }

  #leaveHarmful(): void {
    for (;;) {
      const harmful = this.#set.find((index) => this.#usersOf([index]).some((at) => this.#isHarm(at, this.#priced.plans[at]!, this.#queries[at]!.before)));
      if (harmful === undefined) return;
      this.#leave(harmful);
      this.#leaveIdle();
    }
  }

  /** SQLite holds it for the cheaper way, but it reads many more rows, which D1 bills; and it is worse than it was. */
  #isHarm(at: number, { rowsRead }: JudgedPlan, was: JudgedPlan): boolean {
    return rowsRead > was.rowsRead && rowsRead >= this.#queries[at]!.before.rowsRead * HARM + HARDLY_MORE;
  }
}

const paying: Phase = { most: (saved) => saved, accepts: () => true, allows: () => true, taken: () => undefined };

/** One index for both: the parts of the first, then what the second has besides. */
function merged(index: ProposedIndex, other: ProposedIndex): ProposedIndex {
  if (covers(index, other)) return index;
  const held = new Set(index.parts.map((part) => partText(part)));
  return { ...index, parts: [...index.parts, ...other.parts.filter((part) => !held.has(partText(part)))] };
}

function keyOf({ remove, add }: Step): string {
  return `${remove.map(indexKey).join(";")}|${add.map(indexKey).join(";")}`;
}
