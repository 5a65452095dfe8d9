// The cheapest set of indexes that any choice out of a pool could give, for workloads small enough: branch and bound over
// all subsets, of which a bound rules out most. Also what each query would cost with the indexes that suit it best, which
// no set can beat but by chance.

import { candidateIndexes, keyIndexes, specialIndexes } from "../../src/core/planner/candidates";
import { allNodes } from "../../src/core/planner/plan";
import type { JudgedPlan, Planner } from "../../src/core/planner/planner";
import { indexKey } from "../../src/core/planner/proposed-index";
import type { ProposedIndex } from "../../src/core/planner/proposed-index";
import type { Trial } from "../../src/core/planner/trial";
import { upkeep } from "../../src/core/planner/workload";
import type { PricedQuery, Workload } from "../../src/core/planner/workload";

/** Of each query, indexes tried in all combinations of up to three. */
const MOST_PER_QUERY = 14;
/** Indexes to choose from, all queries together. */
const MOST_IN_POOL = 40;
const MOST_NODES = 20_000;

export interface Optimum {
  readonly indexes: readonly ProposedIndex[];
  /** Of the queries, weighted. */
  readonly cost: number;
  /** With the upkeep of the indexes. */
  readonly total: number;
}

export interface Bounds {
  /** The sum of what each query costs with the best set for it alone. */
  readonly floor: number;
  readonly pool: number;
  /** Undefined where the pool is too large, or the search took too long. */
  readonly optimum: Optimum | undefined;
}

/** `known` are sets that were chosen in other ways: they join the pool, and the first is where the search starts. */
export function bounds(planner: Planner, workload: Workload, queries: readonly PricedQuery[], known: readonly (readonly ProposedIndex[])[]): Bounds {
  return planner.configure((trial) => new Exhaustive(planner, workload, queries, trial).run(known));
}

/** A query with the indexes that its plan may use, and the costs that are known for sets of them. */
interface Choice {
  readonly query: PricedQuery;
  readonly pool: ReadonlySet<number>;
  readonly costs: Map<string, { readonly set: readonly number[]; readonly cost: number }>;
}

class Exhaustive {
  readonly #planner: Planner;
  readonly #workload: Workload;
  readonly #queries: readonly PricedQuery[];
  readonly #trial: Trial;
  readonly #indexes: ProposedIndex[] = [];
  readonly #numbers = new Map<string, number>();
  #present = new Set<number>();

  constructor(planner: Planner, workload: Workload, queries: readonly PricedQuery[], trial: Trial) {
    this.#planner = planner;
    this.#workload = workload;
    this.#queries = queries;
    this.#trial = trial;
  }

