// What a project caches, what it could, and which writes end it: the view that the rules of the caching group judge and
// that `plumbline cache` prints. Plain data, in the order of the code.

import type { CacheCall, CachedValue, Endpoint, SitePlace } from "../host/served";
import type { Statement } from "../sql/statement";
import type { Span } from "../text/span";

/** By what a route shows: each has a time to live of its own. */
export type CacheClass = "dashboard" | "report" | "preferences" | "categories";

/** Whose rows a read gives: the same for everyone, one user's, or what only this request asks for. */
export type CacheScope = "shared" | "user" | "request";

export interface CacheMap {
  readonly reads: readonly CacheRead[];
  readonly writes: readonly CacheWrite[];
}

/** One read of the code on the way of requests, cached or not. */
export interface CacheRead {
  readonly site: SitePlace;
  /** The statement's name token and its file. */
  readonly file: string;
  readonly name: Span;
  readonly statement: Statement;
  /** The endpoints that send it. */
  readonly endpoints: readonly Endpoint[];
  /** Tables that it reads, those behind views included, as the schema spells them. */
  readonly tables: readonly string[];
  /** Undefined where the route and the shape tell of none. */
  readonly class: CacheClass | undefined;
  readonly scope: CacheScope;
  /** What is bound to the column of the user, as written; undefined where the scope is not `user`. */
  readonly user: { readonly column: string; readonly bound: Span | undefined; readonly text: string | undefined } | undefined;
  /** Rows that one call reads, as they would be with the index that is advised for it. */
  readonly rows: number;
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
  readonly statement: Statement;
  readonly endpoints: readonly Endpoint[];
  /** Tables whose rows it changes, those of cascades and triggers included, as the schema spells them. */
  readonly tables: readonly string[];
  /** What is cached of these tables and not ended on some way of a request, with that way. */
  readonly forgotten: readonly { readonly value: CachedValue; readonly tables: readonly string[]; readonly endpoint: Endpoint }[];
  /** What is ended before the write is done, and not again after. */
  readonly early: readonly CacheCall[];
}
