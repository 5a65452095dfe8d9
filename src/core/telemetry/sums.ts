// The running sums behind the figures of one query, one kind of request, one cache. Each adds to its like.

import type { CacheEvent, QueryEvent } from "./events";
import type { RecordedQuery } from "./insights";
import type { FinishedRequest } from "./open-requests";
import { fewestRepeats } from "./recorded-traffic";
import type { CacheFigures, EndpointFigures, QueryFigures, Repeats, Times } from "./recorded-traffic";
import { Sketch } from "./sketch";
import type { SketchData } from "./sketch";

const MOST_PLACES = 20;
const MOST_ERRORS = 10;

/** Of calls of which it is known: their number and their sum. */
type Known = [calls: number, sum: number];

interface QueryState {
  calls: number;
  errors: number;
  retried: number;
  readonly read: Known;
  readonly written: Known;
  readonly returned: Known;
  /** Of what came as a sum alone: there is no spread of it. */
  readonly summed: Known;
  repeats: Repeats;
}

export type QuerySumsData = QueryState & {
  readonly key: string;
  readonly sql: string;
  readonly times: SketchData;
  readonly errorKinds: readonly (readonly [string, number])[];
  readonly endpoints: readonly (readonly [string, number])[];
};

export class QuerySums {
  readonly #key: string;
  readonly #sql: string;
  readonly #state: QueryState = { calls: 0, errors: 0, retried: 0, read: [0, 0], written: [0, 0], returned: [0, 0], summed: [0, 0], repeats: { requests: 0, repeating: 0, repeated: 0, most: 0, endpoint: undefined } };
  readonly #times = new Sketch();
  readonly #errorKinds = new Map<string, number>();
  readonly #endpoints = new Map<string, number>();

  constructor(key: string, sql: string) {
    this.#key = key;
    this.#sql = sql;
  }