  run(known: readonly (readonly ProposedIndex[])[]): Bounds {
    const choices = this.#queries.map((query) => this.#choiceOf(query, known.flat()));
    for (const choice of choices) this.#combine(choice);
    const floor = choices.reduce((sum, choice) => sum + choice.query.weight * least(choice, new Set()), 0);
    const pool = new Set(choices.flatMap(({ pool: own }) => [...own]));
    const start = new Set((known[0] ?? []).map((index) => this.#numberOf(index)).filter((number) => pool.has(number)));
    return { floor, pool: pool.size, optimum: pool.size > MOST_IN_POOL ? undefined : this.#search(choices, [...pool], start) };
  }

  #numberOf(index: ProposedIndex): number {
    const key = indexKey(index);
    const number = this.#numbers.get(key) ?? this.#indexes.push(index) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  /** Of all indexes that could serve the query those that the planner takes: first of all, then of what that leaves, and so on; and each alone. */
  #choiceOf(query: PricedQuery, known: readonly ProposedIndex[]): Choice {
    const uses = this.#planner.uses(query.statement);
    const candidates = [
      ...candidateIndexes(uses, this.#planner.schema),
      ...keyIndexes(query.statement, this.#planner.schema),
      ...specialIndexes(uses, this.#planner.schema),
      ...known.filter(({ table }) => query.tables.has(table.toLowerCase())),
    ];
    let left = [...new Set(candidates.map((index) => this.#numberOf(index)))];
    const pool = new Set<number>();
    const choice: Choice = { query, pool, costs: new Map() };
    for (const number of left) if (this.#used(this.#judge(query, [number]), [number]).length > 0) pool.add(number);
    while (left.length > 0) {
      const used = this.#used(this.#judge(query, left), left);
      for (const number of used) pool.add(number);
      left = left.filter((number) => !used.includes(number));
      if (used.length === 0) break;
    }
    if (pool.size <= MOST_PER_QUERY) return choice;
    // The ones that help most by themselves.
    const cost = new Map([...pool].map((number) => [number, this.#judge(query, [number]).cost]));
    const first = this.#used(this.#judge(query, [...pool]), [...pool]);
    const best = [...new Set([...first, ...[...pool].sort((a, b) => cost.get(a)! - cost.get(b)!)])].slice(0, MOST_PER_QUERY);
    return { ...choice, pool: new Set(best) };
  }

  #combine(choice: Choice): void {
    const pool = [...choice.pool];
    this.#cost(choice, []);
    this.#cost(choice, pool);
    for (const [a, first] of pool.entries()) {
      this.#cost(choice, [first]);
      for (const [b, second] of pool.slice(a + 1).entries()) {
        this.#cost(choice, [first, second]);
        for (const third of pool.slice(a + b + 2)) this.#cost(choice, [first, second, third]);
      }
    }
  }

  #cost(choice: Choice, set: readonly number[]): number {
    const own = set.filter((number) => choice.pool.has(number)).sort((a, b) => a - b);
    const key = own.join(" ");
    const known = choice.costs.get(key);
    if (known !== undefined) return known.cost;
    const { cost } = own.length === 0 ? choice.query.before : this.#judge(choice.query, own);
    choice.costs.set(key, { set: own, cost });
    return cost;
  }

  #judge({ statement, before }: PricedQuery, set: readonly number[]): JudgedPlan {
    const wanted = new Set(set);
    for (const number of [...this.#present].filter((one) => !wanted.has(one))) {
      this.#trial.remove(this.#indexes[number]!);
      this.#present.delete(number);
    }
    for (const number of set) if (!this.#present.has(number) && this.#trial.add(this.#indexes[number]!)) this.#present.add(number);
    return this.#trial.judge(statement) ?? before;
  }

  #used({ plan }: JudgedPlan, set: readonly number[]): readonly number[] {
    const names = new Set(allNodes(plan).flatMap(({ access }) => ("index" in access && access.index !== undefined ? [access.index.toLowerCase()] : [])));
    return set.filter((number) => names.has(this.#planner.freeName(this.#indexes[number]!).toLowerCase()));
  }

  #search(choices: readonly Choice[], pool: readonly number[], start: ReadonlySet<number>): Optimum | undefined {
    const keep = (set: Iterable<number>): number => upkeep(this.#planner, this.#workload, [...set].map((number) => this.#indexes[number]!));
    const costOf = (set: readonly number[]): number => choices.reduce((sum, choice) => sum + choice.query.weight * this.#cost(choice, set), 0);
    // What is missed most is decided first.
    const all = costOf(pool);
    const missed = new Map(pool.map((number) => [number, costOf(pool.filter((other) => other !== number)) - all]));
    const ordered = [...pool].sort((a, b) => missed.get(b)! - missed.get(a)! || a - b);
    let best = { set: [...start], cost: costOf([...start]), total: costOf([...start]) + keep(start) };
    let nodes = 0;
    const visit = (at: number, taken: readonly number[], left: ReadonlySet<number>): void => {
      if (++nodes > MOST_NODES) return;
      const bound = choices.reduce((sum, choice) => sum + choice.query.weight * least(choice, left), 0) + keep(taken);
      if (bound >= best.total) return;
      if (at === ordered.length) {
        const cost = costOf(taken);
        if (cost + keep(taken) < best.total) best = { set: [...taken], cost, total: cost + keep(taken) };
        return;
      }
      visit(at + 1, [...taken, ordered[at]!], left);
      visit(at + 1, taken, new Set([...left, ordered[at]!]));
    };
    visit(0, [], new Set());
    return nodes > MOST_NODES ? undefined : { indexes: best.set.map((number) => this.#indexes[number]!), cost: best.cost, total: best.total };
  }
}

/** The least that is known of the query with none of the indexes that are left out. */
function least({ costs }: Choice, left: ReadonlySet<number>): number {
  let cost = Infinity;
  for (const known of costs.values()) if (known.cost < cost && !known.set.some((number) => left.has(number))) cost = known.cost;
  return cost;
}
