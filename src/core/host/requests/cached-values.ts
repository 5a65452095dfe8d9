// Which places of a function are reached only where a value is not in its cache: within the call that makes it, or between
// the question for it and the call that keeps it.

import type { Region } from "../request-facts";
import type { CacheCall, CachedValue, SitePlace } from "../served";
import { holds, regionsAt, type Body } from "./bodies";
import type { FoundCall } from "./cache-calls";
import { skeletonOf } from "./key-texts";

/** A place of a function at which caches are asked or filled: their own call, or one of a function that does so. */
export interface CacheEvent {
  readonly name: CacheCall["name"];
  readonly call: CacheCall["call"];
  readonly gets: readonly FoundCall[];
  readonly puts: readonly FoundCall[];
}

interface Growing extends CachedValue {
  readonly sites: SitePlace[];
}

export class CachedValues {
  readonly #values = new Map<string, { readonly value: Growing; readonly places: Set<string> }>();

  /** Those that statements make, in the order of their calls. */
  all(calls: readonly CacheCall[]): readonly CachedValue[] {
    const order = new Map(calls.map((call, at) => [call, at]));
    const found = [...this.#values.values()].map(({ value }) => value).filter(({ sites }) => sites.length > 0);
    return found.sort((a, b) => (order.get(a.get) ?? 0) - (order.get(b.get) ?? 0));
  }

  /** The value whose absence leads to a place. */
  at(body: Body, events: readonly CacheEvent[], offset: number): CachedValue | undefined {
    const around = body.caches.find(({ call, computes }) => computes && (holds(call.call, offset) && offset >= call.name.end));
    if (around !== undefined) return this.#value(around, undefined);
    for (const asked of [...events].reverse()) {
      if (asked.gets.length === 0 || asked.call.start > offset || !isMissAfter(asked, offset, body)) continue;
      for (const get of asked.gets) {
        const puts = events.filter((event) => isKeptAfter(event, offset, body)).flatMap((event) => event.puts).filter((one) => areOfOneStore(get, one));
        const put = puts.find((one) => areWrittenAlike(get, one, body)) ?? puts.find((one) => areOfOneForm(get, one, "with holes")) ?? puts.find((one) => areOfOneForm(get, one, "without holes"));
        if (put !== undefined) return this.#value(get, put);
      }
    }
    return undefined;
  }

  /** The value of a call that asks for it, makes it and keeps it. */
  made(by: FoundCall | undefined): CachedValue | undefined {
    return by?.computes === true ? this.#value(by, undefined) : undefined;
  }

  /** True for a place of a wrapper that is reached only where the value of its caller is not in the cache. */
  isInside(body: Body, offset: number): boolean {
    return body.inner.some((asked) => asked.kind === "get" && asked.call.start <= offset && isMissAfter(asked, offset, body)) && body.inner.some((kept) => kept.kind === "put" && isKeptAfter(kept, offset, body));
  }

  add(value: CachedValue, place: SitePlace): void {
    const known = this.#values.get(keyOf(value.get, value.put));
    const key = `${place.file}:${place.start}`;
    if (known === undefined || known.places.has(key)) return;
    known.places.add(key);
    known.value.sites.push(place);
  }

  #value(get: FoundCall, put: FoundCall | undefined): CachedValue {
    const key = keyOf(get.call, put?.call);
    const known = this.#values.get(key);
    if (known !== undefined) return known.value;
    const value: Growing = { get: get.call, put: put?.call, keys: get.call.keys.length > 0 ? get.call.keys : (put?.call.keys ?? []), ttl: put === undefined ? get.call.ttl : put.call.ttl, sites: [] };
    this.#values.set(key, { value, places: new Set() });
    return value;
  }
}

function keyOf(get: CacheCall, put: CacheCall | undefined): string {
  return `${get.file}:${get.name.start}:${put?.file}:${put?.name.start}`;
}

/** The call that keeps a value can be made after a place: nothing ends the function in between. */
function isKeptAfter({ name, call }: Pick<CacheEvent, "name" | "call">, offset: number, { module }: Body): boolean {
  return (name.start >= offset || holds(call, offset)) && regionsAt(module, offset).every((region) => !region.exits || holds(region.span, name.start));
}

/** Control comes from the question to the place only where nothing was found. */
function isMissAfter(asked: Pick<CacheEvent, "name" | "call">, offset: number, { module }: Body): boolean {
  const asksIt = (region: Region): boolean => (region.condition !== undefined && holds(region.condition, asked.name.start)) || region.asked.some(({ values }) => values.some((value) => holds(value, asked.name.start)));
  const inMiss = regionsAt(module, offset).some((region) => region.asks === "missing" && asksIt(region));
  if (inMiss) return true;
  return module.regions.some((region) => {
    if (region.asks !== "there" || !region.exits || region.span.end > offset || region.span.start < asked.name.start || !asksIt(region)) return false;
    const text = module.text.slice(region.span.start, region.span.end);
    const givesIt = region.asked.some(({ name }) => new RegExp(`\\b${name.replaceAll("$", "\\$")}\\b`).test(text)) || /\.(?:get|match)\(/.test(text);
    return givesIt && !isOtherSide(region, offset, module);
  });
}

/** The place stands on another side of a condition around the region. */
function isOtherSide(region: Region, offset: number, module: Body["module"]): boolean {
  const own = regionsAt(module, region.span.start).filter((outer) => !holds(outer.span, offset));
  return own.some((outer) => outer !== region && regionsAt(module, offset).some((around) => around.at === outer.at));
}

function areOfOneStore(get: FoundCall, put: FoundCall): boolean {
  return get.call.stores.some(({ kind }) => put.call.stores.some((store) => store.kind === kind));
}

function areOfOneForm(get: FoundCall, put: FoundCall, holes: "with holes" | "without holes"): boolean {
  const keys = new Set(get.call.keys.map((key) => skeletonOf(key, holes)));
  return put.call.keys.some((key) => keys.has(skeletonOf(key, holes)));
}

/** Both name the same variable, or say the same, for their key. */
function areWrittenAlike(get: FoundCall, put: FoundCall, { module }: Body): boolean {
  const written = (one: FoundCall): string | undefined => (one.call.keyExpression === undefined || one.module !== module ? undefined : module.text.slice(one.call.keyExpression.start, one.call.keyExpression.end));
  const text = written(get);
  return text !== undefined && text === written(put);
}
