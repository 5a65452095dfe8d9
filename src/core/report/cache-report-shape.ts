// What a project caches, what it could, and which writes end it: the shape that `plumbline cache --format json` prints. Types
// alone, for those who may not import core.

import type { CacheClass, CacheScope, CacheStyle } from "../caching/cache-map";
import type { PlaceReport } from "./report";

export interface CachePlaceReport extends PlaceReport {
  readonly column: number;
  readonly function: string | null;
}

/** What the code caches now. */
export interface CachedValueReport extends CachePlaceReport {
  /** What the key can be, with `${…}` for what is put in; empty where nothing of it is known. */
  readonly keys: readonly string[];
  /** Seconds; `none` where it never ends by itself. */
  readonly ttl: number | "none" | "unknown";
  /** `kv:CACHE`, `memory:cache`, `cache-api`, `helper`; several where one stands in for the other. */
  readonly stores: readonly string[];
  /** The tables behind it. */
  readonly tables: readonly string[];
  /** Rows that one making of it reads. */
  readonly rows: number;
  /** Where they are read. */
  readonly reads: readonly CachePlaceReport[];
  /** The writes that change what it was made of. */
  readonly writers: readonly CacheWriterReport[];
}

/** A write of tables that a read has. */
export interface CacheWriterReport extends CachePlaceReport {
  readonly tables: readonly string[];
  /** Whether the cached value is ended on every way; null where nothing is cached. */
  readonly purged: boolean | null;
  /** Endpoints on whose way it is not. */
  readonly missing: readonly string[];
}

/** One read on the way of requests. */
export interface CacheReadReport extends CachePlaceReport {
  readonly database: string;
  readonly sql: string;
  /** `GET /api/accounts`, the names of handlers without a route. */
  readonly endpoints: readonly string[];
  readonly class: CacheClass | null;
  readonly scope: CacheScope;
  /** The column of the user and what is bound to it. */
  readonly user: { readonly column: string; readonly text: string | null } | null;
  readonly tables: readonly string[];
  /** Of the cache that it stands behind, else what the key would have to hold. */
  readonly key: string | null;
  /** Seconds: of the cache that it stands behind, else by its class. */
  readonly ttl: number | "none" | "unknown" | null;
  /** Rows that one call reads, with the advised index. */
  readonly rows: number;
  /** 0 to 1: the share of its price that a cache saves; null where it costs more than it saves. */
  readonly saving: number | null;
  /** Tables that requests write so often that no value would live. */
  readonly volatile: readonly string[];
  readonly cached: boolean;
  /** Whether it should be: `maybe` where sizes are assumed, or little is gained. */
  readonly advised: "yes" | "maybe" | "no";
  readonly writers: readonly CacheWriterReport[];
}

export interface CacheReport {
  readonly version: 1;
  readonly style: CacheStyle;
  /** The file of the project's cache helper; null where it has none yet. */
  readonly helper: string | null;
  readonly values: readonly CachedValueReport[];
  readonly reads: readonly CacheReadReport[];
  /** Writes that leave a cached value as it was. */
  readonly unpurged: readonly (CachePlaceReport & { readonly tables: readonly string[]; readonly keys: readonly string[]; readonly endpoints: readonly string[] })[];
  readonly totals: {
    readonly reads: number;
    readonly cached: number;
    readonly advised: number;
    readonly writes: number;
    readonly unpurged: number;
    /** Rows that all reads take together, each called once; and what of them the advised caches would save. */
    readonly rows: number;
    readonly rowsSaved: number;
  };
}
