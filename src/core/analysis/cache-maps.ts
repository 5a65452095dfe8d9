// The map of a project's caches, worked out when it is first asked for, and then kept as long as the code and what is
// known of its statements stay the same.

import type { CacheMap } from "../caching/cache-map";
import { mapCaches } from "../caching/map-caches";
import type { Served } from "../host/served";
import type { FileReview } from "./file-review";
import { sameItems, type LinkedCode } from "./linked-code";
import { sentStatements } from "./sent-statements";
import type { Snapshot } from "./snapshot";
import { isTest } from "./tooling";

export class CacheMaps {
  readonly #code: LinkedCode;
  #last: { readonly snapshot: Snapshot; readonly key: readonly unknown[]; readonly map: CacheMap } | undefined;

  constructor(code: LinkedCode) {
    this.#code = code;
  }

  of(snapshot: Snapshot, reviews: () => readonly FileReview[]): CacheMap {
    if (this.#last?.snapshot === snapshot) return this.#last.map;
    const { style, ttl } = snapshot.settings.caching;
    const served = this.#code.served(snapshot);
    const all = reviews();
    const key = [served, style, JSON.stringify(ttl), ...all];
    const map = this.#last !== undefined && sameItems(this.#last.key, key) ? this.#last.map : mapCaches(inService(served), sentStatements(all), { style, ttl });
    this.#last = { snapshot, key, map };
    return map;
  }
}

/** Endpoints and caches of tests are nobody's. */
function inService({ endpoints, cacheCalls, cachedValues }: Served): Served {
  return {
    endpoints: endpoints.filter(({ file }) => !isTest(file)),
    cacheCalls: cacheCalls.filter(({ file }) => !isTest(file)),
    cachedValues: cachedValues.filter(({ get }) => !isTest(get.file)),
  };
}
