// The cheapest set of indexes that any choice out of a pool could give, for workloads small enough: branch and bound over
// all subsets, of which a bound rules out most. Also what each query would cost with the indexes that suit it best, which
// no set can beat but by chance.

import { candidateIndexes, keyIndexes, specialIndexes } from "../../src/core/planner/candidates";
import { allNodes } from "../../src/core/planner/plan";
import type { JudgedPlan, Planner } from "../../src/core/planner/planner";
import { indexKey } from "../../src/core/planner/proposed-index";
import type { ProposedIndex } from "../../src/core/planner/proposed-index";
import { worthwhileIndexes } from "../../src/core/planner/index-selection";
import { HARDLY_MORE, HARM } from "../../src/core/planner/relaxation";
import type { Field } from "../../src/core/planner/relaxation";
import type { Trial } from "../../src/core/planner/trial";
import { upkeep } from "../../src/core/planner/workload";
import type { PricedQuery, Workload } from "../../src/core/planner/workload";

/** Of each query, indexes tried in all combinations of up to three. */
const MOST_PER_QUERY = 10;
/** Nodes of the search, for tables that share no query with others; and the work that they may be, in queries looked at. */
const MOST_NODES = 200_000;
const MOST_WORK = 4_000_000;

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
  /** Undefined where the search took too long. */
  readonly optimum: Optimum | undefined;
}

/** `known` is a set that was chosen in another way: it joins the pool, and is where the search starts. */
export function bounds(planner: Planner, workload: Workload, queries: readonly PricedQuery[], known: readonly ProposedIndex[]): Bounds {
  // Each of these is a trial of its own, and trials do not nest.
  const found = new Map(queries.map((query) => [query, worthwhileIndexes(planner, query)]));
  return planner.configure((trial) => new Exhaustive(planner, workload, queries, found, trial).run(known));
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
  readonly #found: ReadonlyMap<PricedQuery, Pick<Field, "first" | "others">>;
  readonly #trial: Trial;
  readonly #indexes: ProposedIndex[] = [];
  readonly #numbers = new Map<string, number>();
  #present = new Set<number>();

  constructor(planner: Planner, workload: Workload, queries: readonly PricedQuery[], found: ReadonlyMap<PricedQuery, Pick<Field, "first" | "others">>, trial: Trial) {
    this.#found = found;
    this.#planner = planner;
    this.#workload = workload;
    this.#queries = queries;
    this.#trial = trial;
  }

  run(known: readonly ProposedIndex[]): Bounds {
    const wide = this.#queries.map((query) => this.#choiceOf(query, [...this.#serving(query), ...known.filter(({ table }) => query.tables.has(table.toLowerCase()))]));
    for (const choice of wide) this.#combine(choice);
    const floor = wide.reduce((sum, choice) => sum + choice.query.weight * least(choice, new Set()), 0);
    // What changes a query too little is no candidate of the choice, though a search would take it.
    const choices = this.#queries.map((query) => {
      const { first, others } = this.#found.get(query)!;
      return this.#choiceOf(query, [...first, ...others, ...known.filter(({ table }) => query.tables.has(table.toLowerCase()))]);
    });
    for (const choice of choices) this.#combine(choice);
    const pool = new Set(choices.flatMap(({ pool: own }) => [...own]));
    const start = new Set(known.map((index) => this.#numberOf(index)).filter((number) => pool.has(number)));
    const parts = this.#parts(choices, [...pool]).map((part) => this.#search(part.choices, part.pool, part.pool.filter((number) => start.has(number))));
    const rest = choices.reduce((sum, { query, pool: own }) => sum + (own.size === 0 ? query.weight * query.before.cost : 0), 0);
    const none: Optimum = { indexes: [], cost: rest, total: rest };
    return { floor, optimum: parts.reduce<Optimum | undefined>((sum, part) => (sum === undefined || part === undefined ? undefined : { indexes: [...sum.indexes, ...part.indexes], cost: sum.cost + part.cost, total: sum.total + part.total }), none) };
  }

  /** Tables that no query brings together are searched one after the other. */
  #parts(choices: readonly Choice[], pool: readonly number[]): readonly { readonly choices: readonly Choice[]; readonly pool: readonly number[] }[] {
    let groups: { readonly choices: Choice[]; readonly tables: ReadonlySet<string> }[] = [];
    for (const choice of choices) {
      if (choice.pool.size === 0) continue;
      const tables = new Set([...choice.pool].map((number) => this.#indexes[number]!.table));
      const near = groups.filter((group) => [...tables].some((table) => group.tables.has(table)));
      groups = [...groups.filter((group) => !near.includes(group)), { choices: [...near.flatMap((group) => group.choices), choice], tables: new Set([...near.flatMap((group) => [...group.tables]), ...tables]) }];
    }
    return groups.map((group) => ({ choices: group.choices, pool: pool.filter((number) => group.tables.has(this.#indexes[number]!.table)) }));
  }

  #numberOf(index: ProposedIndex): number {
    const key = indexKey(index);
    const number = this.#numbers.get(key) ?? this.#indexes.push(index) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  #serving({ statement }: PricedQuery): readonly ProposedIndex[] {
    const uses = this.#planner.uses(statement);
    return [...candidateIndexes(uses, this.#planner.schema), ...keyIndexes(statement, this.#planner.schema), ...specialIndexes(uses, this.#planner.schema)];
  }

  /** Of all indexes that could serve the query those that the planner takes: first of all, then of what that leaves, and so on; and each alone. */
  #choiceOf(query: PricedQuery, candidates: readonly ProposedIndex[]): Choice {
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
    const { before } = choice.query;
    const plan = own.length === 0 ? before : this.#judge(choice.query, own);
    // Ours refuses to make one query read many more rows, however little the others cost then.
    const cost = plan.rowsRead >= before.rowsRead * HARM + HARDLY_MORE ? Infinity : plan.cost;
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

  #search(choices: readonly Choice[], pool: readonly number[], start: readonly number[]): Optimum | undefined {
    const keep = (set: Iterable<number>): number => upkeep(this.#planner, this.#workload, [...set].map((number) => this.#indexes[number]!));
    const costOf = (set: readonly number[]): number => choices.reduce((sum, choice) => sum + choice.query.weight * this.#cost(choice, set), 0);
    // What is missed most is decided first.
    const all = costOf(pool);
    const missed = new Map(pool.map((number) => [number, costOf(pool.filter((other) => other !== number)) - all]));
    const ordered = [...pool].sort((a, b) => missed.get(b)! - missed.get(a)! || a - b);
    let best = { set: [...start], cost: costOf([...start]), total: costOf([...start]) + keep(start) };
    let nodes = 0;
    const most = Math.min(MOST_NODES, MOST_WORK / choices.length);
    const visit = (at: number, taken: readonly number[], left: ReadonlySet<number>): void => {
      if (++nodes > most) return;
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
    return nodes > most ? undefined : { indexes: best.set.map((number) => this.#indexes[number]!), cost: best.cost, total: best.total };
  }
}

/** The least that is known of the query with none of the indexes that are left out. */
function least(choice: Choice, left: ReadonlySet<number>): number {
  let ordered = sorted.get(choice);
  if (ordered?.length !== choice.costs.size) sorted.set(choice, (ordered = [...choice.costs.values()].sort((a, b) => a.cost - b.cost)));
  return ordered.find(({ set }) => !set.some((number) => left.has(number)))?.cost ?? Infinity;
}

const sorted = new WeakMap<Choice, readonly { readonly set: readonly number[]; readonly cost: number }[]>();