  add({ weight, error, attempts, ms, rowsRead, rowsWritten, rowsReturned }: QueryEvent, endpoint: string | undefined): void {
    const state = this.#state;
    state.calls += weight;
    if (error !== undefined) {
      state.errors += weight;
      tally(this.#errorKinds, error, weight, MOST_ERRORS);
    }
    if (attempts > 1) state.retried += weight;
    if (ms !== undefined) this.#times.add(ms, weight);
    note(state.read, rowsRead, weight);
    note(state.written, rowsWritten, weight);
    note(state.returned, rowsReturned, weight);
    if (endpoint !== undefined) tally(this.#endpoints, endpoint, weight, MOST_PLACES);
  }

  addSummary({ calls, rowsRead, rowsWritten, rowsReturned, durationMs }: RecordedQuery): void {
    if (calls <= 0) return;
    this.#state.calls += calls;
    note(this.#state.read, rowsRead / calls, calls);
    if (rowsWritten !== undefined) note(this.#state.written, rowsWritten / calls, calls);
    if (rowsReturned !== undefined) note(this.#state.returned, rowsReturned / calls, calls);
    note(this.#state.summed, durationMs / calls, calls);
  }

  /** One request sent it so many times. */
  addRequest(count: number, { weight, endpoint }: FinishedRequest): void {
    const isRepeating = count >= fewestRepeats;
    this.#repeat({ requests: weight, repeating: isRepeating ? weight : 0, repeated: isRepeating ? count * weight : 0, most: count, endpoint });
  }

  figures(): QueryFigures {
    const { calls, errors, retried, read, written, returned, summed, repeats } = this.#state;
    return {
      key: this.#key,
      sql: this.#sql,
      calls,
      errors,
      errorKinds: [...this.#errorKinds].sort((a, b) => b[1] - a[1]).map(([kind]) => kind),
      retried,
      times: timesOf(this.#times) ?? (summed[0] === 0 ? undefined : averages(summed[1] / summed[0])),
      rowsRead: whole(read, calls),
      rowsWritten: whole(written, calls),
      rowsReturned: whole(returned, calls),
      repeats: repeats.requests === 0 ? undefined : repeats,
      endpoints: [...this.#endpoints].sort((a, b) => b[1] - a[1]).map(([endpoint, count]) => ({ endpoint, calls: count })),
    };
  }

  data(): QuerySumsData {
    return { ...this.#state, key: this.#key, sql: this.#sql, times: this.#times.data(), errorKinds: [...this.#errorKinds], endpoints: [...this.#endpoints] };
  }

  merge({ calls, errors, retried, read, written, returned, summed, repeats, times, errorKinds, endpoints }: QuerySumsData): void {
    const state = this.#state;
    state.calls += calls;
    state.errors += errors;
    state.retried += retried;
    join(state.read, read);
    join(state.written, written);
    join(state.returned, returned);
    join(state.summed, summed);
    this.#repeat(repeats);
    this.#times.merge(Sketch.from(times));
    for (const [kind, count] of errorKinds) tally(this.#errorKinds, kind, count, MOST_ERRORS);
    for (const [endpoint, count] of endpoints) tally(this.#endpoints, endpoint, count, MOST_PLACES);
  }

  #repeat({ requests, repeating, repeated, most, endpoint }: Repeats): void {
    const { repeats } = this.#state;
    this.#state.repeats = {
      requests: repeats.requests + requests,
      repeating: repeats.repeating + repeating,
      repeated: repeats.repeated + repeated,
      ...(most > repeats.most ? { most, endpoint } : { most: repeats.most, endpoint: repeats.endpoint }),
    };
  }
}

export type EndpointSumsData = Omit<EndpointFigures, "times"> & { readonly times: SketchData };

export class EndpointSums {
  #sums: Omit<EndpointFigures, "times">;
  readonly #times = new Sketch();

  constructor(endpoint: string) {
    this.#sums = { endpoint, requests: 0, queries: 0, mostQueries: 0, errors: 0, rowsRead: 0 };
  }

  add({ weight, queries, errors, rowsRead, ms }: FinishedRequest): void {
    this.#join({ requests: weight, queries: queries * weight, mostQueries: queries, errors: errors * weight, rowsRead: rowsRead * weight });
    if (ms !== undefined) this.#times.add(ms, weight);
  }

  figures(): EndpointFigures {
    return { ...this.#sums, times: timesOf(this.#times) };
  }

  data(): EndpointSumsData {
    return { ...this.#sums, times: this.#times.data() };
  }

  merge(other: EndpointSumsData): void {
    this.#join(other);
    this.#times.merge(Sketch.from(other.times));
  }

  #join({ requests, queries, mostQueries, errors, rowsRead }: Omit<EndpointFigures, "times" | "endpoint">): void {
    const sums = this.#sums;
    this.#sums = {
      endpoint: sums.endpoint,
      requests: sums.requests + requests,
      queries: sums.queries + queries,
      mostQueries: Math.max(sums.mostQueries, mostQueries),
      errors: sums.errors + errors,
      rowsRead: sums.rowsRead + rowsRead,
    };
  }
}

const outcomes = ["hit", "stale", "miss", "error"] as const;

export type CacheSumsData = { readonly name: string } & Readonly<Record<CacheEvent["outcome"], Known>>;

export class CacheSums {
  readonly #name: string;
  readonly #sums: Record<CacheEvent["outcome"], Known> = { hit: [0, 0], stale: [0, 0], miss: [0, 0], error: [0, 0] };

  constructor(name: string) {
    this.#name = name;
  }

  add({ outcome, count, ms }: CacheEvent): void {
    join(this.#sums[outcome], [count, ms]);
  }

  figures(): CacheFigures {
    const { hit, stale, miss, error } = this.#sums;
    const mean = ([count, ms]: Known): number | undefined => (count === 0 ? undefined : ms / count);
    return { name: this.#name, hits: hit[0], stale: stale[0], misses: miss[0], errors: error[0], hitMs: mean(hit), missMs: mean(miss) };
  }

  data(): CacheSumsData {
    return { name: this.#name, ...this.#sums };
  }

  merge(other: CacheSumsData): void {
    for (const outcome of outcomes) join(this.#sums[outcome], other[outcome]);
  }
}

export function timesOf(sketch: Sketch): Times | undefined {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => sketch.quantile(share));
  if (p50 === undefined || p95 === undefined || p99 === undefined) return undefined;
  return { p50, p95, p99, mean: sketch.sum / sketch.count, from: "calls" };
}

function averages(mean: number): Times {
  return { p50: mean, p95: mean, p99: mean, mean, from: "averages" };
}

function note(known: Known, value: number | undefined, weight: number): void {
  if (value === undefined) return;
  known[0] += weight;
  known[1] += value * weight;
}

function join(into: Known, from: Readonly<Known>): void {
  into[0] += from[0];
  into[1] += from[1];
}

/** What is known of some calls stands for all. */
function whole([known, sum]: Known, calls: number): number | undefined {
  return known === 0 ? undefined : (sum / known) * calls;
}

function tally(counts: Map<string, number>, name: string, weight: number, most: number): void {
  const known = counts.get(name);
  if (known !== undefined || counts.size < most) counts.set(name, (known ?? 0) + weight);
}
