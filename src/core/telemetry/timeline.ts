// Traffic over time, for charts: by minute for the last day before the newest event, by hour for a month before that.

import type { CacheEvent } from "./events";
import type { Moment } from "./recorded-traffic";
import { Sketch } from "./sketch";
import type { SketchData } from "./sketch";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MOST_MINUTES = 24 * 60;
const MOST_HOURS = 31 * 24;
/** How many may be over before the old ones are looked for. */
const SLACK = 120;

interface Bucket {
  calls: number;
  errors: number;
  rowsRead: number;
  rowsWritten: number;
  readonly ms: Sketch;
  hits: number;
  reads: number;
}

type BucketData = Omit<Bucket, "ms"> & { readonly ms: SketchData };

export interface TimelineData {
  readonly minutes: readonly (readonly [time: number, bucket: BucketData])[];
  readonly hours: readonly (readonly [time: number, bucket: BucketData])[];
}

export interface Calls {
  readonly calls: number;
  readonly errors: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** Of one call. */
  readonly ms: number | undefined;
  readonly weight: number;
}

export class Timeline {
  readonly #minutes = new Map<number, Bucket>();
  readonly #hours = new Map<number, Bucket>();
  #newest = 0;

  add(time: number, { calls, errors, rowsRead, rowsWritten, ms, weight }: Calls): void {
    const bucket = this.#bucket(time);
    bucket.calls += calls;
    bucket.errors += errors;
    bucket.rowsRead += rowsRead;
    bucket.rowsWritten += rowsWritten;
    if (ms !== undefined) bucket.ms.add(ms, weight);
  }

  addCache(time: number, { outcome, count }: CacheEvent): void {
    const bucket = this.#bucket(time);
    bucket.reads += count;
    if (outcome === "hit" || outcome === "stale") bucket.hits += count;
  }

  moments(): { readonly minutes: readonly Moment[]; readonly hours: readonly Moment[] } {
    this.#tidy();
    return { minutes: momentsOf(this.#minutes), hours: momentsOf(this.#hours) };
  }

  data(): TimelineData {
    this.#tidy();
    const plain = (buckets: ReadonlyMap<number, Bucket>): TimelineData["minutes"] => [...buckets].map(([time, bucket]) => [time, { ...bucket, ms: bucket.ms.data() }]);
    return { minutes: plain(this.#minutes), hours: plain(this.#hours) };
  }

  merge({ minutes, hours }: TimelineData): void {
    for (const [time] of [...minutes, ...hours]) this.#see(time);
    for (const [time, bucket] of minutes) join(this.#bucket(time), { ...bucket, ms: Sketch.from(bucket.ms) });
    for (const [time, bucket] of hours) join(at(this.#hours, time), { ...bucket, ms: Sketch.from(bucket.ms) });
    this.#tidy();
  }

  #bucket(time: number): Bucket {
    this.#see(time);
    const minute = Math.floor(time / MINUTE) * MINUTE;
    const bucket = minute <= this.#newest - MOST_MINUTES * MINUTE ? at(this.#hours, hourOf(time)) : at(this.#minutes, minute);
    if (this.#minutes.size > MOST_MINUTES + SLACK || this.#hours.size > MOST_HOURS + SLACK) this.#tidy();
    return bucket;
  }

  #see(time: number): void {
    this.#newest = Math.max(this.#newest, Math.floor(time / MINUTE) * MINUTE);
  }

  #tidy(): void {
    for (const [time, bucket] of this.#minutes) {
      if (time > this.#newest - MOST_MINUTES * MINUTE) continue;
      join(at(this.#hours, hourOf(time)), bucket);
      this.#minutes.delete(time);
    }
    const old = [...this.#hours.keys()].sort((a, b) => b - a).slice(MOST_HOURS);
    for (const time of old) this.#hours.delete(time);
  }
}

function hourOf(time: number): number {
  return Math.floor(time / HOUR) * HOUR;
}

function at(buckets: Map<number, Bucket>, time: number): Bucket {
  let bucket = buckets.get(time);
  if (bucket === undefined) buckets.set(time, (bucket = { calls: 0, errors: 0, rowsRead: 0, rowsWritten: 0, ms: new Sketch(), hits: 0, reads: 0 }));
  return bucket;
}

function join(into: Bucket, from: Bucket): void {
  into.calls += from.calls;
  into.errors += from.errors;
  into.rowsRead += from.rowsRead;
  into.rowsWritten += from.rowsWritten;
  into.hits += from.hits;
  into.reads += from.reads;
  into.ms.merge(from.ms);
}

function momentsOf(buckets: ReadonlyMap<number, Bucket>): readonly Moment[] {
  return [...buckets].sort(([a], [b]) => a - b).map(([time, { calls, errors, rowsRead, rowsWritten, ms, hits, reads }]) => ({ time, calls, errors, rowsRead, rowsWritten, p95: ms.quantile(0.95), hits, reads }));
}
