// The set of indexes for all queries of a repository: what the planner would take for each of them, which `relaxation`
// makes a set that pays as a whole, what must do so without statistics too (`unanalysed`), and what each index of it does
// for which query.

import type { Index } from "../schema/schema";
import { candidateIndexes, keyIndexes, specialIndexes } from "./candidates";
import { allNodes, indexesUsed } from "./plan";
import type { JudgedPlan, Planner } from "./planner";
import { indexKey } from "./proposed-index";
import type { ProposedIndex } from "./proposed-index";
import { HARDLY_MORE, HARM, Relaxation } from "./relaxation";
import type { Field, Relaxed } from "./relaxation";
import type { Trial } from "./trial";
import { exchanged, plansUnanalysed, standIn, unanalysed } from "./unanalysed";
import type { MadeSet, Misled, Unanalysed } from "./unanalysed";
import { entriesWritten, pricedQueries } from "./workload";
import type { PricedQuery, Workload } from "./workload";

export interface ChosenIndex {
  readonly index: ProposedIndex;
  /** The name that a migration gives it. */
  readonly name: string;
  /** The queries whose plan uses it, the one that gains most first. */
  readonly serves: readonly ServedQuery[];
  /** Existing indexes whose work it does as well. */
  readonly replaces: readonly Index[];
  /** Cost of the served queries, weighted, with all the others of the set and then with this one too. */
  readonly costBefore: number;
  readonly costAfter: number;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  /** Entries that one turn of the workload adds to it. */
  readonly entriesWritten: number;
  /** True where none of these queries would use it in a database without statistics. */
  readonly needsStatistics: boolean;
  /** A query that is worse off with it in such a database. */
  readonly misleads: Misled | undefined;
}

/** An index that would pay, but for queries that it draws away from a better one where SQLite has no statistics. */
export interface LeftOut {
  readonly index: ProposedIndex;
  /** The one of the set that was taken in its place; undefined where there is none. */
  readonly instead: ProposedIndex | undefined;
  readonly misled: Misled;
}

export interface ServedQuery {
  readonly query: PricedQuery;
  readonly after: JudgedPlan;
}

