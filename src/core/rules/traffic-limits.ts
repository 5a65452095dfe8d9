// From which figures on recorded traffic is worth a word, for the rules and for reports about what is not in the code;
// and how its figures are written.

import { hitRate } from "../telemetry/recorded-traffic";
import type { CacheFigures, QueryFigures, Repeats, Times } from "../telemetry/recorded-traffic";

/** Fewer recorded calls may be chance. */
export const fewestCalls = 5;
/** Rows read for each that comes back. */
const MOST_ROWS = 100;
/** A call that reads less is cheap, whatever it gives. */
const LEAST_READ = 1_000;
/** The share of its requests from which on a repeated query is no exception. */
const LEAST_SHARE = 0.01;
/** Fewer reads of a cache may all have been the first ones. */
const LEAST_READS = 20;
/** The share of reads that a cache should answer, where the settings do not say. */
export const wantedHitRate = 0.8;

/** The times of a query that is slow. */
export function slowTimes({ times: took, calls }: QueryFigures, slowMs: number): Times | undefined {
  return took !== undefined && calls >= fewestCalls && took.p95 > slowMs ? took : undefined;
}

/** Rows read for each row given or written, where they are too many. */
export function hunger({ calls, rowsRead, rowsReturned, rowsWritten = 0 }: QueryFigures): number | undefined {
  if (rowsRead === undefined || rowsReturned === undefined || calls < fewestCalls || rowsRead / calls < LEAST_READ) return undefined;
  // What finds nothing had to look once all the same; what writes has its result in the table.
  const ratio = rowsRead / Math.max(rowsReturned + rowsWritten, calls);
  return ratio < MOST_ROWS ? undefined : ratio;
}

export function repetition({ repeats }: QueryFigures): Repeats | undefined {
  return repeats !== undefined && repeats.repeating > 0 && repeats.repeating / repeats.requests >= LEAST_SHARE ? repeats : undefined;
}

/** The hit rate of a cache that seldom answers. */
export function poorHitRate(cache: CacheFigures, wanted: number): { readonly rate: number; readonly reads: number } | undefined {
  const reads = cache.hits + cache.stale + cache.misses + cache.errors;
  const rate = hitRate([cache]);
  return rate === undefined || reads < LEAST_READS || rate >= wanted ? undefined : { rate, reads };
}

/** `240 ms`, `1.2 s` */
export function time(ms: number): string {
  if (ms >= 10_000) return `${Math.round(ms / 1_000)} s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms >= 10 || ms === 0 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

/** Samples stand for more calls than were seen. */
export function times(calls: number): string {
  return Math.round(calls).toLocaleString("en-US");
}
