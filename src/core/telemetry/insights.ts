// Reads what `wrangler d1 insights --json` prints: how often each query ran in production and how many rows it read.
// The bound values are not in it; literals are. Format: workers-sdk, `packages/wrangler/src/d1/insights.ts`.

import type { PlanNode } from "../planner/plan";
import type { Planner } from "../planner/planner";
import type { TableUse } from "../planner/table-use";
import { parseStatement } from "../sql/statement";
import { numberIn, objectOf } from "./json-fields";
import { queryKey } from "./query-key";
import type { RecordedTraffic } from "./recorded-traffic";

/** All recorded calls of one query. */
export interface RecordedQuery {
  /** One of its texts, as it was recorded. */
  readonly sql: string;
  /** `queryKey` of the text. */
  readonly key: string;
  readonly calls: number;
  /** Of all calls together. */
  readonly rowsRead: number;
  /** Of all calls together, in milliseconds. */
  readonly durationMs: number;
  /** Of all calls together; missing where it was not recorded. */
  readonly rowsWritten?: number;
  readonly rowsReturned?: number;
}

export type Insights = { readonly ok: true; readonly queries: readonly RecordedQuery[] } | { readonly ok: false; /** One sentence; no full stop. */ readonly message: string };

/** Reads the output; texts that differ in their literals only are one query. What comes before the JSON is left out. */
export function readInsights(text: string): Insights {
  const list = parseList(text);
  if (list === undefined) return { ok: false, message: "This is no output of `wrangler d1 insights`: run it with `--json` and keep what it prints" };
  const byKey = new Map<string, RecordedQuery>();
  for (const item of list) {
    const read = readItem(item);
    if (read === undefined) continue;
    const before = byKey.get(read.key);
    byKey.set(read.key, before === undefined ? read : joined(before, read));
  }
  if (list.length > 0 && byKey.size === 0) return { ok: false, message: "No item of this list has a `query` and a `numberOfTimesRun`: is it the output of `wrangler d1 insights --json`" };
  return { ok: true, queries: [...byKey.values()] };
}

function joined(a: RecordedQuery, b: RecordedQuery): RecordedQuery {
  const both = (x: number | undefined, y: number | undefined): number | undefined => (x === undefined || y === undefined ? undefined : x + y);
  return { ...a, calls: a.calls + b.calls, rowsRead: a.rowsRead + b.rowsRead, durationMs: a.durationMs + b.durationMs, ...present({ rowsWritten: both(a.rowsWritten, b.rowsWritten), rowsReturned: both(a.rowsReturned, b.rowsReturned) }) };
}

function present({ rowsWritten, rowsReturned }: { readonly rowsWritten: number | undefined; readonly rowsReturned: number | undefined }): Pick<RecordedQuery, "rowsWritten" | "rowsReturned"> {
  return { ...(rowsWritten === undefined ? {} : { rowsWritten }), ...(rowsReturned === undefined ? {} : { rowsReturned }) };
}

/** What the planner knows of a recorded query: undefined where it does not compile. */
export interface PlannedQuery {
  readonly plan: readonly PlanNode[];
  readonly uses: readonly TableUse[];
}

/**
 * The rows of tables, by lower-case name, from queries that scan one whole table and nothing else: each call read them
 * all. Tables grow, so the largest count stands.
 */
export function tableRows(queries: readonly RecordedQuery[], planOf: (sql: string) => PlannedQuery | undefined): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const { sql, calls, rowsRead } of queries) {
    const planned = calls > 0 ? planOf(sql) : undefined;
    const table = planned === undefined ? undefined : wholeScan(planned);
    if (table === undefined) continue;
    const found = Math.round(rowsRead / calls);
    if (found > (rows.get(table) ?? 0)) rows.set(table, found);
  }
  return rows;
}

/** The table of a plan that is one scan to its end, in lower case. */
function wholeScan({ plan, uses }: PlannedQuery): string | undefined {
  const [only] = plan;
  const [use] = uses;
  if (plan.length !== 1 || uses.length !== 1 || only?.access.kind !== "scan" || use === undefined || only.children.length > 0) return undefined;
  const isEarly = use.limit !== undefined && !use.aggregates;
  // A partial index holds part of the table only; which one it is, the plan does not say.
  const isWhole = only.access.index === undefined || only.access.covering;
  return isEarly || !isWhole || only.access.virtual || use.conditions.length > 0 ? undefined : use.table.name.toLowerCase();
}

function parseList(text: string): readonly unknown[] | undefined {
  // wrangler 3 prints a banner first.
  for (let at = text.indexOf("["); at >= 0; at = text.indexOf("[", at + 1)) {
    const list = parseJson(text.slice(at, text.lastIndexOf("]") + 1));
    if (Array.isArray(list)) return list;
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readItem(item: unknown): RecordedQuery | undefined {
  const fields = objectOf(item);
  if (fields === undefined) return undefined;
  const calls = numberIn(fields, "numberOfTimesRun");
  if (typeof fields["query"] !== "string" || fields["query"].trim() === "" || calls === undefined) return undefined;
  const total = (sum: string, average: string): number => numberIn(fields, sum) ?? (numberIn(fields, average) ?? 0) * calls;
  const rowsRead = total("totalRowsRead", "avgRowsRead");
  const written = numberIn(fields, "totalRowsWritten") ?? numberIn(fields, "avgRowsWritten");
  const efficiency = numberIn(fields, "queryEfficiency");
  return {
    sql: fields["query"],
    key: queryKey(fields["query"]),
    calls,
    rowsRead,
    durationMs: total("totalDurationMs", "avgDurationMs"),
    // Rows returned for each row read, on the average.
    ...present({ rowsWritten: written === undefined ? undefined : total("totalRowsWritten", "avgRowsWritten"), rowsReturned: efficiency === undefined ? undefined : efficiency * rowsRead }),
  };
}

/** Recorded traffic in the form of sums by query; those of which the rows read are not known are left out. */
export function recordedQueries({ queries }: RecordedTraffic): readonly RecordedQuery[] {
  return queries.flatMap(({ key, sql, calls, rowsRead, times }) => (rowsRead === undefined || calls <= 0 ? [] : [{ key, sql, calls, rowsRead, durationMs: (times?.mean ?? 0) * calls }]));
}

/** Of a query of which there is no record: those that are recorded are the ones that matter. */
const UNRECORDED = 0.1;

/** How often a query is called beside the others: 1 for the average of those that were recorded. */
export function recordedCalls(queries: readonly RecordedQuery[]): (sql: string) => number {
  const mean = queries.reduce((sum, { calls }) => sum + calls, 0) / Math.max(1, queries.length);
  const byKey = new Map(queries.map(({ key, calls }) => [key, calls / Math.max(1, mean)]));
  return (sql) => byKey.get(queryKey(sql)) ?? UNRECORDED;
}

/** Table sizes that the recorded scans tell, for the planners of several databases. */
export function recordedRows(databases: readonly { readonly planner: Planner }[], queries: readonly RecordedQuery[]): ReadonlyMap<string, number> {
  return tableRows(queries, (sql) => {
    const statement = parseStatement(sql);
    if (!statement.ok) return undefined;
    for (const { planner } of databases) {
      const judged = planner.judge(statement);
      if ("plan" in judged) return { plan: judged.plan, uses: planner.uses(statement) };
    }
    return undefined;
  });
}
