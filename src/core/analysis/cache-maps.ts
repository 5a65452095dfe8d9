// The map of a project's caches, worked out when it is first asked for, and then kept for its snapshot.

import type { CacheMap } from "../caching/cache-map";
import { mapCaches } from "../caching/map-caches";
import type { Served } from "../host/served";
import type { FileReview } from "./file-review";
import type { LinkedCode } from "./linked-code";
import { sentStatements } from "./sent-statements";
import type { Snapshot } from "./snapshot";
import { isTest } from "./tooling";

export class CacheMaps {
  readonly #code: LinkedCode;
  #last: { readonly snapshot: Snapshot; readonly map: CacheMap } | undefined;

  constructor(code: LinkedCode) {
    this.#code = code;
  }

  of(snapshot: Snapshot, reviews: () => readonly FileReview[]): CacheMap {
    if (this.#last?.snapshot === snapshot) return this.#last.map;
    const { style, ttl } = snapshot.settings.caching;
    const map = mapCaches(inService(this.#code.served(snapshot)), sentStatements(reviews()), { style, ttl });
    this.#last = { snapshot, map };
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
