// Reads recorded traffic as text: what `wrangler tail --format json` prints and what Workers Logs and Workers Traces
// export, with the events of our helpers or spans of D1 in it. The text is foreign: what is broken, cut off, too long or
// about something else is left out and counted, and nothing in it can make the reading fail.

import type { CacheEvent, QueryEvent, RequestFacts, TrafficEvent } from "./events";
import { errorKind, pathOf, queryEvent } from "./events";
import { numberIn, objectOf, timeOf } from "./json-fields";
import type { Fields } from "./json-fields";
import { jsonTexts } from "./json-texts";
import type { JsonText } from "./json-texts";
import { otlpSpan } from "./otlp-span";
import { requestOf, spanEvents, sqlOf } from "./span-events";
import type { Span } from "./span-events";

/** Why a line, or a value over several lines, gave no event. */
export type SkipReason = "no JSON" | "broken or cut-off JSON" | "too long" | "no query in it" | "an event without its fields";

export interface ReadResult {
  readonly events: number;
  readonly skipped: ReadonlyMap<SkipReason, number>;
}

/** `take` gets the events in the order of the text; those of spans after all others, since a request's own span ends last. */
export function readEvents(text: string, take: (event: TrafficEvent) => void): ReadResult {
  const reader = new Reader(take);
  for (const piece of jsonTexts(text)) reader.read(piece);
  return reader.end();
}

/** What stands around a value, and is true of all in it. */
interface Surroundings {
  readonly time: number | undefined;
  readonly request: RequestFacts;
}

const bare: Surroundings = { time: undefined, request: { id: undefined, method: undefined, path: undefined } };

/** Where events and spans are found inside others. */
const INSIDE = ["logs", "message", "source", "events", "invocations", "resourceSpans", "scopeSpans", "spans", "result", "data"] as const;
const DEEPEST = 12;
const MOST_SPANS = 2_000_000;

class Reader {
  readonly #take: (event: TrafficEvent) => void;
  readonly #skipped = new Map<SkipReason, number>();
  readonly #spans: { readonly span: Span; readonly sql: string; readonly trace: string | undefined; readonly around: Surroundings }[] = [];
  readonly #requests = new Map<string, RequestFacts>();
  #events = 0;
  #isWrong = false;

  constructor(take: (event: TrafficEvent) => void) {
    this.#take = take;
  }

  read(piece: JsonText): void {
    if (typeof piece !== "object") return this.#skip(piece);
    const before = this.#events + this.#spans.length + this.#requests.size;
    this.#isWrong = false;
    this.#walk(piece.value, bare, 0);
    if (this.#events + this.#spans.length + this.#requests.size === before) this.#skip(this.#isWrong ? "an event without its fields" : "no query in it");
  }

  end(): ReadResult {
    for (const { span, sql, trace, around } of this.#spans) {
      const request = trace === undefined ? around.request : (this.#requests.get(trace) ?? { ...around.request, id: trace });
      for (const event of spanEvents({ ...span, time: span.time ?? around.time }, sql, request)) this.#give(event);
    }
    return { events: this.#events, skipped: this.#skipped };
  }

  #walk(value: unknown, around: Surroundings, depth: number): void {
    if (depth > DEEPEST) return;
    if (typeof value === "string") return this.#string(value, around, depth);
    if (Array.isArray(value)) {
      for (const one of value) this.#walk(one, around, depth + 1);
      return;
    }
    const fields = objectOf(value);
    if (fields === undefined) return;
    if (fields["plumbline"] === "query") return this.#event(helperQuery(fields, around));
    if (fields["plumbline"] === "cache") return "error" in fields && !("outcome" in fields) ? undefined : this.#event(helperCache(fields, around));
    const span = otlpSpan(fields);
    if (span !== undefined) return this.#span(span.span, span.trace, around);
    const inner = surroundings(fields, around);
    for (const name of INSIDE) if (name in fields) this.#walk(fields[name], inner, depth + 1);
  }

  /** A line that was logged is text again. */
  #string(text: string, around: Surroundings, depth: number): void {
    const at = text.indexOf("{");
    if (at < 0 || !text.includes('"plumbline"')) return;
    try {
      this.#walk(JSON.parse(text.slice(at)), around, depth + 1);
    } catch {
      this.#isWrong = true;
    }
  }

  #span(span: Span, trace: string | undefined, around: Surroundings): void {
    const sql = sqlOf(span);
    if (sql !== undefined) {
      if (this.#spans.length < MOST_SPANS) this.#spans.push({ span, sql, trace, around });
      return;
    }
    // A call of D1 is a request as well, to a host of its own that stands for it.
    const { method, url } = requestOf(span);
    if (trace === undefined || span.attributes["faas.trigger"] === undefined) return;
    this.#requests.set(trace, { id: trace, method, path: url === undefined ? undefined : pathOf(url) });
  }

  #event(event: TrafficEvent | undefined): void {
    if (event === undefined) this.#isWrong = true;
    else this.#give(event);
  }

