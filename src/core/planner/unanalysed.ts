// What a set of indexes does to the queries of a database where nobody has run ANALYZE, as every D1 database is at first.
// Without statistics SQLite takes any first column of an index to leave ten rows, so that one on a flag can draw a query
// away from the index that finds its row. What does is replaced, where that costs little while there are statistics.

import type { Index } from "../schema/schema";
import { candidateIndexes, specialIndexes } from "./candidates";
import { indexesUsed } from "./plan";
import type { JudgedPlan, Planner } from "./planner";
import { covers, indexKey, isIndexed, replacedBy } from "./proposed-index";
import type { ProposedIndex } from "./proposed-index";
import { HARDLY_MORE, HARM } from "./relaxation";
import type { Trial } from "./trial";
import { upkeep } from "./workload";
import type { PricedQuery, Workload } from "./workload";

/** A query that reads more rows by an index than without the set. */
export interface Misled {
  readonly query: PricedQuery;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
}

export interface Misleading {
  readonly index: ProposedIndex;
  /** The query that suffers most. */
  readonly misled: Misled;
  /** Rows that all such queries read more, weighted. */
  readonly harm: number;
}

/** Indexes, and the existing ones that each of them replaces. */
export interface MadeSet {
  readonly set: readonly ProposedIndex[];
  readonly replaced: ReadonlyMap<ProposedIndex, readonly Index[]>;
}

export interface Unanalysed {
  /** Of each query, with the set made. */
  readonly plans: readonly JudgedPlan[];
  /** The one that does most harm first. */
  readonly misleading: readonly Misleading[];
}

/** Of all that might stand in for an index, those that serve its queries best are looked at closely. */
const MOST_TRIED = 6;

/** The plans of the queries as things are. */
export function plansUnanalysed(planner: Planner, queries: readonly PricedQuery[]): readonly JudgedPlan[] {
  return planner.withoutStatistics(() => planner.configure((trial) => judged(trial, queries)));
}

/** `before` are the plans without the set. */
export function unanalysed(planner: Planner, queries: readonly PricedQuery[], made: MadeSet, before = plansUnanalysed(planner, queries)): Unanalysed {
  const plans = planner.withoutStatistics(() =>
    planner.configure((trial) => {
      make(trial, made);
      return judged(trial, queries);
    }),
  );
  const misleading = made.set.flatMap((index) => misleadingBy(planner.freeName(index), index, queries, before, plans) ?? []);
  return { plans, misleading: misleading.sort((a, b) => b.harm - a.harm) };
}

function misleadingBy(name: string, index: ProposedIndex, queries: readonly PricedQuery[], before: readonly JudgedPlan[], after: readonly JudgedPlan[]): Misleading | undefined {
  const more = (at: number): number => queries[at]!.weight * (after[at]!.rowsRead - before[at]!.rowsRead);
  const isMisled = (at: number): boolean => after[at]!.rowsRead >= before[at]!.rowsRead * HARM + HARDLY_MORE && isUsed(name, after[at]!);
  const all = [...queries.keys()].filter(isMisled).sort((a, b) => more(b) - more(a));
  const [worst] = all;
  if (worst === undefined) return undefined;
  const misled = { query: queries[worst]!, rowsBefore: before[worst]!.rowsRead, rowsAfter: after[worst]!.rowsRead };
  return { index, misled, harm: all.reduce((sum, at) => sum + more(at), 0) };
}

/**
 * What is made instead of an index that misleads: another one that serves its queries, or none where `instead` is
 * undefined. The cheapest by the statistics that misleads nobody, and costs at most so many units more; undefined where
 * there is none.
 */
export function standIn(planner: Planner, workload: Workload, queries: readonly PricedQuery[], made: MadeSet, misleading: Misleading, most: number): { readonly instead: ProposedIndex | undefined } | undefined {
  const over = queries.filter(({ tables }) => tables.has(misleading.index.table.toLowerCase()));
  const found = planner.configure((trial) => ranked(planner, workload, over, made, misleading, most, trial));
  return found.find(({ instead }) => instead === undefined || !unanalysed(planner, over, exchanged(planner, made, misleading.index, instead)).misleading.some(({ index }) => index === instead));
}

