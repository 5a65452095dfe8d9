// What a project caches, what it could, and which writes end it, as plain data: what `plumbline cache` prints.

import type { CacheClass, CacheMap, CacheRead, CacheScope, CacheStyle, CacheWrite } from "../caching/cache-map";
import { worthCaching } from "../caching/worth";
import type { CacheCall, CachedValue, SitePlace } from "../host/served";
import { endpointText, keyText } from "../rules/cache-words";
import type { PlaceReport } from "./report";
import type { LineIndexes } from "./review-report";

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

export function cacheReport(map: CacheMap, lines: LineIndexes): CacheReport {
  const reporting = new Reporting(map, lines);
  const reads = map.reads.map((read) => reporting.read(read));
  const unpurged = map.writes.filter(({ forgotten }) => forgotten.length > 0).map((write) => reporting.unpurged(write));
  const saved = map.reads.reduce((sum, read) => sum + (worthCaching(read) === undefined ? 0 : read.rows * (read.saving ?? 0)), 0);
  return {
    version: 1,
    style: map.style,
    values: map.values.map(({ value }) => reporting.value(value)),
    reads,
    unpurged,
    totals: {
      reads: reads.length,
      cached: reads.filter(({ cached }) => cached).length,
      advised: reads.filter(({ advised }) => advised !== "no").length,
      writes: map.writes.length,
      unpurged: unpurged.length,
      rows: Math.round(map.reads.reduce((sum, { rows }) => sum + rows, 0)),
      rowsSaved: Math.round(saved),
    },
  };
}

class Reporting {
  readonly #map: CacheMap;
  readonly #lines: LineIndexes;

  constructor(map: CacheMap, lines: LineIndexes) {
    this.#map = map;
    this.#lines = lines;
  }

  value(value: CachedValue): CachedValueReport {
    const reads = this.#map.values.find((mapped) => mapped.value === value)?.reads ?? [];
    const { get } = value;
    return {
      ...this.#place({ file: get.file, start: get.name.start }, get.functionName),
      keys: value.keys.map(keyText),
      ttl: value.ttl ?? "unknown",
      stores: [...new Set(get.stores.map(({ kind, name }) => (name === undefined ? kind : `${kind}:${name}`)))],
      tables: [...new Set(reads.flatMap(({ tables }) => tables))],
      rows: Math.round(reads.reduce((sum, { rows }) => sum + rows, 0)),
    };
  }

  read(read: CacheRead): CacheReadReport {
    const { cached } = read;
    return {
      ...this.#place(read.site, read.functionName),
      database: read.database,
      sql: read.statement.text.trim(),
      endpoints: read.endpoints.map(endpointText),
      class: read.class ?? null,
      scope: read.scope,
      user: read.user === undefined ? null : { column: read.user.column, text: read.user.text ?? null },
      tables: read.tables,
      key: cached === undefined ? neededKey(read) : (cached.keys.map(keyText)[0] ?? null),
      ttl: (cached === undefined ? read.ttl : lifeOf(cached.ttl)) ?? null,
      rows: Math.round(read.rows),
      saving: read.saving === undefined ? null : Math.round(read.saving * 100) / 100,
      volatile: read.volatile,
      cached: cached !== undefined,
      advised: worthCaching(read) ?? "no",
      writers: this.#map.writes.flatMap((write) => this.#writer(write, read) ?? []),
    };
  }

  #writer(write: CacheWrite, { tables, cached }: CacheRead): CacheWriterReport | undefined {
    const shared = write.tables.filter((table) => tables.includes(table));
    if (shared.length === 0 || write.endpoints.length === 0) return undefined;
    const missing = write.forgotten.filter(({ value }) => value === cached).map(({ endpoint }) => endpointText(endpoint));
    const touches = missing.length > 0 || write.ended.some((value) => value === cached);
    return { ...this.#place(write.site, write.functionName), tables: shared, purged: cached === undefined || !touches ? null : missing.length === 0, missing: [...new Set(missing)] };
  }

  unpurged(write: CacheWrite): CacheReport["unpurged"][number] {
    const values = [...new Set(write.forgotten.map(({ value }) => value))];
    return {
      ...this.#place(write.site, write.functionName),
      tables: [...new Set(write.forgotten.flatMap(({ tables }) => tables))],
      keys: values.flatMap(({ keys }) => keys.map(keyText)),
      endpoints: [...new Set(write.forgotten.map(({ endpoint }) => endpointText(endpoint)))],
    };
  }

  #place({ file, start }: SitePlace, functionName: string | undefined): CachePlaceReport {
    const { line, column } = this.#lines.of(file).place(start);
    return { file, line, column, function: functionName ?? null };
  }
}

function lifeOf(ttl: CacheCall["ttl"]): number | "none" | "unknown" {
  return ttl ?? "unknown";
}

/** A name for what is read, and all that its result depends on. */
function neededKey({ functionName, tables, user, parameters }: CacheRead): string {
  const name = functionName?.replace(/[^\w.-]+/g, "-") ?? tables.join("-");
  const holes = [...(user?.text === undefined ? [] : [user.text]), ...parameters];
  return [name, ...holes.map((text) => `\${${text}}`)].join(":");
}
