// Which indexes one statement lacks, as SQLite's planner proves them: the cheapest that it uses, with the fewest columns.

import type { Statement } from "../sql/statement";
import { candidateIndexes, isIndexed } from "./candidates";
import { allNodes } from "./plan";
import type { Access, PlanNode } from "./plan";
import type { JudgedPlan, Planner, ProposedIndex } from "./planner";
import type { TableUse } from "./table-use";

/** What an index changes most: a lookup instead of a scan, a join that searches, or an order without a sort. */
export type Benefit = "filter" | "join" | "sort";

export interface Advice {
  readonly index: ProposedIndex;
  /** The index alone where that is enough; else it and those that it needs beside it. */
  readonly together: readonly ProposedIndex[];
  readonly use: TableUse;
  readonly benefit: Benefit;
  /** How the table was reached before: `scan`, or `search` by the columns of an index that is too short. */
  readonly before: "scan" | "search";
  readonly searchedBy: readonly string[];
  /** For a sort, what it is for: ORDER BY, GROUP BY, DISTINCT. */
  readonly sortedFor: string | undefined;
  readonly planBefore: JudgedPlan;
  /** With all of `together`. */
  readonly planAfter: JudgedPlan;
}

/** The indexes of a statement must save this share of the cost, and this many rows read, or are not worth a word. */
const LEAST_SHARE = 0.5;
const LEAST_ROWS = 500;
/** Where an index already narrows the search, a longer one must save more. */
const LEAST_ROWS_OF_SEARCH = 2_000;
/** What each step of the choice must save at least. */
const LEAST_STEP = 0.9;
/** What an index without one of its columns may cost more and still be the better choice: fewer bytes, fewer writes. */
const SHORTER = 1.3;
const SHORTER_BY = 20;
/** Two candidates closer than this count as equal; the one with fewer columns wins. */
const CLOSE = 1.1;
/** Units of cost that one more index beside others must save at least. */
const LEAST_SAVED = 100;
const MOST_INDEXES = 3;
const MOST_PAIRS = 40;

/** Worked out once for each text: most statements of a file are as they were before the last keystroke. */
export function advise(planner: Planner, statement: Statement): readonly Advice[] {
  let known = advised.get(planner);
  if (known === undefined) advised.set(planner, (known = new Map()));
  let advice = known.get(statement.text);
  if (advice === undefined) known.set(statement.text, (advice = workOut(planner, statement)));
  return advice;
}

const advised = new WeakMap<Planner, Map<string, readonly Advice[]>>();

function workOut(planner: Planner, statement: Statement): readonly Advice[] {
  const first = planner.judge(statement);
  if (!("plan" in first) || first.rowsRead < LEAST_ROWS) return [];
  const search = new Search(planner, statement, first);
  const chosen = search.choose();
  return chosen.length === 0 ? [] : chosen.flatMap((index) => search.advice(index, chosen) ?? []);
}

interface Trial {
  readonly indexes: readonly ProposedIndex[];
  readonly after: JudgedPlan;
}

class Search {
  readonly #planner: Planner;
  readonly #statement: Statement;
  readonly #first: JudgedPlan;
  readonly #uses: readonly TableUse[];
  readonly #candidates: readonly ProposedIndex[];

  constructor(planner: Planner, statement: Statement, first: JudgedPlan) {
    this.#planner = planner;
    this.#statement = statement;
    this.#first = first;
    this.#uses = planner.uses(statement);
    this.#candidates = candidateIndexes(this.#uses, planner.schema);
  }

