// The set of indexes for all queries of a repository: the cheapest that the planner can be given, then relaxed step by
// step (an index less, a column less, two made one) as long as that saves more upkeep than it costs, or costs next to
// nothing. After "Automatic Physical Database Tuning: A Relaxation-based Approach" (Bruno, Chaudhuri, SIGMOD 2005).

import type { Index } from "../schema/schema";
import { candidateIndexes, keyIndexes, specialIndexes } from "./candidates";
import { allNodes } from "./plan";
import type { JudgedPlan, Planner } from "./planner";
import { covers, indexKey, isIndexed, partText, replacedBy } from "./proposed-index";
import type { ProposedIndex } from "./proposed-index";
import type { Trial } from "./trial";
import { entriesWritten, pricedQueries, PricedSet, upkeep } from "./workload";
import type { PricedQuery, Workload } from "./workload";

export interface ChosenIndex {
  readonly index: ProposedIndex;
  /** The name that a migration gives it. */
  readonly name: string;
  /** The queries whose plan uses it, the one that gains most first. */
  readonly serves: readonly ServedQuery[];
  /** Existing indexes whose work it does as well. */
  readonly replaces: readonly Index[];
  /** Cost of the served queries, weighted, without any of the set and with all of it. */
  readonly costBefore: number;
  readonly costAfter: number;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  /** Entries that one turn of the workload adds to it. */
  readonly entriesWritten: number;
}

export interface ServedQuery {
  readonly query: PricedQuery;
  readonly after: JudgedPlan;
}

export interface Selection {
  readonly chosen: readonly ChosenIndex[];
  /** Distinct statements that were planned. */
  readonly queries: number;
  readonly costBefore: number;
  readonly costAfter: number;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  /** Each statement with its plan under the set. */
  readonly plans: readonly ServedQuery[];
}

/** A query that reads less is nobody's concern. */
const LEAST_ROWS = 500;
/** Candidates are asked for again without those that were taken, so that the second best are known too. */
const ROUNDS = 3;
/** Without an index that is worth its place, some query costs more than this many times as much. */
const HARDLY = 1.25;
/** Indexes that leave a query more than this share of its cost, or of its rows read, do not change it. */
const LEAST_GAIN = 0.8;
/** Where all the rows are still read, and billed, only the order or the table's own pages are saved: that must be most of the cost. */
const LEAST_GAIN_ALONE = 1 / 3;
/** An index that holds all that is read, or some rows only, must leave no more than this of the cost that others leave. */
const SPECIAL_SHARE = 0.5;

/** Always the same for the same workload. The generator pauses between pieces of work. */
export function* selectIndexes(planner: Planner, workload: Workload): Generator<void, Selection> {
  const queries = pricedQueries(planner, workload);
  const field = yield* candidatesOf(planner, queries);
  const search = new Relaxation(planner, workload, queries);
  // The trial must end before anything else is planned, so its work is done without a pause.
  return planner.configure((trial) => search.run(trial, field));
}

interface Field {
  /** What the planner takes where everything is there. */
  readonly first: readonly ProposedIndex[];
  /** What it takes where that is gone. */
  readonly others: readonly ProposedIndex[];
}

function* candidatesOf(planner: Planner, queries: readonly PricedQuery[]): Generator<void, Field> {
  const first = new Map<string, ProposedIndex>();
  const others = new Map<string, ProposedIndex>();
  for (const { statement, before } of queries) {
    if (before.rowsRead < LEAST_ROWS) continue;
    const uses = planner.uses(statement);
    const plain = [...candidateIndexes(uses, planner.schema), ...keyIndexes(statement, planner.schema)];
    const ordinary = roundsOf(planner, statement, plain);
    const special = roundsOf(planner, statement, [...plain, ...specialIndexes(uses, planner.schema)]);
    const best = (special[0]?.cost ?? Infinity) <= (ordinary[0]?.cost ?? before.cost) * SPECIAL_SHARE ? special : ordinary;
    if (best[0] !== undefined && gains(before, best[0])) {
      for (const index of best[0].used) first.set(indexKey(index), index);
      for (const { used } of [...best.slice(1), ...ordinary]) for (const index of used) others.set(indexKey(index), index);
    }
    yield;
  }
  return { first: [...first.values()], others: [...others].flatMap(([key, index]) => (first.has(key) ? [] : [index])) };
}

interface Round {
  readonly used: readonly ProposedIndex[];
  readonly cost: number;
  readonly rowsRead: number;
}

function gains(before: JudgedPlan, { cost, rowsRead }: Round): boolean {
  const isRead = rowsRead > before.rowsRead * LEAST_GAIN;
  return cost <= before.cost * (isRead ? LEAST_GAIN_ALONE : LEAST_GAIN) && rowsRead <= before.rowsRead;
}

