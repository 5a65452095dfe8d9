// A plan in a few words, to stand over its query: the loops that read most first, what is sorted, and how many rows are
// read.

import type { Access, PlanNode } from "../planner/plan";
import { allNodes } from "../planner/plan";
import type { JudgedPlan } from "../planner/planner";
import type { TableUse } from "../planner/table-use";
import { count } from "../rules/index-advice";
import type { StatementKind } from "../sql/statement";

/** Loops that are named; of more only the number is told. */
const MOST_LOOPS = 2;
/** A search that reads no more than this looks one row up. */
const ONE_ROW = 2;

export interface PlanWords {
  /** `SCAN categories, SEARCH transactions + sort`, or `key lookup`. */
  readonly words: string;
  /** `~34 rows`; undefined where the words say enough. */
  readonly rows: string | undefined;
}

/** What the plan of one statement comes to. `uses` are its tables. Undefined where it reads none. */
export function planWords({ plan, rowsRead }: Pick<JudgedPlan, "plan" | "rowsRead">, uses: readonly TableUse[], kind: StatementKind): PlanWords | undefined {
  const nodes = allNodes(plan);
  const loops = tableLoops(nodes, uses, kind);
  const only = loops[0];
  if (only === undefined) return undefined;
  if (loops.length === 1 && only.kind === "search" && rowsRead <= ONE_ROW && !only.virtual && !only.automatic) return { words: "key lookup", rows: undefined };
  const words = loopWords(loops, uses);
  const sorted = nodes.some(({ access }) => access.kind === "sort") ? " + sort" : "";
  return { words: `${words}${sorted}`, rows: aboutRows(rowsRead) };
}

/** `~1,200 rows`, `~1 row`. */
function aboutRows(rows: number): string {
  return `~${count(rows)} ${rows === 1 ? "row" : "rows"}`;
}

/** The names of the indexes that a plan uses, each once, in its order; not those that SQLite makes for one run. */
export function indexesIn(plan: readonly PlanNode[]): readonly string[] {
  return [...new Set(allNodes(plan).flatMap(({ access }) => (isLoop(access) && access.index !== undefined ? [access.index] : [])))];
}

type Loop = Extract<Access, { readonly kind: "scan" | "search" }>;

function isLoop(access: Access): access is Loop {
  return access.kind === "scan" || access.kind === "search";
}

/** The loops over tables: not over subqueries, nor over functions such as json_each. */
function tableLoops(nodes: readonly PlanNode[], uses: readonly TableUse[], kind: StatementKind): readonly Loop[] {
  const sources = new Set(nodes.flatMap(({ access }) => (access.kind === "source" ? [access.name.toLowerCase()] : [])));
  const loops = nodes.flatMap(({ access }) => (isLoop(access) ? [access] : []));
  return loops.filter((loop) => {
    if (sources.has(loop.name.toLowerCase())) return false;
    const isKnown = uses.some(({ name }) => isSame(name, loop.name));
    // The plan of an INSERT lists foreign-key checks that SQLite skips at run time. An index that is made for one run
    // is, under a name that no table has, one of a subquery's rows.
    return isKnown || (!loop.virtual && !loop.automatic && kind !== "insert");
  });
}

function loopWords(loops: readonly Loop[], uses: readonly TableUse[]): string {
  const named = new Map<string, { readonly verb: string; readonly what: string }>();
  for (const loop of [...loops].sort((a, b) => badness(a) - badness(b))) {
    const table = uses.find(({ name }) => isSame(name, loop.name))?.table.name ?? loop.name;
    const verb = loop.kind === "scan" && !loop.virtual ? "SCAN" : "SEARCH";
    const what = `${table}${loop.automatic ? " by a temporary index" : ""}`;
    named.set(`${verb} ${what}`, { verb, what });
  }
  const all = [...named.values()];
  const shown = all.slice(0, MOST_LOOPS).map(({ verb, what }, at) => (all[at - 1]?.verb === verb ? what : `${verb} ${what}`));
  return `${shown.join(", ")}${all.length > MOST_LOOPS ? ` + ${all.length - MOST_LOOPS} more` : ""}`;
}

/** Scans first, then indexes that are built for one run. The sort is stable: else the order is the plan's. */
function badness({ kind, automatic, virtual }: Loop): number {
  if (automatic) return 1;
  return kind === "scan" && !virtual ? 0 : 2;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
