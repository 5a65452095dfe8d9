// What a project caches, what it could, and which writes end it, as plain data: what `plumbline cache` prints.

import type { CacheMap, CacheRead, CacheWrite, Forgotten } from "../caching/cache-map";
import { matters } from "../caching/forgotten";
import { worthCaching } from "../caching/worth";
import type { CacheCall, CachedValue, SitePlace } from "../host/served";
import { endpointText, keyText } from "../rules/cache-words";
import type { CachedValueReport, CachePlaceReport, CacheReadReport, CacheReport, CacheWriterReport } from "./cache-report-shape";
import type { LineIndexes } from "./review-report";

/** `helper` is the file of the project's cache helper. */
export function cacheReport(map: CacheMap, lines: LineIndexes, helper: string | undefined): CacheReport {
  const reporting = new Reporting(map, lines);
  const reads = map.reads.map((read) => reporting.read(read));
  const unpurged = map.writes.flatMap((write) => reporting.unpurged(write, write.forgotten.filter(matters)) ?? []);
  const saved = map.reads.reduce((sum, read) => sum + (worthCaching(read) === undefined ? 0 : read.rows * (read.saving ?? 0)), 0);
  return {
    version: 1,
    style: map.style,
    helper: helper ?? null,
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
    const tables = [...new Set(reads.flatMap((read) => read.tables))];
    return {
      ...this.#place({ file: get.file, start: get.name.start }, get.functionName),
      keys: value.keys.map(keyText),
      ttl: value.ttl ?? "unknown",
      stores: [...new Set(get.stores.map(({ kind, name }) => (name === undefined ? kind : `${kind}:${name}`)))],
      tables,
      rows: Math.round(reads.reduce((sum, { rows }) => sum + rows, 0)),
      reads: reads.map((read) => this.#place(read.site, read.functionName)),
      writers: this.#map.writes.flatMap((write) => this.#writer(write, { tables, cached: value }) ?? []).filter(({ purged }) => purged !== null),
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

  #writer(write: CacheWrite, { tables, cached }: Pick<CacheRead, "tables" | "cached">): CacheWriterReport | undefined {
    const shared = write.tables.filter((table) => tables.includes(table));
    if (shared.length === 0 || write.endpoints.length === 0) return undefined;
    const missing = write.forgotten.filter(({ value }) => value === cached).map(({ endpoint }) => endpointText(endpoint));
    const touches = missing.length > 0 || write.ended.some((value) => value === cached);
    return { ...this.#place(write.site, write.functionName), tables: shared, purged: cached === undefined || !touches ? null : missing.length === 0, missing: [...new Set(missing)] };
  }

  unpurged(write: CacheWrite, forgotten: readonly Forgotten[]): CacheReport["unpurged"][number] | undefined {
    if (forgotten.length === 0) return undefined;
    const values = [...new Set(forgotten.map(({ value }) => value))];
    return {
      ...this.#place(write.site, write.functionName),
      tables: [...new Set(forgotten.flatMap(({ tables }) => tables))],
      keys: values.flatMap(({ keys }) => keys.map(keyText)),
      endpoints: [...new Set(forgotten.map(({ endpoint }) => endpointText(endpoint)))],
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
