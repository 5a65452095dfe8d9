// Which indexes one statement lacks, as SQLite's planner proves them: the cheapest that it uses, with the fewest columns.

import { statementKey } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { candidateIndexes, specialIndexes } from "./candidates";
import { allNodes } from "./plan";
import type { Access, PlanNode } from "./plan";
import type { JudgedPlan, Planner } from "./planner";
import { isIndexed, partText } from "./proposed-index";
import type { ProposedIndex } from "./proposed-index";
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
  /** What the statement compares: plain columns, an expression that only an index on it serves, or a LIKE pattern that needs one without case. */
  readonly comparison: "columns" | "expression" | "pattern";
  /** For a sort, what it is for: ORDER BY, GROUP BY, DISTINCT. */
  readonly sortedFor: string | undefined;
  readonly planBefore: JudgedPlan;
  /** With all of `together`. */
  readonly planAfter: JudgedPlan;
}

/** The indexes of a statement must save this share of the cost, and this many rows read, or are not worth a word. */
const LEAST_SHARE = 0.5;
const LEAST_ROWS = 500;
const LEAST_ROWS_SHARE = 0.2;
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
/** Of more candidates, only those that the planner itself takes when all are there, then when those are gone. */
const MOST_TRIALS = 8;
const MOST_ROUNDS = 3;
/** An index that holds all that is read, or only some rows, is longer or serves fewer queries: it must save more. */
const LEAST_SAVED_BY_SPECIAL = 1_000;

