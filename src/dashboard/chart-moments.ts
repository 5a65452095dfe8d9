// Traffic over time as charts and their table take it: evenly spaced, so that time without traffic is seen as such.

import type { HealthMoment, HealthTraffic } from "../protocol/report";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Rows of the table. */
const MOST_ROWS = 48;
/** Two days by minute, or two months by hour. */
const MOST_MOMENTS = 2_880;

export interface ChartMoment {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly calls: number;
  readonly errors: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** Null where nothing was timed, or read from a cache. */
  readonly p95: number | null;
  /** The share of the reads through caches that they answered. */
  readonly hits: number | null;
}

export interface ChartMoments {
  readonly stepMs: number;
  readonly moments: readonly ChartMoment[];
}

/** By minute, unless there is but one of them and more by hour. */
export function chartMoments({ minutes, hours }: HealthTraffic): ChartMoments {
  const isLong = hours.length > 1 && hours.length > minutes.length;
  const stepMs = isLong ? HOUR : MINUTE;
  const known = new Map<number, ChartMoment>();
  for (const moment of isLong ? hours : minutes) {
    const time = Date.parse(moment.time);
    if (!Number.isNaN(time)) known.set(time, chartMoment(time, moment));
  }
  const times = [...known.keys()].sort((a, b) => a - b);
  const last = times.at(-1);
  if (last === undefined) return { stepMs, moments: [] };
  const from = Math.max(times[0]!, last - (MOST_MOMENTS - 1) * stepMs);
  return { stepMs, moments: Array.from({ length: Math.round((last - from) / stepMs) + 1 }, (_, at) => known.get(from + at * stepMs) ?? still(from + at * stepMs)) };
}

function chartMoment(time: number, { calls, errors, rowsRead, rowsWritten, p95, reads, hits }: HealthMoment): ChartMoment {
  return { time, calls, errors, rowsRead, rowsWritten, p95, hits: reads === 0 ? null : hits / reads };
}

function still(time: number): ChartMoment {
  return { time, calls: 0, errors: 0, rowsRead: 0, rowsWritten: 0, p95: null, hits: null };
}

/** The same in few rows, each of so many minutes: sums, and the worst of what is no sum. */
export function tableMoments({ stepMs, moments }: ChartMoments): { readonly minutes: number; readonly moments: readonly ChartMoment[] } {
  const size = Math.max(1, Math.ceil(moments.length / MOST_ROWS));
  const rows = Array.from({ length: Math.ceil(moments.length / size) }, (_, at) => moments.slice(at * size, (at + 1) * size));
  return { minutes: (size * stepMs) / MINUTE, moments: rows.map(joined) };
}

function joined(moments: readonly ChartMoment[]): ChartMoment {
  const sum = (of: "calls" | "errors" | "rowsRead" | "rowsWritten"): number => moments.reduce((total, moment) => total + moment[of], 0);
  const known = (of: "p95" | "hits"): readonly number[] => moments.flatMap((moment) => moment[of] ?? []);
  const times = known("p95");
  const hits = known("hits");
  return { time: moments[0]!.time, calls: sum("calls"), errors: sum("errors"), rowsRead: sum("rowsRead"), rowsWritten: sum("rowsWritten"), p95: times.length === 0 ? null : Math.max(...times), hits: hits.length === 0 ? null : Math.min(...hits) };
}
