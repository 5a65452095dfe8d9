// What is known of recorded traffic, as plain frozen data: what rules and reports see of it.

/** Milliseconds. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly mean: number;
  /** `averages`: only means were recorded, which stand for the quantiles too. */
  readonly from: "calls" | "averages";
}

export interface QueryFigures {
  readonly key: string;
  /** One of its texts. */
  readonly sql: string;
  readonly calls: number;
  readonly errors: number;
  /** The kinds of errors, the most frequent first. */
  readonly errorKinds: readonly string[];
  /** Calls that D1 tried again. */
  readonly retried: number;
  /** Undefined where no call's time was recorded. */
  readonly times: Times | undefined;
  /** Of all calls together; means over those of which it is known stand for the rest. Undefined where it is of none. */
  readonly rowsRead: number | undefined;
  readonly rowsWritten: number | undefined;
  readonly rowsReturned: number | undefined;
  readonly repeats: Repeats | undefined;
  /** Requests that sent it, the most calls first. */
  readonly endpoints: readonly { readonly endpoint: string; readonly calls: number }[];
}

/** How often one request sent a query by itself: calls in a batch are none of these. */
export interface Repeats {
  /** Requests that sent it. */
  readonly requests: number;
  /** Those that sent it `fewestRepeats` times or more. */
  readonly repeating: number;
  /** Calls of those. */
  readonly repeated: number;
  /** The most that one request sent. */
  readonly most: number;
  /** Where that was. */
  readonly endpoint: string | undefined;
}

/** A query that runs so often in one request is repeated. */
export const fewestRepeats = 5;

export interface EndpointFigures {
  readonly endpoint: string;
  readonly requests: number;
  readonly queries: number;
  /** The most that one request sent. */
  readonly mostQueries: number;
  readonly errors: number;
  /** Of all requests. */
  readonly rowsRead: number;
  /** In the database, all queries of a request together. */
  readonly times: Times | undefined;
}

export interface CacheFigures {
  readonly name: string;
  readonly hits: number;
  /** Answered with an old value while a new one was made. */
  readonly stale: number;
  readonly misses: number;
  /** The cache could not be used. */
  readonly errors: number;
  /** Milliseconds of a read, by how it ended. */
  readonly hitMs: number | undefined;
  readonly missMs: number | undefined;
}

/** A stretch of time. */
export interface Moment {
  /** Its begin, in milliseconds since 1970. */
  readonly time: number;
  readonly calls: number;
  readonly errors: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly p95: number | undefined;
  readonly hits: number;
  readonly reads: number;
}

export interface RecordedTraffic {
  /** Of the first and the last event; undefined where no time was recorded. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly calls: number;
  readonly errors: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly times: Times | undefined;
  /** Those that read most first. */
  readonly queries: readonly QueryFigures[];
  readonly byKey: ReadonlyMap<string, QueryFigures>;
  readonly endpoints: readonly EndpointFigures[];
  readonly caches: readonly CacheFigures[];
  /** By minute for the last day, by hour before. */
  readonly minutes: readonly Moment[];
  readonly hours: readonly Moment[];
  /** Calls of queries beyond the number that is kept apart. */
  readonly leftOut: number;
}

/** The share of reads that the cache answered; undefined where there was none. */
export function hitRate(caches: readonly CacheFigures[]): number | undefined {
  const sum = (count: (cache: CacheFigures) => number): number => caches.reduce((total, cache) => total + count(cache), 0);
  const reads = sum(({ hits, stale, misses, errors }) => hits + stale + misses + errors);
  return reads === 0 ? undefined : sum(({ hits, stale }) => hits + stale) / reads;
}