/** Worked out once for each text: most statements of a file are as they were before the last keystroke. */
export function advise(planner: Planner, statement: Statement): readonly Advice[] {
  let known = advised.get(planner);
  if (known === undefined) advised.set(planner, (known = new Map()));
  const key = statementKey(statement);
  let advice = known.get(key);
  if (advice === undefined) known.set(key, (advice = workOut(planner, statement)));
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

interface Attempt {
  readonly indexes: readonly ProposedIndex[];
  readonly after: JudgedPlan;
}

class Search {
  readonly #planner: Planner;
  readonly #statement: Statement;
  readonly #first: JudgedPlan;
  readonly #uses: readonly TableUse[];

  constructor(planner: Planner, statement: Statement, first: JudgedPlan) {
    this.#planner = planner;
    this.#statement = statement;
    this.#first = first;
    this.#uses = planner.uses(statement);
  }

  /** The set of indexes that makes the statement cheapest, step by step; empty where it does not pay as a whole. */
  choose(): readonly ProposedIndex[] {
    const candidates = candidateIndexes(this.#uses, this.#planner.schema);
    if (candidates.length === 0) return this.#special({ indexes: [], after: this.#first });
    // One table without an OR takes one index, and few candidates are tried one by one.
    const isPlain = this.#uses.length === 1 && this.#uses[0]!.arms.length === 0 && candidates.length <= MOST_TRIALS;
    const { pool, together } = isPlain ? { pool: candidates, together: [] } : this.#field(candidates);
    let best = this.#stepwise(pool);
    // Indexes that help only together, such as both sides of a join, or all sides of an OR.
    const joint = together.length > 1 && together.length <= MOST_INDEXES ? this.#try(together) : undefined;
    if (joint !== undefined && weight(joint.after) <= weight(best.after) * LEAST_STEP) best = this.#shortenAll(joint);
    best = this.#withoutIdle(best);
    return this.#special(worthwhile(this.#first, best.after) ? best : { indexes: [], after: this.#first });
  }

  /** The candidates that the planner would take from all of them, and what it takes at once. */
  #field(candidates: readonly ProposedIndex[]): { readonly pool: readonly ProposedIndex[]; readonly together: readonly ProposedIndex[] } {
    return this.#planner.configure((trial) => {
      const rounds: (readonly ProposedIndex[])[] = [];
      let left = candidates.filter((index) => trial.add(index));
      for (let round = 0; round < MOST_ROUNDS && left.length > 0; round++) {
        const plan = trial.judge(this.#statement)?.plan ?? [];
        const used = left.filter((index) => this.#isUsed(plan, index));
        if (used.length === 0) break;
        rounds.push(used);
        for (const index of used) trial.remove(index);
        left = left.filter((index) => !used.includes(index));
        if (candidates.length <= MOST_TRIALS) break;
      }
      const taken = new Set(rounds.flat());
      return { pool: candidates.length <= MOST_TRIALS ? candidates : candidates.filter((index) => taken.has(index)), together: rounds[0] ?? [] };
    });
  }

  #stepwise(pool: readonly ProposedIndex[]): Attempt {
    let best: Attempt = { indexes: [], after: this.#first };
    while (best.indexes.length < MOST_INDEXES) {
      const next = this.#step(best, pool);
      if (next === undefined) break;
      best = this.#shorten(next, best.after);
    }
    return best;
  }

  /** An index that holds all that is read, or only the rows of a constant condition, where it halves what is left. */
  #special(best: Attempt): readonly ProposedIndex[] {
    if (weight(best.after) < LEAST_SAVED_BY_SPECIAL) return best.indexes;
    const special = specialIndexes(this.#uses, this.#planner.schema);
    const taken = special.length === 0 ? [] : this.#takenOf(special, best);
    const tried = taken.flatMap((index) => {
      const others = best.indexes.filter(({ table }) => table !== index.table);
      return this.#try([...others, index]) ?? [];
    });
    const found = cheapest(tried.filter(({ after }) => weight(after) <= weight(best.after) * LEAST_SHARE && weight(best.after) - weight(after) >= LEAST_SAVED_BY_SPECIAL));
    return found === undefined || !worthwhile(this.#first, found.after) ? best.indexes : found.indexes;
  }

  /** Of these, beside the best so far, those that the planner takes where all are there, if that helps at all. */
  #takenOf(special: readonly ProposedIndex[], best: Attempt): readonly ProposedIndex[] {
    return this.#planner.configure((trial) => {
      for (const index of best.indexes) trial.add(index);
      const left = special.filter((index) => trial.add(index));
      const judged = trial.judge(this.#statement);
      return judged === undefined || weight(judged) > weight(best.after) * LEAST_SHARE ? [] : left.filter((index) => this.#isUsed(judged.plan, index));
    });
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

  #try(indexes: readonly ProposedIndex[]): Attempt | undefined {
    const after = this.#planner.whatIf(this.#statement, indexes);
    return after !== undefined && indexes.every((index) => this.#isUsed(after.plan, index)) ? { indexes, after } : undefined;
  }

  #step(from: Attempt, pool: readonly ProposedIndex[]): Attempt | undefined {
    const trials = pool
      .filter((index) => !from.indexes.includes(index))
      .flatMap((index) => this.#try([...from.indexes, index]) ?? [])
      .filter(({ after }) => weight(after) <= weight(from.after) * LEAST_STEP);
    return cheapest(trials);
  }

  #shortenAll(attempt: Attempt): Attempt {
    let kept = attempt;
    for (let turn = 0; turn < attempt.indexes.length; turn++) {
      const [first, ...rest] = kept.indexes;
      kept = this.#shorten({ indexes: [...rest, first!], after: kept.after }, this.#first);
    }
    return kept;
  }

  /** Leaves out columns of the newest index, the last first, as long as the statement costs hardly more. */
  #shorten(attempt: Attempt, before: JudgedPlan): Attempt {
    const others = attempt.indexes.slice(0, -1);
    const whole = attempt.indexes.at(-1)!;
    const most = Math.min(weight(attempt.after) * SHORTER + SHORTER_BY, weight(before) * LEAST_STEP);
    let kept = attempt;
    for (let at = whole.parts.length - 1; at >= 0; at--) {
      const shorter = this.#trySame(others, { ...whole, parts: kept.indexes.at(-1)!.parts.filter((part) => part !== whole.parts[at]) });
      if (shorter !== undefined && weight(shorter.after) <= most) kept = shorter;
    }
    // SQLite reads an index in both directions, so the plain one is preferred where it does.
    const last = kept.indexes.at(-1)!;
    const ascending = last.parts.some(({ descending }) => descending) ? this.#trySame(others, { ...last, parts: last.parts.map((part) => ({ ...part, descending: false })) }) : undefined;
    return ascending !== undefined && weight(ascending.after) <= weight(kept.after) ? ascending : kept;
  }

  #trySame(others: readonly ProposedIndex[], index: ProposedIndex): Attempt | undefined {
    return index.parts.length === 0 || isIndexed(this.#planner.schema, index) ? undefined : this.#try([...others, index]);
  }

  /** An index without which the statement is not much dearer goes. */
  #withoutIdle(attempt: Attempt): Attempt {
    let kept = attempt;
    for (const index of attempt.indexes) {
      const fewer = kept.indexes.length > 1 ? this.#try(kept.indexes.filter((other) => other !== index)) : undefined;
      if (fewer !== undefined && worthwhile(this.#first, fewer.after) && weight(fewer.after) * LEAST_SHARE <= weight(kept.after) + LEAST_SAVED) kept = fewer;
    }
    return kept;
  }

  #isUsed(plan: readonly PlanNode[], index: ProposedIndex): boolean {
    const name = this.#planner.freeName(index).toLowerCase();
    return loops(plan).some(({ access }) => access.index?.toLowerCase() === name);
  }

  #describe(index: ProposedIndex, after: JudgedPlan): Pick<Advice, "use" | "benefit" | "before" | "searchedBy" | "comparison" | "sortedFor"> | undefined {
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
      benefit: !narrower && sort !== undefined ? "sort" : leadsByJoin(index, use) ? "join" : "filter",
      before: searchedBefore.length === 0 ? "scan" : "search",
      searchedBy: searchedBefore,
      comparison: comparisonOf(index, use),
      sortedFor: sort,
    };
  }

  /** The use that the index serves: of several under one name, the one that compares its columns. */
  #useOf(index: ProposedIndex, name: string): TableUse | undefined {
    const ofTable = this.#uses.filter((use) => use.table.name === index.table);
    const named = ofTable.filter((use) => use.name.toLowerCase() === name.toLowerCase());
    const first = partText(index.parts[0]!);
    const compares = (use: TableUse): boolean =>
      [use, ...use.arms].some(({ predicates, terms }) => predicates.some(({ column }) => column === first) || terms.some(({ part }) => partText(part) === first));
    const orders = (use: TableUse): boolean => use.order.some((part) => partText(part) === first);
    return named.find(compares) ?? named.find(orders) ?? named[0] ?? ofTable.find(compares) ?? ofTable[0];
  }
}