function ranked(planner: Planner, workload: Workload, over: readonly PricedQuery[], made: MadeSet, { index, misled }: Misleading, most: number, trial: Trial): readonly { readonly instead: ProposedIndex | undefined }[] {
  make(trial, made);
  const name = planner.freeName(index);
  const known = judged(trial, over);
  const users = over.filter((_, at) => isUsed(name, known[at]!));
  const cost = costOf(users, judged(trial, users)) + upkeep(planner, workload, made.set);
  trial.remove(index);
  for (const one of made.replaced.get(index) ?? []) trial.restore(one);
  const plansWith = (instead: ProposedIndex | undefined, queries: readonly PricedQuery[]): readonly JudgedPlan[] => {
    if (instead !== undefined) trial.add(instead);
    const plans = judged(trial, queries);
    if (instead !== undefined) trial.remove(instead);
    return plans;
  };
  const priced = [undefined, ...variants(planner, [...users, misled.query], index, made.set)].map((instead) => {
    const { set } = exchanged(planner, made, index, instead);
    return { instead, more: costOf(users, plansWith(instead, users)) + upkeep(planner, workload, set) - cost };
  });
  const near = priced.filter(({ more }) => more <= most).sort((a, b) => a.more - b.more);
  return near.slice(0, MOST_TRIED).filter(({ instead }) => {
    const plans = plansWith(instead, over);
    const isHarm = plans.some(({ rowsRead }, at) => rowsRead > known[at]!.rowsRead && rowsRead >= over[at]!.before.rowsRead * HARM + HARDLY_MORE);
    return !isHarm && costOf(over, plans) - costOf(over, known) <= most;
  });
}

/** The set with another index, or none, in the place of one. */
export function exchanged({ schema }: Planner, { set }: Pick<MadeSet, "set">, index: ProposedIndex, instead: ProposedIndex | undefined): MadeSet {
  const others = set.filter((other) => other !== index);
  const made = instead === undefined ? others : [...others, instead];
  return { set: made, replaced: new Map(made.map((one) => [one, replacedBy(schema, one)])) };
}

/** Other indexes for these queries, whole or of some rows, and the same columns in another order. */
function variants(planner: Planner, queries: readonly PricedQuery[], index: ProposedIndex, set: readonly ProposedIndex[]): readonly ProposedIndex[] {
  const serving = queries.flatMap(({ statement }) => {
    const uses = planner.uses(statement).filter(({ table }) => table.name === index.table);
    return [...candidateIndexes(uses, planner.schema), ...specialIndexes(uses, planner.schema).filter(({ where }) => where !== undefined)];
  });
  const turned = index.parts.map((_, at) => ({ ...index, parts: [...index.parts.slice(at), ...index.parts.slice(0, at)] }));
  const found = new Map([...serving, ...turned].map((other) => [indexKey(other), other]));
  return [...found.values()].filter((other) => !isIndexed(planner.schema, other) && !set.some((one) => covers(one, other) || (one !== index && covers(other, one))));
}

function make(trial: Trial, { set, replaced }: MadeSet): void {
  for (const index of set) trial.add(index);
  for (const index of [...replaced.values()].flat()) trial.drop(index);
}

function judged(trial: Trial, queries: readonly PricedQuery[]): readonly JudgedPlan[] {
  return queries.map(({ statement, before }) => trial.judge(statement) ?? before);
}

function costOf(queries: readonly PricedQuery[], plans: readonly JudgedPlan[]): number {
  return queries.reduce((sum, { weight }, at) => sum + weight * plans[at]!.cost, 0);
}

function isUsed(name: string, { plan }: JudgedPlan): boolean {
  return indexesUsed(plan).has(name.toLowerCase());
}
