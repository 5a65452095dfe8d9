// Which statements each function reaches over any number of calls: by the shortest way, behind which cache, and what is
// ended before and after on every way. Worked out once for each function, from those that it calls.

import type { Hop } from "../call-site";
import type { ModuleFacts } from "../module-facts";
import type { CacheCall, CachedValue, Reach, SitePlace } from "../served";
import { isHandedIn, type Bodies, type Body, type CallEvent, type SiteEvent } from "./bodies";
import type { FoundCall } from "./cache-calls";
import type { CachedValues, CacheEvent } from "./cached-values";
import { skeletonOf } from "./key-texts";
import { comesAfter, comesBefore, type Placed } from "./order";

/** Further down nobody follows. */
const mostHops = 16;
const mostInSummary = 64;

export interface Reached {
  /** Of its place. */
  readonly key: string;
  readonly place: SitePlace;
  readonly site: SiteEvent;
  readonly length: number;
  readonly hop: Hop | undefined;
  readonly next: Reached | undefined;
  readonly cached: CachedValue | undefined;
  /** It stands behind the cache of a wrapper, and so behind the value of whoever calls that. */
  readonly isInside: boolean;
  readonly after: ReadonlySet<CacheCall>;
  readonly before: ReadonlySet<CacheCall>;
}

interface Around {
  readonly after: ReadonlySet<CacheCall>;
  readonly cached: CachedValue | undefined;
}

interface Summary {
  readonly gets: readonly FoundCall[];
  readonly puts: readonly FoundCall[];
  readonly purges: readonly FoundCall[];
}

/** What ends cached values at one place of a function, or replaces them. */
interface Ending extends Placed {
  readonly purges: readonly CacheCall[];
  readonly puts: readonly CacheCall[];
}

const none: ReadonlySet<CacheCall> = new Set();
const nothing: Summary = { gets: [], puts: [], purges: [] };

export class Reaching {
  readonly #modules: ReadonlyMap<string, ModuleFacts>;
  readonly #bodies: Bodies;
  readonly #values: CachedValues;
  readonly #known = new Map<Body, ReadonlyMap<string, Reached>>();
  readonly #running = new Set<Body>();
  readonly #summaries = new Map<Body, Summary>();
  readonly #endings = new Map<Body, readonly Ending[]>();
  readonly #events = new Map<Body, readonly CacheEvent[]>();
  readonly #around = new Map<Body, Around | undefined>();

  constructor(modules: ReadonlyMap<string, ModuleFacts>, bodies: Bodies, values: CachedValues) {
    this.#modules = modules;
    this.#bodies = bodies;
    this.#values = values;
  }

