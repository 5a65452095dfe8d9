// One workload for `indexes.mjs`: what its queries cost without more indexes, with ours, with those of `.expert`, and with
// the best of all sets where that can be known; and the time that they take on seeded rows.

import { writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { selectIndexes } from "../../src/core/planner/index-selection";
import type { Selection } from "../../src/core/planner/index-selection";
import type { JudgedPlan, Planner } from "../../src/core/planner/planner";
import { createIndex } from "../../src/core/planner/proposed-index";
import type { ProposedIndex } from "../../src/core/planner/proposed-index";
import { HARDLY_MORE, HARM } from "../../src/core/planner/relaxation";
import { pricedQueries, upkeep } from "../../src/core/planner/workload";
import type { PricedQuery } from "../../src/core/planner/workload";
import type { Index } from "../../src/core/schema/schema";
import { loadEngine } from "../../src/sqlite/engine";
import { bounds } from "./exhaustive";
import { expertIndexes, expertVersion } from "./expert";
import { tradeWorkload, workloadOfFolder } from "./index-workloads";
import { measuredTimes } from "./measured-times";

interface IndexSet {
  readonly add: readonly ProposedIndex[];
  readonly drop: readonly Index[];
}

async function main(kind: string, place: string): Promise<void> {
  const engine = await loadEngine({ wasm: await readFile(path.join(__dirname, "sql-wasm.wasm")) });
  const found = kind === "trade" ? await tradeWorkload(engine, place) : await workloadOfFolder(engine, place);
  if (found === undefined) return say({ queries: 0 });
  const { planner, workload } = found;
  const queries = pricedQueries(planner, workload);
  const began = process.cpuUsage();
  const selection = selected(planner, workload);
  const { user, system } = process.cpuUsage(began);
  const ms = (user + system) / 1_000;
  const ours: IndexSet = { add: selection.chosen.map(({ index }) => index), drop: selection.chosen.flatMap(({ replaces }) => replaces) };
  const database = found.open();
  const expert = expertVersion() === undefined ? undefined : { add: expertIndexes(database, queries.map(({ statement }) => found.forEngine(statement.engineText))), drop: [] };
  database.close();
  const plans = { ours: judged(planner, queries, ours), expert: expert === undefined ? undefined : judged(planner, queries, expert) };
  const without = (set: IndexSet): number => misled(planner, queries, set);
  const limits = bounds(planner, workload, queries, ours.add);
  const priced = (set: IndexSet, after: readonly JudgedPlan[]): object => {
    const cost = costOf(queries, after);
    return { cost, total: cost + upkeep(planner, workload, set.add), indexes: set.add.length, dropped: set.drop.length, misled: without(set) };
  };
  say({
    queries: queries.length,
    ms,
    none: costOf(queries, queries.map(({ before }) => before)),
    ours: { ...priced(ours, plans.ours), promised: selection.costAfter },
    expert: expert === undefined ? undefined : priced(expert, plans.expert!),
    floor: limits.floor,
    best: limits.optimum === undefined ? undefined : { cost: limits.optimum.cost, total: limits.optimum.total, indexes: limits.optimum.indexes.length },
    sets: { ours: ours.add.map(sqlOf), dropped: ours.drop.map(({ name }) => name), "left out": selection.leftOut.map(({ index, instead, misled: { rowsBefore, rowsAfter } }) => `${sqlOf(index)}, by which a query would read ${rowsAfter} rows instead of ${rowsBefore}; instead: ${instead === undefined ? "none" : sqlOf(instead)}`), expert: expert?.add.map(sqlOf), best: limits.optimum?.indexes.map(sqlOf) },
    // The queries that another set serves better, those first that lose most.
    behind: plans.expert === undefined ? [] : behind(queries, plans.ours, plans.expert),
    times: measuredTimes(found, queries, [{ add: [], drop: [] }, ours, ...(expert === undefined ? [] : [expert])]),
  });
}

function selected(planner: Planner, workload: Parameters<typeof selectIndexes>[1]): Selection {
  const steps = selectIndexes(planner, workload);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function judged(planner: Planner, queries: readonly PricedQuery[], { add, drop }: IndexSet): readonly JudgedPlan[] {
  return planner.configure((trial) => {
    for (const index of add) if (!trial.add(index)) throw new Error(`SQLite refuses ${sqlOf(index)}`);
    for (const index of drop) trial.drop(index);
    return queries.map(({ statement, before }) => trial.judge(statement) ?? before);
  });
}

/** Queries that read many more rows with the set than without, in a database without statistics. */
function misled(planner: Planner, queries: readonly PricedQuery[], set: IndexSet): number {
  const [before, after] = planner.withoutStatistics(() => [judged(planner, queries, { add: [], drop: [] }), judged(planner, queries, set)]);
  return queries.filter((_, at) => after[at]!.rowsRead >= before[at]!.rowsRead * HARM + HARDLY_MORE).length;
}

function costOf(queries: readonly PricedQuery[], plans: readonly JudgedPlan[]): number {
  return queries.reduce((sum, { weight }, at) => sum + weight * plans[at]!.cost, 0);
}

function behind(queries: readonly PricedQuery[], ours: readonly JudgedPlan[], theirs: readonly JudgedPlan[]): readonly object[] {
  return queries
    .map(({ statement, weight }, at) => ({ sql: statement.text.replace(/\s+/g, " "), weight, ours: ours[at]!.cost, theirs: theirs[at]!.cost, plans: [ours[at]!, theirs[at]!].map(({ plan }) => plan.map(({ detail }) => detail)) }))
    .filter((query) => query.ours > query.theirs * 1.01)
    .sort((a, b) => b.weight * (b.ours - b.theirs) - a.weight * (a.ours - a.theirs))
    .slice(0, 20);
}

function sqlOf(index: ProposedIndex): string {
  return createIndex(index, "x");
}

function say(result: object): void {
  // In one write, since the parent reads what is there when this process ends.
  writeSync(1, JSON.stringify(result));
}

void main(process.argv[2]!, process.argv[3]!);