  #give(event: TrafficEvent): void {
    this.#events++;
    this.#take(event);
  }

  #skip(reason: SkipReason): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
  }
}

/** What an event of a tail or of Workers Logs says of the request that it is about. */
function surroundings(fields: Fields, around: Surroundings): Surroundings {
  const workers = objectOf(fields["$workers"]);
  const event = objectOf(fields["event"]) ?? objectOf(workers?.["event"]);
  const request = objectOf(event?.["request"]);
  const url = request?.["url"];
  const method = request?.["method"];
  const id = workers?.["requestId"] ?? objectOf(fields["$metadata"])?.["requestId"];
  const other = event === undefined ? undefined : "cron" in event ? "scheduled" : "queue" in event ? "queue" : undefined;
  return {
    time: timeOf(fields["timestamp"]) ?? timeOf(fields["eventTimestamp"]) ?? around.time,
    request: {
      id: typeof id === "string" ? id : around.request.id,
      method: typeof method === "string" ? method.slice(0, 20) : (other ?? around.request.method),
      path: typeof url === "string" ? pathOf(url) : around.request.path,
    },
  };
}

const MOST_WEIGHT = 1_000_000;

/** The line of `helpers/telemetry.ts`. */
function helperQuery(fields: Fields, { time, request }: Surroundings): QueryEvent | undefined {
  const { query, request: id, error } = fields;
  const waited = numberIn(fields, "ms");
  if (typeof query !== "string" || query.trim() === "" || waited === undefined) return undefined;
  const batch = Math.max(1, numberIn(fields, "batch") ?? 1);
  const sample = numberIn(fields, "sample") ?? 1;
  return queryEvent({
    sql: query,
    time: timeOf(fields["time"]) ?? time,
    ms: numberIn(fields, "sqlMs") ?? (batch > 1 ? undefined : waited),
    rowsRead: numberIn(fields, "rowsRead"),
    rowsWritten: numberIn(fields, "rowsWritten"),
    rowsReturned: numberIn(fields, "rows"),
    error: typeof error === "string" ? errorKind(error) : undefined,
    attempts: Math.max(1, numberIn(fields, "attempts") ?? 1),
    batch,
    request: typeof id === "string" ? { ...request, id } : request,
    weight: sample > 0 && sample <= 1 ? Math.min(MOST_WEIGHT, 1 / sample) : 1,
  });
}

/** The line of `helpers/cache.ts`. */
function helperCache(fields: Fields, { time }: Surroundings): CacheEvent | undefined {
  const { name, outcome } = fields;
  const count = numberIn(fields, "count");
  if (typeof name !== "string" || count === undefined) return undefined;
  if (outcome !== "hit" && outcome !== "miss" && outcome !== "stale" && outcome !== "error") return undefined;
  return { kind: "cache", time: timeOf(fields["time"]) ?? time, name: name.slice(0, 300), outcome, count, ms: numberIn(fields, "ms") ?? 0 };
}