  /** The set of indexes that makes the statement cheapest, step by step; empty where it does not pay as a whole. */
  choose(): readonly ProposedIndex[] {
    let best: Trial = { indexes: [], after: this.#first };
    while (best.indexes.length < MOST_INDEXES) {
      const next = this.#step(best) ?? (best.indexes.length === 0 ? this.#pair() : undefined);
      if (next === undefined) break;
      best = this.#shorten(next, best);
    }
    best = this.#withoutIdle(best);
    return worthwhile(this.#first, best.after) ? best.indexes : [];
  }

  /** What the finding of one index says: alone where it pays alone, else with the whole set. */
  advice(index: ProposedIndex, chosen: readonly ProposedIndex[]): Advice | undefined {
    const alone = chosen.length === 1 ? undefined : this.#try([index]);
    const together = alone !== undefined && worthwhile(this.#first, alone.after) ? [index] : [index, ...chosen.filter((other) => other !== index)];
    const after = this.#try(together)?.after;
    if (after === undefined) return undefined;
    const found = this.#describe(index, after);
    if (found === undefined) return undefined;
    const saved = this.#first.rowsRead - after.rowsRead;
    if (found.before === "search" && found.benefit !== "sort" && saved < LEAST_ROWS_OF_SEARCH) return undefined;
    return { ...found, index, together, planBefore: this.#first, planAfter: after };
  }

  #try(indexes: readonly ProposedIndex[]): Trial | undefined {
    const after = this.#planner.whatIf(this.#statement, indexes);
    return after !== undefined && indexes.every((index) => this.#isUsed(after.plan, index)) ? { indexes, after } : undefined;
  }

  #step(from: Trial): Trial | undefined {
    const trials = this.#candidates
      .filter((index) => !from.indexes.includes(index))
      .flatMap((index) => this.#try([...from.indexes, index]) ?? [])
      .filter(({ after }) => weight(after) <= weight(from.after) * LEAST_STEP);
    return cheapest(trials);
  }

  /** Two indexes that help only together, such as both sides of a join. */
  #pair(): Trial | undefined {
    const pairs = this.#candidates.flatMap((one, at) => this.#candidates.slice(at + 1).filter((other) => other.table !== one.table).map((other) => [one, other]));
    return cheapest(pairs.slice(0, MOST_PAIRS).flatMap((pair) => this.#try(pair) ?? []).filter(({ after }) => worthwhile(this.#first, after)));
  }

  /** Leaves out columns of the newest index, the last first, as long as the statement costs hardly more. */
  #shorten(trial: Trial, from: Trial): Trial {
    const others = trial.indexes.slice(0, -1);
    const whole = trial.indexes.at(-1)!;
    const most = Math.min(weight(trial.after) * SHORTER + SHORTER_BY, weight(from.after) * LEAST_STEP);
    let kept = trial;
    for (let at = whole.columns.length - 1; at >= 0; at--) {
      const columns = kept.indexes.at(-1)!.columns.filter((column) => column !== whole.columns[at]);
      const shorter = columns.length === 0 || isIndexed(this.#planner.schema, whole.table, columns) ? undefined : this.#try([...others, { table: whole.table, columns }]);
      if (shorter !== undefined && weight(shorter.after) <= most) kept = shorter;
    }
    // SQLite reads an index in both directions, so the plain one is preferred where it does.
    const plain = kept.indexes.at(-1)!.columns.map(({ column }) => ({ column, descending: false }));
    const ascending = isIndexed(this.#planner.schema, whole.table, plain) ? undefined : this.#try([...others, { table: whole.table, columns: plain }]);
    return ascending !== undefined && weight(ascending.after) <= weight(kept.after) ? ascending : kept;
  }

  /** An index without which the statement is not much dearer goes. */
  #withoutIdle(trial: Trial): Trial {
    let kept = trial;
    for (const index of trial.indexes) {
      const fewer = kept.indexes.length > 1 ? this.#try(kept.indexes.filter((other) => other !== index)) : undefined;
      if (fewer !== undefined && worthwhile(this.#first, fewer.after) && weight(fewer.after) * LEAST_SHARE <= weight(kept.after) + LEAST_SAVED) kept = fewer;
    }
    return kept;
  }

  #isUsed(plan: readonly PlanNode[], index: ProposedIndex): boolean {
    const name = this.#planner.freeName(index).toLowerCase();
    return loops(plan).some(({ access }) => access.index?.toLowerCase() === name);
  }

  #describe(index: ProposedIndex, after: JudgedPlan): Pick<Advice, "use" | "benefit" | "before" | "searchedBy" | "sortedFor"> | undefined {
    const name = this.#planner.freeName(index).toLowerCase();
    const loopAfter = loops(after.plan).find(({ access }) => access.index?.toLowerCase() === name)?.access;
    const use = loopAfter === undefined ? undefined : this.#useOf(index, loopAfter.name);
    if (loopAfter === undefined || use === undefined) return undefined;
    const loopBefore = loops(this.#first.plan).find(({ access }) => access.name.toLowerCase() === loopAfter.name.toLowerCase())?.access;
    const searchedBefore = loopBefore === undefined || loopBefore.automatic ? [] : searched(loopBefore);
    const sort = sorts(this.#first.plan).find((purpose) => !sorts(after.plan).includes(purpose));
    const narrower = searched(loopAfter).length > searchedBefore.length;
    return {
      use,
      benefit: !narrower && sort !== undefined ? "sort" : leadsByJoin(index, use) ? "join" : narrower ? "filter" : "sort",
      before: searchedBefore.length === 0 ? "scan" : "search",
      searchedBy: searchedBefore,
      sortedFor: sort,
    };
  }

  /** The use that the index serves: of several under one name, the one that compares its columns. */
  #useOf(index: ProposedIndex, name: string): TableUse | undefined {
    const ofTable = this.#uses.filter((use) => use.table.name === index.table);
    const named = ofTable.filter((use) => use.name.toLowerCase() === name.toLowerCase());
    const compares = (use: TableUse): boolean => use.predicates.some(({ column }) => column === index.columns[0]!.column);
    const orders = (use: TableUse): boolean => use.order.some(({ column }) => column === index.columns[0]!.column);
    return named.find(compares) ?? named.find(orders) ?? named[0] ?? ofTable.find(compares) ?? ofTable[0];
  }
}

/** The first of the shortest among the cheapest: candidates come in a fixed order, so the choice is always the same. */
function cheapest(trials: readonly Trial[]): Trial | undefined {
  const least = Math.min(...trials.map(({ after }) => weight(after)));
  const close = trials.filter(({ after }) => weight(after) <= least * CLOSE);
  const columns = (trial: Trial): number => trial.indexes.reduce((sum, index) => sum + index.columns.length, 0);
  return close.reduce<Trial | undefined>((best, trial) => (best === undefined || columns(trial) < columns(best) ? trial : best), undefined);
}

/** Both what SQLite has to do and what D1 bills count. */
function weight(plan: JudgedPlan): number {
  return plan.cost + plan.rowsRead;
}

function worthwhile(before: JudgedPlan, after: JudgedPlan): boolean {
  return after.cost <= before.cost * LEAST_SHARE && before.rowsRead - after.rowsRead >= LEAST_ROWS;
}

/** True where the index is entered by a value from another table. */
function leadsByJoin(index: ProposedIndex, use: TableUse): boolean {
  const leading = use.predicates.filter(({ column, kind }) => column === index.columns[0]!.column && kind !== "range");
  return leading.length > 0 && leading.every(({ from }) => from.length > 0);
}

type Loop = Extract<Access, { readonly kind: "scan" | "search" }>;

function searched(access: Loop): readonly string[] {
  return [...access.equal, ...new Set(access.range)];
}

function loops(plan: readonly PlanNode[]): readonly { readonly access: Loop }[] {
  return allNodes(plan).flatMap(({ access }) => (access.kind === "scan" || access.kind === "search" ? [{ access }] : []));
}

function sorts(plan: readonly PlanNode[]): readonly string[] {
  return allNodes(plan).flatMap(({ access }) => (access.kind === "sort" && !access.partial ? [access.purpose] : []));
}
