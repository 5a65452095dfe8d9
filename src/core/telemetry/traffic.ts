// Sums recorded traffic up: by query, by the kind of request, by cache and by time. What it keeps is bounded however
// much it is given, and two sums add up to the sum of both.

import { endpointOf } from "./events";
import type { CacheEvent, QueryEvent, TrafficEvent } from "./events";
import type { RecordedQuery } from "./insights";
import { CacheSums, EndpointSums, QuerySums } from "./sums";
import type { CacheSumsData, EndpointSumsData, QuerySumsData } from "./sums";
import { OpenRequests } from "./open-requests";
import type { FinishedRequest } from "./open-requests";
import type { RecordedTraffic } from "./recorded-traffic";
import { Sketch } from "./sketch";
import type { SketchData } from "./sketch";
import { timesOf } from "./sums";
import { Timeline } from "./timeline";
import type { TimelineData } from "./timeline";

/** Kinds of each; more are summed up without being told apart. */
export const mostQueries = 2_000;
export const mostEndpoints = 500;
const MOST_CACHES = 500;

/** A sum as plain data, to be kept in a file. */
export interface TrafficData {
  readonly version: 1;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly leftOut: number;
  readonly times: SketchData;
  readonly queries: readonly QuerySumsData[];
  readonly endpoints: readonly EndpointSumsData[];
  readonly caches: readonly CacheSumsData[];
  readonly timeline: TimelineData;
}

export class Traffic {
  readonly #queries = new Map<string, QuerySums>();
  readonly #endpoints = new Map<string, EndpointSums>();
  readonly #caches = new Map<string, CacheSums>();
  readonly #open = new OpenRequests((request) => this.#finish(request));
  readonly #times = new Sketch();
  readonly #timeline = new Timeline();
  #from: number | undefined;
  #to: number | undefined;
  #leftOut = 0;

  add(event: TrafficEvent): void {
    if (event.time !== undefined) this.#span(event.time, event.time);
    if (event.kind === "query") this.#addQuery(event);
    else this.#addCache(event);
  }

  /** All calls of a query that were summed up elsewhere. */
  addSummary(query: RecordedQuery): void {
    const sums = this.#query(query.key, query.sql);
    if (sums === undefined) this.#leftOut += query.calls;
    else sums.addSummary(query);
  }

  /** Ends the requests that are under way: to be asked once all of them are likely over. */
  figures(): RecordedTraffic {
    this.#open.finishAll();
    const queries = [...this.#queries.values()].map((sums) => sums.figures()).sort((a, b) => (b.rowsRead ?? 0) - (a.rowsRead ?? 0) || b.calls - a.calls || (a.key < b.key ? -1 : 1));
    const sum = (of: (query: (typeof queries)[number]) => number | undefined): number => queries.reduce((total, query) => total + (of(query) ?? 0), 0);
    return Object.freeze({
      from: this.#from,
      to: this.#to,
      calls: sum(({ calls }) => calls) + this.#leftOut,
      errors: sum(({ errors }) => errors),
      rowsRead: sum(({ rowsRead }) => rowsRead),
      rowsWritten: sum(({ rowsWritten }) => rowsWritten),
      times: timesOf(this.#times),
      queries,
      byKey: new Map(queries.map((query) => [query.key, query])),
      endpoints: [...this.#endpoints.values()].map((sums) => sums.figures()).sort((a, b) => b.rowsRead - a.rowsRead || b.queries - a.queries || (a.endpoint < b.endpoint ? -1 : 1)),
      caches: [...this.#caches.values()].map((sums) => sums.figures()).sort((a, b) => (a.name < b.name ? -1 : 1)),
      ...this.#timeline.moments(),
      leftOut: this.#leftOut,
    });
  }

  data(): TrafficData {
    this.#open.finishAll();
    return {
      version: 1,
      from: this.#from,
      to: this.#to,
      leftOut: this.#leftOut,
      times: this.#times.data(),
      queries: [...this.#queries.values()].map((sums) => sums.data()),
      endpoints: [...this.#endpoints.values()].map((sums) => sums.data()),
      caches: [...this.#caches.values()].map((sums) => sums.data()),
      timeline: this.#timeline.data(),
    };
  }

  merge(other: TrafficData): void {
    this.#open.finishAll();
    if (other.from !== undefined && other.to !== undefined) this.#span(other.from, other.to);
    this.#leftOut += other.leftOut;
    this.#times.merge(Sketch.from(other.times));
    for (const query of other.queries) {
      const sums = this.#query(query.key, query.sql);
      if (sums === undefined) this.#leftOut += query.calls;
      else sums.merge(query);
    }
    for (const endpoint of other.endpoints) this.#endpoint(endpoint.endpoint).merge(endpoint);
    for (const cache of other.caches) this.#cache(cache.name).merge(cache);
    this.#timeline.merge(other.timeline);
  }

  #addQuery(event: QueryEvent): void {
    const { key, time, ms, weight, request, error } = event;
    const endpoint = request === undefined ? undefined : endpointOf(request);
    const sums = this.#query(key, event.sql);
    if (sums === undefined) this.#leftOut += weight;
    else sums.add(event, endpoint);
    if (ms !== undefined) this.#times.add(ms, weight);
    if (time !== undefined) this.#timeline.add(time, { calls: weight, errors: error === undefined ? 0 : weight, rowsRead: (event.rowsRead ?? 0) * weight, rowsWritten: (event.rowsWritten ?? 0) * weight, ms, weight });
    if (request?.id !== undefined) this.#open.add(event, request.id, endpoint);
  }

  #addCache(event: CacheEvent): void {
    this.#cache(event.name).add(event);
    if (event.time !== undefined) this.#timeline.addCache(event.time, event);
  }

  #finish(request: FinishedRequest): void {
    if (request.endpoint !== undefined) this.#endpoint(request.endpoint).add(request);
    for (const [key, count] of request.counts) this.#queries.get(key)?.addRequest(count, request);
  }

  #query(key: string, sql: string): QuerySums | undefined {
    const known = this.#queries.get(key);
    if (known !== undefined || this.#queries.size >= mostQueries) return known;
    const made = new QuerySums(key, sql);
    this.#queries.set(key, made);
    return made;
  }

  #endpoint(name: string): EndpointSums {
    return kept(this.#endpoints, name, mostEndpoints, (one) => new EndpointSums(one));
  }

  #cache(name: string): CacheSums {
    return kept(this.#caches, name, MOST_CACHES, (one) => new CacheSums(one));
  }

  #span(from: number, to: number): void {
    this.#from = this.#from === undefined ? from : Math.min(this.#from, from);
    this.#to = this.#to === undefined ? to : Math.max(this.#to, to);
  }
}

/** Beyond the most that are told apart all are one. */
function kept<T>(all: Map<string, T>, name: string, most: number, make: (name: string) => T): T {
  const own = all.has(name) || all.size < most ? name : "others";
  let found = all.get(own);
  if (found === undefined) all.set(own, (found = make(own)));
  return found;
}