function roundsOf(planner: Planner, statement: PricedQuery["statement"], candidates: readonly ProposedIndex[]): readonly Round[] {
  return planner.configure((trial) => {
    const rounds: Round[] = [];
    let left = candidates.filter((index) => trial.add(index));
    while (left.length > 0 && rounds.length < ROUNDS) {
      const judged = trial.judge(statement);
      const names = usedIn(judged?.plan ?? []);
      const used = left.filter((index) => names.has(planner.freeName(index).toLowerCase()));
      if (judged === undefined || used.length === 0) break;
      rounds.push({ used, cost: judged.cost, rowsRead: judged.rowsRead });
      for (const index of used) trial.remove(index);
      left = left.filter((index) => !used.includes(index));
    }
    return rounds;
  });
}

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

class Relaxation {
  readonly #planner: Planner;
  readonly #workload: Workload;
  readonly #queries: readonly PricedQuery[];
  #set: ProposedIndex[] = [];

  constructor(planner: Planner, workload: Workload, queries: readonly PricedQuery[]) {
    this.#planner = planner;
    this.#workload = workload;
    this.#queries = queries;
  }

  run(trial: Trial, field: Field): Selection {
    const priced = new PricedSet(trial, this.#queries);
    this.#set = field.first.filter((index) => trial.add(index));
    priced.take(priced.again(this.#queries.keys()).plans);
    const pays = (step: Tried): boolean => step.more < step.saved;
    this.#relax(trial, priced, pays);
    if (this.#addBack(trial, priced, field)) this.#relax(trial, priced, pays);
    this.#relax(trial, priced, (step) => step.add.length === 0 && isHardlyMissed(step, priced));
    return this.#describe(trial, priced);
  }

  /** Takes the accepted step that pays best, again and again, until there is none. */
  #relax(trial: Trial, priced: PricedSet, accept: (step: Tried) => boolean): void {
    const known = new Map<string, Tried | undefined>();
    for (;;) {
      const tried = this.#steps().flatMap((step) => {
        const key = keyOf(step);
        if (!known.has(key)) known.set(key, this.#try(trial, priced, step));
        return known.get(key) ?? [];
      });
      const best = tried.filter(accept).reduce<Tried | undefined>((least, step) => (least === undefined || step.more - step.saved < least.more - least.saved ? step : least), undefined);
      if (best === undefined) return;
      this.#take(trial, priced, best);
      // What reads the same tables is priced anew.
      const touched = new Set([...best.plans.keys()].flatMap((at) => [...this.#queries[at]!.tables]));
      for (const [key, step] of known) {
        if (step === undefined || [...step.remove, ...step.add].some(({ table }) => touched.has(table.toLowerCase()))) known.delete(key);
      }
    }
  }

  /** Indexes that were given up, or never taken first, where the set now lacks them. True where one came back. */
  #addBack(trial: Trial, priced: PricedSet, field: Field): boolean {
    let came = false;
    for (const index of [...field.first, ...field.others]) {
      if (this.#has(index)) continue;
      const tried = this.#try(trial, priced, { remove: [], add: [index] });
      if (tried === undefined || tried.more >= tried.saved) continue;
      this.#take(trial, priced, tried);
      came = true;
    }
    return came;
  }

  #steps(): readonly Step[] {
    const steps: Step[] = [];
    for (const [at, index] of this.#set.entries()) {
      steps.push({ remove: [index], add: [] });
      for (let length = index.parts.length - 1; length > 0; length--) steps.push(this.#replace([index], { ...index, parts: index.parts.slice(0, length) }));
      if (index.where !== undefined) steps.push(this.#replace([index], { ...index, where: undefined }));
      for (const other of this.#set.slice(at + 1)) {
        if (other.table !== index.table || other.where !== index.where) continue;
        steps.push(this.#replace([index, other], merged(index, other)), this.#replace([index, other], merged(other, index)));
      }
    }
    return steps;
  }

  #replace(remove: readonly ProposedIndex[], by: ProposedIndex): Step {
    return { remove, add: this.#has(by) || isIndexed(this.#planner.schema, by) ? [] : [by] };
  }

  #has(index: ProposedIndex): boolean {
    const key = indexKey(index);
    return this.#set.some((other) => indexKey(other) === key);
  }

  #try(trial: Trial, priced: PricedSet, step: Step): Tried | undefined {
    // Where nothing is added, only what uses the index can change.
    const gone = new Set(step.remove.map((index) => this.#planner.freeName(index).toLowerCase()));
    const users = (at: number): boolean => [...usedIn(priced.plans[at]!.plan)].some((name) => gone.has(name));
    const table = [...step.remove, ...step.add][0]!.table;
    const affected = priced.over(table).filter((at) => step.add.length > 0 || users(at));
    for (const index of step.remove) trial.remove(index);
    const added = step.add.every((index) => trial.add(index));
    const result = added ? priced.again(affected) : undefined;
    for (const index of step.add) trial.remove(index);
    for (const index of step.remove) trial.add(index);
    if (result === undefined) return undefined;
    const ofTable = this.#set.filter((index) => index.table === table);
    const after = [...ofTable.filter((index) => !step.remove.includes(index)), ...step.add];
    return { ...step, ...result, saved: upkeep(this.#planner, this.#workload, ofTable) - upkeep(this.#planner, this.#workload, after) };
  }

  #take(trial: Trial, priced: PricedSet, step: Tried): void {
    for (const index of step.remove) trial.remove(index);
    for (const index of step.add) trial.add(index);
    const gone = new Set(step.remove.map(indexKey));
    this.#set = [...this.#set.filter((index) => !gone.has(indexKey(index))), ...step.add];
    priced.take(step.plans);
  }

  #describe(trial: Trial, priced: PricedSet): Selection {
    const replaced = new Map(this.#set.map((index) => [index, this.#replaced(trial, priced, index)]));
    const plans = this.#queries.map((query, at) => ({ query, after: priced.plans[at]! }));
    const chosen = this.#set.map((index) => this.#chosen(index, plans, replaced.get(index)!)).filter(({ serves }) => serves.length > 0);
    return {
      chosen: chosen.sort((a, b) => b.costBefore - b.costAfter - (a.costBefore - a.costAfter) || (a.name < b.name ? -1 : 1)),
      queries: plans.length,
      ...totals(plans),
      plans,
    };
  }

  #chosen(index: ProposedIndex, plans: readonly ServedQuery[], replaces: readonly Index[]): ChosenIndex {
    const name = this.#planner.freeName(index);
    const gain = ({ query, after }: ServedQuery): number => query.weight * (query.before.cost - after.cost);
    const serves = plans.filter(({ after }) => usedIn(after.plan).has(name.toLowerCase())).sort((a, b) => gain(b) - gain(a));
    return { index, name, serves, replaces, ...totals(serves), entriesWritten: entriesWritten(this.#planner, this.#workload, index) };
  }

  /** Drops the existing beginnings of the index: they would only be written once more at every insert. */
  #replaced(trial: Trial, priced: PricedSet, index: ProposedIndex): readonly Index[] {
    const existing = replacedBy(this.#planner.schema, index);
    const names = new Set(existing.map(({ name }) => name.toLowerCase()));
    for (const one of existing) trial.drop(one);
    priced.take(priced.again(priced.over(index.table).filter((at) => [...usedIn(priced.plans[at]!.plan)].some((name) => names.has(name)))).plans);
    return existing;
  }
}

function totals(plans: readonly ServedQuery[]): Pick<Selection, "costBefore" | "costAfter" | "rowsBefore" | "rowsAfter"> {
  const sum = (of: (plan: ServedQuery) => number): number => Math.round(plans.reduce((total, plan) => total + plan.query.weight * of(plan), 0));
  return { costBefore: sum(({ query }) => query.before.cost), costAfter: sum(({ after }) => after.cost), rowsBefore: sum(({ query }) => query.before.rowsRead), rowsAfter: sum(({ after }) => after.rowsRead) };
}

/** True where without it no query gets dearer by more than a tenth. */
function isHardlyMissed({ plans }: Tried, priced: PricedSet): boolean {
  return [...plans].every(([at, plan]) => plan.cost <= priced.plans[at]!.cost * HARDLY);
}

/** One index for both: the parts of the first, then what the second has besides. */
function merged(index: ProposedIndex, other: ProposedIndex): ProposedIndex {
  if (covers(index, other)) return index;
  const held = new Set(index.parts.map((part) => partText(part)));
  return { ...index, parts: [...index.parts, ...other.parts.filter((part) => !held.has(partText(part)))] };
}

function keyOf({ remove, add }: Step): string {
  return `${remove.map(indexKey).join(";")}|${add.map(indexKey).join(";")}`;
}

/** Lower-case names of the indexes that a plan uses. */
function usedIn(plan: JudgedPlan["plan"]): ReadonlySet<string> {
  return new Set(allNodes(plan).flatMap(({ access }) => ("index" in access && access.index !== undefined ? [access.index.toLowerCase()] : [])));
}
