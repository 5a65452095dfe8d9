// What a project caches, what it could, and which writes end it: the view that the rules of the caching group judge and
// that `plumbline cache` prints. Plain data, in the order of the code.

import type { CacheCall, CachedValue, CacheStore, Endpoint, SitePlace } from "../host/served";
import type { Statement } from "../sql/statement";
import type { Span } from "../text/span";

/** By what a route shows: each has a time to live of its own. */
export type CacheClass = "dashboard" | "report" | "preferences" | "categories";

/** Whose rows a read gives: the same for everyone, one user's, or what only this request asks for. */
export type CacheScope = "shared" | "user" | "request";

/** Where results are to be kept. */
export type CacheStyle = "kv" | "workers-cache" | "cache-api";

export interface CacheMap {
  /** What the settings ask for; `kv` where they say nothing. */
  readonly style: CacheStyle;
  readonly reads: readonly CacheRead[];
  readonly writes: readonly CacheWrite[];
  readonly values: readonly MappedValue[];
  /** Every call that reaches a cache, tests apart. */
  readonly calls: readonly CacheCall[];
}

/** One read of the code on the way of requests, cached or not. Of several forms of its text the dearest speaks for it. */
export interface CacheRead {
  readonly site: SitePlace;
  /** The statement's name token and its file. */
  readonly file: string;
  readonly name: Span;
  readonly functionName: string | undefined;
  readonly statement: Statement;
  /** The binding of its database. */
  readonly database: string;
  /** The endpoints that send it; functions that nobody calls only where there is nothing else. */
  readonly endpoints: readonly Endpoint[];
  /** Tables that it reads, those behind views included, as the schema spells them. */
  readonly tables: readonly string[];
  /** Undefined where the route and the shape tell of none. */
  readonly class: CacheClass | undefined;
  readonly scope: CacheScope;
  /** What is bound to the column of the user, as written; undefined where no rows of one user are asked for. */
  readonly user: { readonly column: string; readonly bound: Span | undefined; readonly text: string | undefined } | undefined;
  /** What else is bound, as written, literals apart: a key has to hold it. */
  readonly parameters: readonly string[];
  /** Rows that one call reads, as they would be with the index that is advised for it. */
  readonly rows: number;
  /** It is sent once for each turn of a loop. */
  readonly isLooped: boolean;
  /** The sizes of its tables are measured, configured or likely by their kind; else they are assumed. */
  readonly isSizeKnown: boolean;
  /** Tables of it that requests write so often that no value would live. */
  readonly volatile: readonly string[];
  /** Seconds that a value may live by its class. */
  readonly ttl: number | undefined;
  /** Share of the rows that a cache saves, 0 to 1, its own price taken off; undefined where it costs more than it saves. */
  readonly saving: number | undefined;
  /** The cache that it stands behind now. */
  readonly cached: CachedValue | undefined;
}

/** One write of the code, with what it ends and what it forgets. */
export interface CacheWrite {
  readonly site: SitePlace;
  readonly file: string;
  readonly name: Span;
  readonly functionName: string | undefined;
  readonly statement: Statement;
  readonly endpoints: readonly Endpoint[];
  /** Tables whose rows it changes, those of cascades and triggers included, as the schema spells them. */
  readonly tables: readonly string[];
  /** What the code gives for the column of the user, where it writes rows of one; as written. */
  readonly user: string | undefined;
  /** What is cached of these tables and ended on every way of a request. */
  readonly ended: readonly CachedValue[];
  /** What is cached of these tables and not ended on some way of a request, also not too early, with that way: one for each value and endpoint. */
  readonly forgotten: readonly Forgotten[];
  /** What is ended before the write is done, and not again after. */
  readonly early: readonly CacheCall[];
}

export interface Forgotten {
  readonly value: CachedValue;
  readonly tables: readonly string[];
  readonly endpoint: Endpoint;
  /** What ends it in another store than those in `left`, which still have it. */
  readonly partly: readonly CacheCall[];
  readonly left: readonly CacheStore[];
}

/** A cached value with the reads of this project that make it. */
export interface MappedValue {
  readonly value: CachedValue;
  readonly reads: readonly CacheRead[];
}
