// What the queries of a repository ask of one database: each statement once, with how often it is sent, and what is
// written to each table. Prices a set of indexes over all of it; knows nothing of where a statement stands.

import { findTable, findView } from "../schema/schema";
import { namedTables } from "../sql/named-tables";
import { statementKey } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { allNodes } from "./plan";
import type { JudgedPlan, Planner } from "./planner";
import { indexKey, partText, replacedBy } from "./proposed-index";
import type { ProposedIndex } from "./proposed-index";
import type { Trial } from "./trial";

export interface WorkloadQuery {
  readonly statement: Statement;
  /** How often it is sent, beside the others: 1 for a query that one request sends once. */
  readonly weight: number;
}

/** Rows that go into a table, or columns of rows that change. */
export interface WorkloadWrite {
  readonly table: string;
  /** The columns that an UPDATE sets, in lower case; undefined for an INSERT. */
  readonly columns: ReadonlySet<string> | undefined;
  readonly weight: number;
}

export interface Workload {
  readonly queries: readonly WorkloadQuery[];
  readonly writes: readonly WorkloadWrite[];
}

/**
 * What an entry more in an index costs, in the units of cost. D1 bills a written row like 1,000 that are read; an
 * application sends about ten reads for each write, and each is one statement here.
 */
const UNITS_PER_ENTRY = 100;
/** What an index costs by being there: storage, a longer plan, something to know of. Each the same, so that a set that was made asks for no more. */
const UNITS_PER_INDEX = 2_000;
/** The same for one that takes the place of a shorter one. */
const UNITS_PER_LONGER = 500;

/** Index entries that one turn of the whole workload writes because of the index. */
export function entriesWritten(planner: Planner, workload: Workload, index: ProposedIndex): number {
  let known = entries.get(workload);
  if (known === undefined) entries.set(workload, (known = new Map()));
  const key = indexKey(index);
  let count = known.get(key);
  if (count === undefined) known.set(key, (count = countEntries(planner, workload, index)));
  return count;
}

const entries = new WeakMap<Workload, Map<string, number>>();

function countEntries(planner: Planner, workload: Workload, index: ProposedIndex): number {
  const table = index.table.toLowerCase();
  const columns = new Set(index.parts.flatMap((part) => (part.column === undefined ? wordsOf(partText(part)) : [part.column.toLowerCase()])));
  const conditions = wordsOf(index.where ?? "");
  const share = planner.statistics.share(index);
  return workload.writes
    .filter((write) => write.table.toLowerCase() === table)
    .filter(({ columns: set }) => set === undefined || [...columns, ...conditions].some((column) => set.has(column)))
    .reduce((sum, write) => sum + write.weight * share, 0);
}

/** What a set of indexes costs whatever it saves. Each existing index gives its place to one of them only. */
export function upkeep(planner: Planner, workload: Workload, indexes: readonly ProposedIndex[]): number {
  const replaced = new Set<string>();
  return indexes.reduce((sum, index) => {
    const free = replacedBy(planner.schema, index).filter(({ name }) => !replaced.has(name));
    for (const { name } of free) replaced.add(name);
    return sum + (free.length > 0 ? UNITS_PER_LONGER : UNITS_PER_INDEX) + UNITS_PER_ENTRY * entriesWritten(planner, workload, index) + index.parts.length;
  }, 0);
}

/** One statement of the workload with its plan as things are. */
export interface PricedQuery {
  readonly statement: Statement;
  readonly weight: number;
  readonly before: JudgedPlan;
  /** Lower-case names of the tables that it reads, those behind views too. */
  readonly tables: ReadonlySet<string>;
}

/** Each text once; what SQLite refuses is left out. */
export function pricedQueries(planner: Planner, workload: Workload): readonly PricedQuery[] {
  const found = new Map<string, { statement: Statement; weight: number }>();
  for (const { statement, weight } of workload.queries) {
    const key = statementKey(statement);
    const known = found.get(key);
    if (known === undefined) found.set(key, { statement, weight });
    else known.weight += weight;
  }
  return [...found.values()].flatMap(({ statement, weight }) => {
    const before = planner.judge(statement);
    return "plan" in before && weight > 0 ? [{ statement, weight, before, tables: tablesOf(planner, statement, before.plan) }] : [];
  });
}

function tablesOf(planner: Planner, statement: Statement, plan: JudgedPlan["plan"]): ReadonlySet<string> {
  const named = namedTables(statement).filter((name) => findTable(planner.schema, name) !== undefined || findView(planner.schema, name) === undefined);
  // A DELETE looks into the tables that refer to its own, which it does not name.
  const looped = allNodes(plan).flatMap(({ access }) => (access.kind === "scan" || access.kind === "search" ? (findTable(planner.schema, access.name)?.name ?? []) : []));
  return new Set([...planner.uses(statement).map(({ table }) => table.name), ...named, ...looped].map((name) => name.toLowerCase()));
}

export interface Repriced {
  readonly more: number;
  readonly plans: ReadonlyMap<number, JudgedPlan>;
}

/** The plans of all queries under a set of indexes that changes step by step. */
export class PricedSet {
  readonly plans: JudgedPlan[];
  readonly #trial: Trial;
  readonly #queries: readonly PricedQuery[];

  constructor(trial: Trial, queries: readonly PricedQuery[]) {
    this.#trial = trial;
    this.#queries = queries;
    this.plans = queries.map(({ before }) => before);
  }

  /** The cost of all queries, weighted. */
  get cost(): number {
    return this.#queries.reduce((sum, { weight }, at) => sum + weight * this.plans[at]!.cost, 0);
  }

  /**
   * Judges the given queries again, and says how much dearer all is. Nothing is kept before `take`. Undefined as soon as
   * it is more than `most`, or one plan is not allowed.
   */
  again(queries: Iterable<number>): Repriced;
  again(queries: Iterable<number>, most: number, allows: (at: number, plan: JudgedPlan) => boolean): Repriced | undefined;
  again(queries: Iterable<number>, most = Infinity, allows?: (at: number, plan: JudgedPlan) => boolean): Repriced | undefined {
    const plans = new Map<number, JudgedPlan>();
    let more = 0;
    for (const at of queries) {
      const { statement, weight } = this.#queries[at]!;
      const plan = this.#trial.judge(statement) ?? this.plans[at]!;
      if (allows?.(at, plan) === false) return undefined;
      plans.set(at, plan);
      more += weight * (plan.cost - this.plans[at]!.cost);
      if (more > most) return undefined;
    }
    return { more, plans };
  }

  take(plans: ReadonlyMap<number, JudgedPlan>): void {
    for (const [at, plan] of plans) this.plans[at] = plan;
  }

  /** The queries that read the table. */
  over(table: string): readonly number[] {
    const name = table.toLowerCase();
    return this.#queries.flatMap(({ tables }, at) => (tables.has(name) ? [at] : []));
  }
}

function wordsOf(sql: string): readonly string[] {
  return sql.toLowerCase().match(/[a-z_][a-z0-9_]*/g) ?? [];
}