  /** By place. */
  from(body: Body): ReadonlyMap<string, Reached> {
    const known = this.#known.get(body);
    if (known !== undefined) return known;
    const found = new Map<string, Reached>();
    if (this.#running.has(body)) return found;
    this.#running.add(body);
    for (const site of body.sites) addTo(found, this.#direct(body, site));
    for (const event of body.calls) {
      for (const target of event.targets) {
        const inner = this.#bodyOf(target.function);
        if (inner === undefined || inner === body) continue;
        for (const reached of this.from(inner).values()) if (reached.length < mostHops) addTo(found, this.#through(body, event, reached));
      }
    }
    this.#running.delete(body);
    this.#known.set(body, found);
    return found;
  }

  /** What comes after the handlers in what runs around them, and the cache that they stand behind. */
  around(body: Body): Around | undefined {
    if (!this.#around.has(body)) this.#around.set(body, this.#aroundNext(body));
    return this.#around.get(body);
  }

  #aroundNext(body: Body): Around | undefined {
    const next = body.calls.find(({ call }) => isHandedIn(call));
    if (next === undefined) return undefined;
    const offset = next.call.name.start;
    return { after: this.#after(body, offset, "write"), cached: this.#values.at(body, this.#eventsOf(body), offset) };
  }

  keep(reached: Reached): void {
    if (reached.cached !== undefined) this.#values.add(reached.cached, reached.place);
  }

  #bodyOf(facts: Parameters<Bodies["owner"]>[0]): Body | undefined {
    const owner = this.#bodies.owner(facts);
    return owner === undefined ? undefined : this.#bodies.of(owner);
  }

  #direct(body: Body, site: SiteEvent): Reached {
    const { module, site: call } = site.linked;
    const place = { file: module.path, start: call.name.start };
    const rank = site.isWrite ? "write" : "read";
    const cache = body.caches.find((one) => one.call.name.start === call.name.start);
    let cached = this.#cachedAt(body, call.name.start);
    let after = this.#after(body, site.sent, rank);
    let before = this.#before(body, site.sent);
    for (const hop of call.via) {
      const inner = this.#bodyAt(hop);
      if (inner === undefined || inner === body) continue;
      cached ??= this.#cachedAt(inner, hop.span.start) ?? (this.#values.isInside(inner, hop.span.start) ? this.#values.made(cache) : undefined);
      after = union(after, this.#after(inner, hop.span.start, rank));
      before = union(before, this.#before(inner, hop.span.start));
    }
    const reached: Reached = { key: `${place.file}:${place.start}`, place, site, length: 1, hop: { file: module.path, span: call.name }, next: undefined, cached, isInside: this.#values.isInside(body, call.name.start), after, before };
    this.keep(reached);
    return reached;
  }

  #through(body: Body, { call, cache }: CallEvent, inner: Reached): Reached {
    const offset = call.name.start;
    const reached: Reached = {
      ...inner,
      length: inner.length + 1,
      hop: { file: body.module.path, span: call.name },
      next: inner,
      cached: inner.cached ?? this.#cachedAt(body, offset) ?? (inner.isInside ? this.#values.made(cache) : undefined),
      isInside: (inner.isInside && cache === undefined) || this.#values.isInside(body, offset),
      after: union(inner.after, this.#after(body, offset, inner.site.isWrite ? "write" : "read")),
      before: union(inner.before, this.#before(body, offset)),
    };
    this.keep(reached);
    return reached;
  }

  /** The function around a call on the way through a wrapper. */
  #bodyAt({ file, span }: Hop): Body | undefined {
    const module = this.#modules.get(file);
    const at = module?.calls.find(({ name }) => name.start === span.start)?.inFunction ?? module?.sites.find(({ site }) => site.name.start === span.start)?.inFunction;
    const facts = at === undefined ? undefined : module?.functions[at];
    return facts === undefined ? undefined : this.#bodyOf(facts);
  }

  #cachedAt(body: Body, offset: number): CachedValue | undefined {
    const events = this.#eventsOf(body);
    return events.length === 0 ? undefined : this.#values.at(body, events, offset);
  }

  #after(body: Body, offset: number, rank: "read" | "write"): ReadonlySet<CacheCall> {
    const found = this.#endingsOf(body).filter((ending) => comesAfter(ending, offset, body.module));
    return found.length === 0 ? none : new Set(found.flatMap(({ purges, puts }) => (rank === "write" ? [...purges, ...puts] : purges)));
  }

  #before(body: Body, offset: number): ReadonlySet<CacheCall> {
    const found = this.#endingsOf(body).filter((ending) => ending.purges.length > 0 && comesBefore(ending, offset, body.module));
    return found.length === 0 ? none : new Set(found.flatMap(({ purges }) => purges));
  }

  #endingsOf(body: Body): readonly Ending[] {
    const known = this.#endings.get(body);
    if (known !== undefined) return known;
    const own = body.caches.flatMap((cache): Ending[] => (isPurge(cache) ? [{ ...placed(cache), purges: [cache.call], puts: [] }] : cache.call.operation === "put" ? [{ ...placed(cache), purges: [], puts: [cache.call] }] : []));
    const called = body.calls.flatMap(({ call, targets, cache }): Ending[] => {
      const { gets, puts, purges } = cache === undefined ? this.#summaryOfTargets(targets) : nothing;
      const replaced = gets.length === 0 ? puts : [];
      return purges.length + replaced.length === 0 ? [] : [{ name: call.name, call: call.call, words: [], purges: purges.map((one) => one.call), puts: replaced.map((one) => one.call) }];
    });
    const endings = [...own, ...called];
    this.#endings.set(body, endings);
    return endings;
  }

  #eventsOf(body: Body): readonly CacheEvent[] {
    const known = this.#events.get(body);
    if (known !== undefined) return known;
    const own = body.caches.map((cache): CacheEvent => ({ ...placed(cache), gets: cache.call.operation === "get" ? [cache] : [], puts: cache.call.operation === "put" ? [cache] : [] }));
    const called = body.calls.flatMap(({ call, targets, cache }): CacheEvent[] => {
      const { gets, puts } = cache === undefined ? this.#summaryOfTargets(targets) : nothing;
      // What asks and fills by itself is behind its own cache.
      const isWhole = gets.length > 0 && puts.length > 0;
      return isWhole || gets.length + puts.length === 0 ? [] : [{ name: call.name, call: call.call, gets, puts }];
    });
    const events = [...own, ...called].sort((a, b) => a.name.start - b.name.start);
    this.#events.set(body, events);
    return events;
  }

