// Traffic over time as charts and their table take it: evenly spaced, so that time without traffic is seen as such.

import type { HealthMoment, HealthTraffic } from "../protocol/report";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Points of a chart, and rows of the table. */
const MOST_POINTS = 120;
const MOST_ROWS = 48;
/** Minutes that a point may stand for. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440];
/** Two days by minute, or two months by hour. */
const MOST_MOMENTS = 2_880;

export interface ChartMoment {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly calls: number;
  readonly errors: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** Null where nothing was timed. */
  readonly p95: number | null;
  /** Reads through caches, and those that they answered. */
  readonly reads: number;
  readonly hits: number;
}

export interface ChartMoments {
  readonly stepMs: number;
  readonly moments: readonly ChartMoment[];
}

/** In few enough points that each is seen. */
export function chartMoments(traffic: HealthTraffic): ChartMoments {
  return inSteps(recordedMoments(traffic), MOST_POINTS);
}

/** The same in few rows. */
export function tableMoments(traffic: HealthTraffic): ChartMoments {
  return inSteps(recordedMoments(traffic), MOST_ROWS);
}

/** By minute, unless more is known by hour. */
function recordedMoments({ minutes, hours }: HealthTraffic): ChartMoments {
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
  return { time, calls, errors, rowsRead, rowsWritten, p95, reads, hits };
}

function still(time: number): ChartMoment {
  return { time, calls: 0, errors: 0, rowsRead: 0, rowsWritten: 0, p95: null, reads: 0, hits: 0 };
}

/** Null where nothing was read through a cache. */
export function hitShare({ reads, hits }: ChartMoment): number | null {
  return reads === 0 ? null : hits / reads;
}

/** Each moment is then a round number of minutes: sums, and the worst of times. */
function inSteps({ stepMs, moments }: ChartMoments, most: number): ChartMoments {
  const minutes = steps.find((one) => one * MINUTE >= stepMs && (moments.length * stepMs) / (one * MINUTE) <= most) ?? steps.at(-1)!;
  const size = minutes * MINUTE;
  if (size === stepMs) return { stepMs, moments };
  const groups = new Map<number, ChartMoment[]>();
  for (const moment of moments) {
    const time = Math.floor(moment.time / size) * size;
    const group = groups.get(time);
    if (group === undefined) groups.set(time, [moment]);
    else group.push(moment);
  }
  return { stepMs: size, moments: [...groups].map(([time, group]) => joined(time, group)) };
}

function joined(time: number, moments: readonly ChartMoment[]): ChartMoment {
  const sum = (of: "calls" | "errors" | "rowsRead" | "rowsWritten" | "reads" | "hits"): number => moments.reduce((total, moment) => total + moment[of], 0);
  const times = moments.flatMap(({ p95 }) => p95 ?? []);
  return { time, calls: sum("calls"), errors: sum("errors"), rowsRead: sum("rowsRead"), rowsWritten: sum("rowsWritten"), p95: times.length === 0 ? null : Math.max(...times), reads: sum("reads"), hits: sum("hits") };
}
