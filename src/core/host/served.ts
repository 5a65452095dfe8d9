// What the linked code says about requests: where they enter, which statements they can reach, what is kept in a cache on
// the way, and what ends it again. Knows nothing of SQL; a statement is named by its place.

import type { Span } from "../text/span";
import type { Hop } from "./call-site";

export interface Served {
  /** In the order of the files. Functions that nobody calls, and that are no endpoint, are entries of kind `other`. */
  readonly endpoints: readonly Endpoint[];
  /** Every call that reaches a cache, at its outermost wrapper; in the order of the code. */
  readonly cacheCalls: readonly CacheCall[];
  readonly cachedValues: readonly CachedValue[];
}

/** Where the code is entered from outside. */
export interface Endpoint {
  readonly kind: "http" | "scheduled" | "queue" | "email" | "other";
  /** `GET`; undefined for one that answers all methods, and for what is not HTTP. */
  readonly method: string | undefined;
  /** `/api/accounts/:id`, `/files/*`; undefined where it is not HTTP or the code does not tell. */
  readonly route: string | undefined;
  readonly file: string;
  /** The name of the handler, or the path in the router's call. */
  readonly name: Span;
  readonly functionName: string | undefined;
  /** Each statement that it can reach, once, its middleware's included. */
  readonly reaches: readonly Reach[];
}

/** One statement on the way of a request. */
export interface Reach {
  readonly site: SitePlace;
  /** The calls from the handler down to it, the last the statement itself. */
  readonly via: readonly Hop[];
  /** Set where the statement runs only if this value is not in its cache. */
  readonly cached: CachedValue | undefined;
  /** What is ended after the statement was sent, on every way back to the handler. */
  readonly purgedAfter: readonly CacheCall[];
  /** What is ended before it is sent, on every way to it, and not again after. */
  readonly purgedBefore: readonly CacheCall[];
}

/** The name token of a call site: `CallSite.name` of that file. */
export interface SitePlace {
  readonly file: string;
  readonly start: number;
}

export type CacheStoreKind = "kv" | "cache-api" | "memory" | "helper";

export interface CacheStore {
  readonly kind: CacheStoreKind;
  /** The KV namespace: `CACHE` of `env.CACHE`; the name of a map or an object; undefined of the Cache API. */
  readonly name: string | undefined;
}

export interface CacheCall {
  readonly operation: "get" | "put" | "delete" | "purge";
  /** One, or several where a wrapper falls back on another. */
  readonly stores: readonly CacheStore[];
  readonly file: string;
  /** The name token of the outermost wrapper's call. */
  readonly name: Span;
  readonly call: Span;
  readonly functionName: string | undefined;
  /** From the outermost wrapper down to the call of the store itself, the last; empty for that call itself. */
  readonly via: readonly Hop[];
  /** What the key can be; empty where nothing of it is known. Of the Cache API, the request's address is one hole. */
  readonly keys: readonly CacheKey[];
  /** The key as written in the outermost call; undefined where it is none of its arguments. */
  readonly keyExpression: Span | undefined;
  /** Seconds that a put value lives; `none` where it never ends, `unknown` where the code does not tell. */
  readonly ttl: number | "none" | "unknown" | undefined;
  /** Of our own helper: the tables named in `get` and `purge`, in lower case; undefined elsewhere, or where they are not all known. */
  readonly tables: readonly string[] | undefined;
  /** Of our own helper: whether there is a scope, and what is written there. */
  readonly scope: Span | undefined;
  /** It ends every key that begins with its key: `list({ prefix })` and `delete`, or a loop over all keys. */
  readonly prefix: boolean;
}

/** A key as far as it is written: texts, and holes for what is put in. Two holes never stand next to each other. */
export interface CacheKey {
  readonly parts: readonly (string | KeyHole)[];
}

export interface KeyHole {
  /** As written where the value comes from, white space collapsed: `data.user.id`. */
  readonly text: string;
}

/** A value that is looked for in a cache and made by statements where it is not there. */
export interface CachedValue {
  readonly get: CacheCall;
  /** Undefined where the same call does both. */
  readonly put: CacheCall | undefined;
  readonly keys: readonly CacheKey[];
  readonly ttl: CacheCall["ttl"];
  /** The statements that make it, through calls too. */
  readonly sites: readonly SitePlace[];
}