  #summaryOfTargets(targets: CallEvent["targets"]): Summary {
    const all = targets.flatMap((target) => {
      const body = this.#bodyOf(target.function);
      return body === undefined ? [] : [this.#summary(body)];
    });
    return all.length === 1 ? all[0]! : joined(all);
  }

  #summary(body: Body): Summary {
    const known = this.#summaries.get(body);
    if (known !== undefined) return known;
    this.#summaries.set(body, nothing);
    const own: Summary = { gets: body.caches.filter(({ call }) => call.operation === "get"), puts: body.caches.filter(({ call }) => call.operation === "put"), purges: body.caches.filter((cache) => isPurge(cache) && !isInCatch(cache, body)) };
    const summary = joined([own, ...body.calls.flatMap(({ targets, cache }) => (cache === undefined && targets.length > 0 ? [this.#summaryOfTargets(targets)] : []))]);
    this.#summaries.set(body, summary);
    return summary;
  }
}

/** As the types of the room have it. */
export function reachOf(reached: Reached): Reach {
  const via: Hop[] = [];
  for (let at: Reached | undefined = reached; at !== undefined; at = at.next) if (at.hop !== undefined) via.push(at.hop);
  const ended = new Set([...reached.after].flatMap(formsOf));
  return { site: reached.place, via, cached: reached.cached, purgedAfter: [...reached.after], purgedBefore: [...reached.before].filter((call) => !reached.after.has(call) && !formsOf(call).some((form) => ended.has(form))) };
}

/** A statement that two ways lead to is cached, or ended, where both ways say so. */
export function addTo(found: Map<string, Reached>, reached: Reached): void {
  const { key } = reached;
  const known = found.get(key);
  if (known === undefined) {
    found.set(key, reached);
    return;
  }
  const shorter = reached.length < known.length ? reached : known;
  found.set(key, { ...shorter, cached: known.cached === undefined || reached.cached === undefined ? undefined : shorter.cached, after: common(known.after, reached.after), before: common(known.before, reached.before) });
}

function formsOf({ stores, keys }: CacheCall): readonly string[] {
  return stores.flatMap(({ kind }) => keys.map((key) => `${kind}:${skeletonOf(key, "with holes")}`));
}

function isPurge({ call }: FoundCall): boolean {
  return call.operation === "delete" || call.operation === "purge";
}

function isInCatch({ call }: FoundCall, { module }: Body): boolean {
  return module.regions.some(({ kind, span }) => kind === "catch" && span.start <= call.name.start && call.name.start < span.end);
}

function placed({ call, module }: FoundCall): Placed {
  const receiver = /([\w$]+)\s*[!?)]*\s*\.?\s*$/.exec(module.text.slice(call.call.start, call.name.start))?.[1] ?? "";
  return { name: call.name, call: call.call, words: [receiver, ...call.stores.map(({ name }) => name ?? "")] };
}

function joined(all: readonly Summary[]): Summary {
  if (all.every((one) => one === nothing)) return nothing;
  const of = (part: keyof Summary): readonly FoundCall[] => [...new Set(all.flatMap((one) => one[part]))].slice(0, mostInSummary);
  return { gets: of("gets"), puts: of("puts"), purges: of("purges") };
}

export function union(a: ReadonlySet<CacheCall>, b: ReadonlySet<CacheCall>): ReadonlySet<CacheCall> {
  return a.size === 0 ? b : b.size === 0 ? a : new Set([...a, ...b]);
}

function common(a: ReadonlySet<CacheCall>, b: ReadonlySet<CacheCall>): ReadonlySet<CacheCall> {
  return a.size === 0 || b.size === 0 ? none : new Set([...a].filter((call) => b.has(call)));
}