export interface Selection {
  readonly chosen: readonly ChosenIndex[];
  readonly leftOut: readonly LeftOut[];
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
/** Indexes that leave a query more than this share of its cost, or of its rows read, do not change it. */
const LEAST_GAIN = 0.8;
/** Where all the rows are still read, and billed, only the order or the table's own pages are saved: that must be half of the cost. */
const LEAST_GAIN_ALONE = 0.5;
/** An index that holds all that is read, or some rows only, must leave no more than this of the cost that others leave. */
const SPECIAL_SHARE = 0.5;
/** How often the set is looked for again without what does harm. */
const MOST_TURNS = 3;
/** Indexes that are exchanged for the sake of databases without statistics. */
const MOST_LEFT_OUT = 8;
/** The share of what all queries cost that may be given for that, and no more than the rows that it spares. */
const MOST_FOR_OTHERS = 0.01;

/** Always the same for the same workload. The generator pauses between pieces of work. */
export function* selectIndexes(planner: Planner, workload: Workload): Generator<void, Selection> {
  const queries = pricedQueries(planner, workload);
  const field = yield* candidatesOf(planner, queries);
  const banned = new Set<string>();
  for (let turn = 0; ; turn++) {
    // The trial must end before anything else is planned, so its work is done without a pause.
    const relaxed = planner.configure((trial) => new Relaxation(planner, workload, queries, trial).run(without(field, banned), (query, set) => wanted(planner, trial, query, set).filter((index) => !banned.has(indexKey(index)))));
    const harmful = relaxed.set.filter((index) => harms(planner, index, queries, relaxed));
    if (harmful.length === 0 || turn === MOST_TURNS) return yield* steadied(planner, workload, queries, relaxed);
    for (const index of harmful) banned.add(indexKey(index));
    yield;
  }
}

/** Exchanges what misleads SQLite where nobody has run ANALYZE. */
function* steadied(planner: Planner, workload: Workload, queries: readonly PricedQuery[], chosen: Relaxed): Generator<void, Selection> {
  const leftOut = new Map<string, LeftOut>();
  const kept = new Set<string>();
  const before = plansUnanalysed(planner, queries);
  const cost = queries.reduce((sum, { weight }, at) => sum + weight * chosen.plans[at]!.cost, 0);
  let made: MadeSet = chosen;
  let found = unanalysed(planner, queries, made, before);
  for (;;) {
    const next = found.misleading.find(({ index }) => !kept.has(indexKey(index)));
    if (next === undefined || leftOut.size === MOST_LEFT_OUT) break;
    yield;
    const { index, misled, harm } = next;
    const key = indexKey(index);
    const other = leftOut.has(key) ? undefined : standIn(planner, workload, queries, made, next, Math.min(harm, MOST_FOR_OTHERS * cost));
    if (other === undefined) {
      kept.add(key);
      continue;
    }
    leftOut.set(key, { index, instead: other.instead, misled });
    made = exchanged(planner, made, index, other.instead);
    found = unanalysed(planner, queries, made, before);
  }
  yield;
  if (leftOut.size === 0) return described(planner, workload, queries, chosen, found, []);
  const changed = new Set([...leftOut.values()].map(({ index }) => index.table));
  const settled = planner.configure((trial) => new Relaxation(planner, workload, queries, trial).settle(made.set, changed));
  yield;
  const isSame = settled.set.length === made.set.length;
  return described(planner, workload, queries, settled, isSame ? found : unanalysed(planner, queries, settled, before), [...leftOut.values()]);
}

function without({ first, others, together }: Field, banned: ReadonlySet<string>): Field {
  const isFree = (index: ProposedIndex): boolean => !banned.has(indexKey(index));
  return { first: first.filter(isFree), others: others.filter(isFree), together: together.filter((indexes) => indexes.every(isFree)) };
}

/** True where a query that takes the index reads many more rows by it: SQLite holds it for the cheaper way, D1 bills it. */
function harms(planner: Planner, index: ProposedIndex, queries: readonly PricedQuery[], { plans }: Relaxed): boolean {
  const name = planner.freeName(index).toLowerCase();
  return queries.some(({ before }, at) => plans[at]!.rowsRead >= before.rowsRead * HARM + HARDLY_MORE && indexesUsed(plans[at]!.plan).has(name));
}

function* candidatesOf(planner: Planner, queries: readonly PricedQuery[]): Generator<void, Field> {
  const first = new Map<string, ProposedIndex>();
  const others = new Map<string, ProposedIndex>();
  const together: (readonly ProposedIndex[])[] = [];
  for (const query of queries) {
    const found = worthwhileIndexes(planner, query);
    if (found.first.length === 0) continue;
    for (const index of found.first) first.set(indexKey(index), index);
    for (const index of found.others) others.set(indexKey(index), index);
    if (found.first.length > 1) together.push(found.first);
    yield;
  }
  return { first: [...first.values()], others: [...others].flatMap(([key, index]) => (first.has(key) ? [] : [index])), together };
}

/** The indexes that change one query enough: what the planner takes first, and what it takes where that is gone. */
export function worthwhileIndexes(planner: Planner, query: PricedQuery): Pick<Field, "first" | "others"> {
  return planner.configure((trial) => worthwhileBeside(planner, trial, query, []));
}

/** What changes a query enough beside a set that is under trial, so that nothing is left to ask for once the set is made. */
function wanted(planner: Planner, trial: Trial, query: PricedQuery, set: readonly ProposedIndex[]): readonly ProposedIndex[] {
  const { first, others } = worthwhileBeside(planner, trial, query, set);
  return [...first, ...others];
}

function worthwhileBeside(planner: Planner, trial: Trial, { statement, before }: PricedQuery, set: readonly ProposedIndex[]): Pick<Field, "first" | "others"> {
  if (before.rowsRead < LEAST_ROWS) return { first: [], others: [] };
  const there = new Set(set.map(indexKey));
  const isNew = (index: ProposedIndex): boolean => !there.has(indexKey(index));
  const uses = planner.uses(statement);
  const plain = [...candidateIndexes(uses, planner.schema), ...keyIndexes(statement, planner.schema)].filter(isNew);
  const ordinary = roundsOf(planner, trial, statement, plain);
  const special = roundsOf(planner, trial, statement, [...plain, ...specialIndexes(uses, planner.schema).filter(isNew)]);
  const best = specialOr(ordinary, special, before);
  if (best[0] === undefined || !gains(planner, before, best[0])) return { first: [], others: [] };
  return { first: best[0].used, others: [...best.slice(1), ...ordinary].flatMap(({ used }) => used) };
}

interface Round extends Pick<JudgedPlan, "plan" | "cost" | "rowsRead"> {
  readonly used: readonly ProposedIndex[];
}

function gains(planner: Planner, before: JudgedPlan, round: Round): boolean {
  if (round.rowsRead > before.rowsRead) return false;
  if (round.rowsRead <= before.rowsRead * LEAST_GAIN) return round.cost <= before.cost * LEAST_GAIN;
  return round.cost <= before.cost * LEAST_GAIN_ALONE && !onlyScans(planner, before, round);
}

/**
 * The indexes are read from end to end in place of their tables, and nothing is sorted less, as for a sum over all rows.
 * That spares no row that is billed, costs one at each insert, and grows with the table: a counter is what helps.
 */
function onlyScans(planner: Planner, before: JudgedPlan, { plan, used }: Round): boolean {
  const names = new Set(used.map((index) => planner.freeName(index).toLowerCase()));
  const isSearched = allNodes(plan).some(({ access }) => access.kind === "search" && names.has(access.index?.toLowerCase() ?? ""));
  return !isSearched && sorts(plan) >= sorts(before.plan);
}

function sorts(plan: JudgedPlan["plan"]): number {
  return allNodes(plan).filter(({ access }) => access.kind === "sort").length;
}

/** Special indexes, the cheapest first, where one saves enough beside what the planner takes of the ordinary ones. */
function specialOr(ordinary: readonly Round[], special: readonly Round[], before: JudgedPlan): readonly Round[] {
  const cheapest = [...special].sort((a, b) => a.cost - b.cost);
  const isWorth = cheapest[0] !== undefined && cheapest[0].cost <= (ordinary[0]?.cost ?? before.cost) * SPECIAL_SHARE;
  return isWorth ? cheapest : ordinary;
}

/** What the planner takes, then what it takes where that is gone. Leaves the trial as it was. */
function roundsOf(planner: Planner, trial: Trial, statement: PricedQuery["statement"], candidates: readonly ProposedIndex[]): readonly Round[] {
  const rounds: Round[] = [];
  let left = candidates.filter((index) => trial.add(index));
  while (left.length > 0 && rounds.length < ROUNDS) {
    const judged = trial.judge(statement);
    const names = indexesUsed(judged?.plan ?? []);
    const used = left.filter((index) => names.has(planner.freeName(index).toLowerCase()));
    if (judged === undefined || used.length === 0) break;
    rounds.push({ ...judged, used });
    for (const index of used) trial.remove(index);
    left = left.filter((index) => !used.includes(index));
  }
  for (const index of left) trial.remove(index);
  return rounds;
}

function described(planner: Planner, workload: Workload, queries: readonly PricedQuery[], { set, replaced, plans: after }: Relaxed, unanalysedSet: Unanalysed, leftOut: readonly LeftOut[]): Selection {
  const plans = queries.map((query, at) => ({ query, after: after[at]! }));
  const withoutStatistics = new Map(queries.map((query, at) => [query, unanalysedSet.plans[at]!]));
  const chosen = planner.configure((trial) => {
    for (const index of set) trial.add(index);
    for (const index of new Set([...replaced.values()].flat())) trial.drop(index);
    return set.map((index): ChosenIndex => {
      const found = describedIndex(planner, workload, index, plans, replaced.get(index) ?? [], trial);
      const isTaken = found.serves.some(({ query }) => indexesUsed(withoutStatistics.get(query)!.plan).has(found.name.toLowerCase()));
      return { ...found, needsStatistics: !isTaken, misleads: unanalysedSet.misleading.find((one) => one.index === index)?.misled };
    });
  });
  const isChosen = (index: ProposedIndex | undefined): boolean => index !== undefined && set.some((one) => indexKey(one) === indexKey(index));
  return {
    chosen: chosen.sort((a, b) => b.costBefore - b.costAfter - (a.costBefore - a.costAfter) || (a.name < b.name ? -1 : 1)),
    leftOut: leftOut.filter(({ index }) => !isChosen(index)).map((one) => (isChosen(one.instead) ? one : { ...one, instead: undefined })),
    queries: plans.length,
    ...totals(plans),
    plans,
  };
}

/** `trial` has the whole set; what the index saves is what its queries cost more without it, those that it replaces there again. */
function describedIndex(planner: Planner, workload: Workload, index: ProposedIndex, plans: readonly ServedQuery[], replaces: readonly Index[], trial: Trial): Omit<ChosenIndex, "needsStatistics" | "misleads"> {
  const name = planner.freeName(index);
  const gain = ({ query, after }: ServedQuery): number => query.weight * (query.before.cost - after.cost);
  // The plan of an INSERT lists checks of keys that SQLite skips at run time.
  const serves = plans.filter((plan) => indexesUsed(plan.after.plan).has(name.toLowerCase()) && (plan.query.statement.kind !== "insert" || gain(plan) > 0)).sort((a, b) => gain(b) - gain(a));
  trial.remove(index);
  for (const one of replaces) trial.restore(one);
  const alone = serves.map(({ query, after }) => ({ query: { ...query, before: trial.judge(query.statement) ?? query.before }, after }));
  for (const one of replaces) trial.drop(one);
  trial.add(index);
  return { index, name, serves, replaces, ...totals(alone), entriesWritten: entriesWritten(planner, workload, index) };
}

function totals(plans: readonly ServedQuery[]): Pick<Selection, "costBefore" | "costAfter" | "rowsBefore" | "rowsAfter"> {
  const sum = (of: (plan: ServedQuery) => number): number => Math.round(plans.reduce((total, plan) => total + plan.query.weight * of(plan), 0));
  return { costBefore: sum(({ query }) => query.before.cost), costAfter: sum(({ after }) => after.cost), rowsBefore: sum(({ query }) => query.before.rowsRead), rowsAfter: sum(({ after }) => after.rowsRead) };
}
