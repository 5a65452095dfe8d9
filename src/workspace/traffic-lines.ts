// The lines in which recorded traffic is kept: an event each, or the sum of many. Whatever is broken is left out.

import type { CacheEvent, TrafficEvent } from "../core/telemetry/events";
import { queryEvent } from "../core/telemetry/events";
import { numberIn, objectOf } from "../core/telemetry/json-fields";
import { Traffic } from "../core/telemetry/traffic";
import type { TrafficData } from "../core/telemetry/traffic";

/** From so many events on their sum is shorter. */
const MANY = 2_000;

/** Events that came together: a few are kept as they are, many as their sum. */
export class Batch {
  #events: TrafficEvent[] = [];
  #sum: Traffic | undefined;

  add(event: TrafficEvent): void {
    if (this.#sum !== undefined) return this.#sum.add(event);
    this.#events.push(event);
    if (this.#events.length < MANY) return;
    this.#sum = new Traffic();
    this.addTo(this.#sum);
    this.#events = [];
  }

  get isEmpty(): boolean {
    return this.#sum === undefined && this.#events.length === 0;
  }

  addTo(traffic: Traffic): void {
    for (const event of this.#events) traffic.add(event);
    if (this.#sum !== undefined && this.#sum !== traffic) traffic.merge(this.#sum.data());
  }

  lines(): string {
    if (this.#sum !== undefined) return `${JSON.stringify({ kind: "sum", data: this.#sum.data() })}\n`;
    return this.#events.map((event) => `${JSON.stringify(event)}\n`).join("");
  }
}

/** Adds what the lines of a text hold; one that was cut off, or is none, counts for nothing. */
export function addLines(text: string, traffic: Traffic): void {
  for (const line of text.split("\n")) {
    const fields = objectOf(parsed(line));
    if (fields === undefined) continue;
    if (fields["kind"] === "sum") {
      traffic.merge(sumOf(fields["data"]).data());
      continue;
    }
    const event = eventOf(fields);
    if (event !== undefined) traffic.add(event);
  }
}

/** A sum that another version wrote, or that is broken, counts for nothing. */
export function sumOf(data: unknown): Traffic {
  const traffic = new Traffic();
  if (objectOf(data)?.["version"] !== 1) return traffic;
  try {
    traffic.merge(data as TrafficData);
    return traffic;
  } catch {
    return new Traffic();
  }
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function eventOf(fields: Readonly<Record<string, unknown>>): TrafficEvent | undefined {
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