/** The first of the shortest among the cheapest: candidates come in a fixed order, so the choice is always the same. */
function cheapest(attempts: readonly Attempt[]): Attempt | undefined {
  const least = Math.min(...attempts.map(({ after }) => weight(after)));
  const close = attempts.filter(({ after }) => weight(after) <= least * CLOSE);
  const columns = (attempt: Attempt): number => attempt.indexes.reduce((sum, index) => sum + index.parts.length, 0);
  return close.reduce<Attempt | undefined>((best, attempt) => (best === undefined || columns(attempt) < columns(best) ? attempt : best), undefined);
}

/** Both what SQLite has to do and what D1 bills count. */
function weight(plan: JudgedPlan): number {
  return plan.cost + plan.rowsRead;
}

function worthwhile(before: JudgedPlan, after: JudgedPlan): boolean {
  return after.cost <= before.cost * LEAST_SHARE && before.rowsRead - after.rowsRead >= Math.max(LEAST_ROWS, before.rowsRead * LEAST_ROWS_SHARE);
}

function comparisonOf(index: ProposedIndex, use: TableUse): Advice["comparison"] {
  const compared = [use, ...use.arms].flatMap(({ terms }) => terms).filter(({ part }) => index.parts.some((held) => partText(held) === partText(part) && held.collation === part.collation));
  if (compared.some(({ part }) => part.column === undefined)) return "expression";
  return compared.some(({ kind }) => kind === "range") ? "pattern" : "columns";
}

/** True where the index is entered by a value from another table. */
function leadsByJoin(index: ProposedIndex, use: TableUse): boolean {
  const leading = use.predicates.filter(({ column, kind }) => column === index.parts[0]!.column && kind !== "range");
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
