// Recorded traffic kept from day to day in a folder of our own, by several windows at once. Each window appends to files
// of its own, a line an event; now and then one of them, under a lock, adds such files to the sum and takes them away.
// Whatever is broken there is left out: losing a record is better than not starting.

import { randomUUID } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CacheEvent, TrafficEvent } from "../core/telemetry/events";
import { queryEvent } from "../core/telemetry/events";
import { numberIn, objectOf } from "../core/telemetry/json-fields";
import { Traffic } from "../core/telemetry/traffic";
import type { TrafficData } from "../core/telemetry/traffic";

const SUM = "sum.json";
const LOCK = "lock";
/** Whoever holds the lock longer is gone. */
const LOCK_MS = 60_000;
/** The files of a window that wrote nothing for so long may be added by another. */
const IDLE_MS = 3_600_000;
const MOST_BYTES = 200_000_000;

interface Sum {
  readonly data: TrafficData | undefined;
  /** Files that are in it and may not yet be taken away. */
  readonly taken: readonly string[];
}

export class TrafficFiles {
  readonly #folder: string;
  readonly #window = randomUUID();
  readonly #now: () => number;
  #turn = 0;
  /** Calls run one after the other, so that nothing is appended to a file that is being added. */
  #last: Promise<unknown> = Promise.resolve();

  /** `folder` is absolute and ours alone; it need not exist. `now` is for tests. */
  constructor(folder: string, now: () => number = Date.now) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Keeps events of this window. */
  append(events: readonly TrafficEvent[]): Promise<void> {
    return this.#queue(async () => {
      if (events.length === 0) return;
      await mkdir(this.#folder, { recursive: true });
      await appendFile(this.#path(this.#own()), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    });
  }

  /** All that is kept, of every window. */
  read(): Promise<Traffic> {
    return this.#queue(async () => {
      const { data, taken } = await this.#sum();
      const traffic = sumOf(data);
      for (const name of await this.#names()) if (!taken.includes(name)) await this.#addTo(traffic, name);
      return traffic;
    });
  }

  /** Adds the files of this window, and of those that are gone, to the sum. False where another window is at it. */
  compact(): Promise<boolean> {
    return this.#queue(() =>
      this.#locked(async () => {
        const { data, taken } = await this.#sum();
        const traffic = sumOf(data);
        const added: string[] = [];
        const names = await this.#names();
        for (const name of names) {
          if (taken.includes(name) || !(await this.#mayTake(name))) continue;
          await this.#addTo(traffic, name);
          added.push(name);
        }
        // Named in the sum, so that a file that outlives this moment is not counted twice.
        if (added.length > 0) await this.#write({ data: traffic.data(), taken: [...taken.filter((name) => names.includes(name)), ...added] });
        this.#turn++;
        for (const name of [...taken, ...added]) await rm(this.#path(name), { force: true });
      }),
    );
  }

  /** Forgets everything, of every window. */
  clear(): Promise<boolean> {
    return this.#queue(() =>
      this.#locked(async () => {
        const names = await this.#names();
        this.#turn++;
        for (const name of [...names, SUM]) await rm(this.#path(name), { force: true });
      }),
    );
  }

  #own(): string {
    return `${this.#window}-${this.#turn}.ndjson`;
  }

  #path(name: string): string {
    return path.join(this.#folder, name);
  }

  async #names(): Promise<readonly string[]> {
    return (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith(".ndjson")).sort();
  }

  async #mayTake(name: string): Promise<boolean> {
    if (name.startsWith(this.#window)) return true;
    const stats = await stat(this.#path(name)).catch(() => undefined);
    return stats !== undefined && this.#now() - stats.mtimeMs > IDLE_MS;
  }

  async #addTo(traffic: Traffic, name: string): Promise<void> {
    const stats = await stat(this.#path(name)).catch(() => undefined);
    if (stats === undefined || stats.size > MOST_BYTES) return;
    const text = await readFile(this.#path(name), "utf8").catch(() => "");
    for (const line of text.split("\n")) {
      const event = eventOf(line);
      if (event !== undefined) traffic.add(event);
    }
  }

  async #sum(): Promise<Sum> {
    const text = await readFile(this.#path(SUM), "utf8").catch(() => "");
    const fields = objectOf(parsed(text));
    const taken = Array.isArray(fields?.["taken"]) ? fields["taken"].filter((name): name is string => typeof name === "string") : [];
    return { data: fields?.["data"] as TrafficData | undefined, taken };
  }

  async #write(sum: Sum): Promise<void> {
    const beside = this.#path(`${SUM}.${this.#window}.tmp`);
    await writeFile(beside, JSON.stringify(sum));
    await rename(beside, this.#path(SUM));
  }

  async #locked(work: () => Promise<void>): Promise<boolean> {
    const lock = this.#path(LOCK);
    await mkdir(this.#folder, { recursive: true });
    const held = await stat(lock).catch(() => undefined);
    if (held !== undefined && this.#now() - held.mtimeMs > LOCK_MS) await rmdir(lock).catch(() => undefined);
    const isOurs = await mkdir(lock).then(() => true, () => false);
    if (!isOurs) return false;
    try {
      await work();
      return true;
    } finally {
      await rmdir(lock).catch(() => undefined);
    }
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** A sum that another version wrote, or that is broken, counts for nothing. */
function sumOf(data: TrafficData | undefined): Traffic {
  const traffic = new Traffic();
  if (data?.version !== 1) return traffic;
  try {
    traffic.merge(data);
    return traffic;
  } catch {
    return new Traffic();
  }
}

/** The event of a line; undefined where it was cut off, or is none. */
function eventOf(line: string): TrafficEvent | undefined {
  const fields = objectOf(parsed(line));
  if (fields === undefined) return undefined;
  const { kind, key, sql, name, outcome, error } = fields;
  const time = numberIn(fields, "time");
  if (kind === "cache") {
    const count = numberIn(fields, "count");
    const isOutcome = outcome === "hit" || outcome === "miss" || outcome === "stale" || outcome === "error";
    return typeof name !== "string" || count === undefined || !isOutcome ? undefined : ({ kind, time, name, outcome, count, ms: numberIn(fields, "ms") ?? 0 } satisfies CacheEvent);
  }
  if (kind !== "query" || typeof key !== "string" || typeof sql !== "string") return undefined;
  const request = objectOf(fields["request"]);
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return queryEvent(
    {
      sql,
      time,
      ms: numberIn(fields, "ms"),
      rowsRead: numberIn(fields, "rowsRead"),
      rowsWritten: numberIn(fields, "rowsWritten"),
      rowsReturned: numberIn(fields, "rowsReturned"),
      error: text(error),
      attempts: Math.max(1, numberIn(fields, "attempts") ?? 1),
      batch: Math.max(1, numberIn(fields, "batch") ?? 1),
      request: request && { id: text(request["id"]), method: text(request["method"]), path: text(request["path"]) },
      weight: Math.max(1, numberIn(fields, "weight") ?? 1),
    },
    key,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
