// Which indexes one statement lacks, as SQLite's planner proves them: the cheapest that it uses, with the fewest columns.

import type { Statement } from "../sql/statement";
import type { TableUse } from "./table-use";
import { candidateIndexes } from "./candidates";
import { allNodes } from "./plan";
import type { Access, PlanNode } from "./plan";
import { indexName } from "./planner";
import type { JudgedPlan, Planner, ProposedIndex } from "./planner";

/** What an index changes most: a lookup instead of a scan, a join that searches, or an order without a sort. */
export type Benefit = "filter" | "join" | "sort";

export interface Advice {
  readonly index: ProposedIndex;
  readonly use: TableUse;
  readonly benefit: Benefit;
  /** How the table was reached before: `scan`, or `search` by the columns of an index that is too short. */
  readonly before: "scan" | "search";
  readonly searchedBy: readonly string[];
  /** For a sort, what it is for: ORDER BY, GROUP BY, DISTINCT. */
  readonly sortedFor: string | undefined;
  readonly planBefore: JudgedPlan;
  readonly planAfter: JudgedPlan;
}

/** An index must save this share of the cost, and this many rows read, or it is not worth a word. */
const LEAST_SHARE = 0.5;
const LEAST_ROWS = 500;
/** Where an index already narrows the search, a longer one must save more. */
const LEAST_ROWS_OF_SEARCH = 2_000;
/** What an index without one of its columns may cost more and still be the better choice: fewer bytes, fewer writes. */
const SHORTER = 1.3;
const SHORTER_BY = 20;
/** Two candidates closer than this count as equal; the one with fewer columns wins. */
const CLOSE = 1.1;
const MOST_INDEXES = 3;

export function advise(planner: Planner, statement: Statement): readonly Advice[] {
  const first = planner.judge(statement);
  if (!("plan" in first) || first.rowsRead < LEAST_ROWS) return [];
  const uses = planner.uses(statement);
  const candidates = candidateIndexes(uses, planner.schema);
  const chosen: ProposedIndex[] = [];
  const advice: Advice[] = [];
  let current = first;
  while (chosen.length < MOST_INDEXES) {
    const best = bestOf(planner, statement, candidates, chosen, current);
    if (best === undefined) break;
    const shortest = shorten(planner, statement, chosen, best, current);
    chosen.push(shortest.index);
    const entry = describe(shortest.index, uses, current, shortest.after);
    if (entry !== undefined && !(entry.before === "search" && entry.benefit !== "sort" && current.rowsRead - shortest.after.rowsRead < LEAST_ROWS_OF_SEARCH)) advice.push(entry);
    current = shortest.after;
  }
  return advice;
}

/** Leaves out columns, the last first, as long as the statement costs hardly more. */
function shorten(planner: Planner, statement: Statement, chosen: readonly ProposedIndex[], best: Trial, current: JudgedPlan): Trial {
  let kept = best;
  const most = weight(best.after) * SHORTER + SHORTER_BY;
  for (let at = best.index.columns.length - 1; at >= 0 && kept.index.columns.length > 1; at--) {
    const index = { table: best.index.table, columns: kept.index.columns.filter((column) => column !== best.index.columns[at]) };
    const after = planner.whatIf(statement, [...chosen, index]);
    if (after !== undefined && usesIndex(after.plan, index) && worthwhile(current, after) && weight(after) <= most) kept = { index, after };
  }
  return kept;
}

interface Trial {
  readonly index: ProposedIndex;
  readonly after: JudgedPlan;
}

function bestOf(planner: Planner, statement: Statement, candidates: readonly ProposedIndex[], chosen: readonly ProposedIndex[], current: JudgedPlan): Trial | undefined {
  const trials: Trial[] = [];
  for (const index of candidates) {
    if (chosen.includes(index)) continue;
    const after = planner.whatIf(statement, [...chosen, index]);
    if (after === undefined || !usesIndex(after.plan, index) || !worthwhile(current, after)) continue;
    trials.push({ index, after });
  }
  const least = Math.min(...trials.map((trial) => weight(trial.after)));
  const close = trials.filter((trial) => weight(trial.after) <= least * CLOSE);
  // The first of the shortest: candidates come in a fixed order, so the choice is the same every time.
  return close.reduce<Trial | undefined>((best, trial) => (best === undefined || trial.index.columns.length < best.index.columns.length ? trial : best), undefined);
}

/** Both what SQLite has to do and what D1 bills count. */
function weight(plan: JudgedPlan): number {
  return plan.cost + plan.rowsRead;
}

function worthwhile(before: JudgedPlan, after: JudgedPlan): boolean {
  return after.cost <= before.cost * LEAST_SHARE && before.rowsRead - after.rowsRead >= LEAST_ROWS;
}

function usesIndex(plan: readonly PlanNode[], index: ProposedIndex): boolean {
  const name = indexName(index).toLowerCase();
  return allNodes(plan).some(({ access }) => "index" in access && access.index?.toLowerCase() === name);
}

function describe(index: ProposedIndex, uses: readonly TableUse[], before: JudgedPlan, after: JudgedPlan): Advice | undefined {
  const name = indexName(index).toLowerCase();
  const loopAfter = loops(after.plan).find(({ access }) => access.index?.toLowerCase() === name);
  if (loopAfter === undefined) return undefined;
  const reached = loopAfter.access.name.toLowerCase();
  const use = uses.find((candidate) => candidate.name.toLowerCase() === reached && candidate.table.name === index.table) ?? uses.find((candidate) => candidate.table.name === index.table);
  if (use === undefined) return undefined;
  const loopBefore = loops(before.plan).find(({ access }) => access.name.toLowerCase() === reached);
  const sort = sorts(before.plan).find((purpose) => !sorts(after.plan).includes(purpose));
  const narrower = loopAfter.access.equal.length + loopAfter.access.range.length > (loopBefore?.access.automatic === true ? 0 : searched(loopBefore?.access).length);
  const inner = loopBefore !== undefined && (loopBefore.position > 0 || loopBefore.access.automatic);
  const joinColumns = use.predicates.some((predicate) => predicate.from.length > 0 && index.columns.some(({ column }) => column === predicate.column));
  const benefit: Benefit = !narrower && sort !== undefined ? "sort" : inner && joinColumns ? "join" : narrower ? "filter" : "sort";
  return {
    index,
    use,
    benefit,
    before: loopBefore === undefined || loopBefore.access.kind === "scan" || loopBefore.access.automatic ? "scan" : "search",
    searchedBy: loopBefore?.access.automatic === true ? [] : searched(loopBefore?.access),
    sortedFor: sort,
    planBefore: before,
    planAfter: after,
  };
}

type Loop = Extract<Access, { readonly kind: "scan" | "search" }>;

function searched(access: Loop | undefined): readonly string[] {
  return access === undefined ? [] : [...access.equal, ...new Set(access.range)];
}

/** The loops of a plan with their place in their nest, outermost 0. */
function loops(plan: readonly PlanNode[]): readonly { readonly access: Loop; readonly position: number }[] {
  const found: { access: Loop; position: number }[] = [];
  const walk = (nodes: readonly PlanNode[], start: number): void => {
    let position = start;
    for (const node of nodes) {
      const { access } = node;
      if (access.kind === "scan" || access.kind === "search") found.push({ access, position: position++ });
      walk(node.children, access.kind === "subquery" && access.correlated ? position : 0);
    }
  };
  walk(plan, 0);
  return found;
}

function sorts(plan: readonly PlanNode[]): readonly string[] {
  return allNodes(plan).flatMap(({ access }) => (access.kind === "sort" && !access.partial ? [access.purpose] : []));
}
