// How the rules about caches name keys, times and places: the same words in each.

import type { CacheMap, CacheRead } from "../caching/cache-map";
import type { CacheCall, CachedValue, CacheKey, CacheStore, Endpoint } from "../host/served";
import type { Related } from "./finding";
import type { CacheFix } from "./rule";

/** `dashboard:${userId}` */
export function keyText({ parts }: CacheKey): string {
  return parts.map((part) => (typeof part === "string" ? part : `\${${part.text.length > LONGEST || part.text.includes(", ") ? "…" : part.text}}`)).join("");
}

/** A longer hole says less than it takes. */
const LONGEST = 40;

/** `CACHE`, `the Cache API` */
export function storeText({ kind, name }: CacheStore): string {
  return name !== undefined ? `\`${name}\`` : kind === "kv" ? "Workers KV" : kind === "cache-api" ? "the Cache API" : kind === "memory" ? "memory" : "the helper's store";
}

/** The first key of a value, else the function that keeps it. */
export function valueText({ keys, get }: CachedValue): string {
  const [key] = keys;
  return key === undefined ? (get.functionName ?? "a value without a known key") : keyText(key);
}

/** `GET /api/accounts`, or the function where there is no route. */
export function endpointText({ kind, method, route, functionName, file }: Endpoint): string {
  if (route !== undefined) return method === undefined ? route : `${method} ${route}`;
  return functionName ?? (kind === "other" ? file : `${kind} handler of ${file}`);
}

export function lifeText(ttl: CacheCall["ttl"]): string {
  return ttl === "none" ? "without an end" : typeof ttl === "number" ? `for ${ttl.toLocaleString("en-US")} s` : "until the time it was given is over";
}

/** The writes that change what a read gives, to be shown with it. */
export function writersOf(read: Pick<CacheRead, "tables">, { writes }: CacheMap): readonly Related[] {
  const tables = new Set(read.tables.map((table) => table.toLowerCase()));
  return writes.flatMap((write) => {
    const shared = write.tables.filter((table) => tables.has(table.toLowerCase()));
    return shared.length === 0 || write.endpoints.length === 0 ? [] : [{ file: write.file, span: write.name, message: `Writes ${shared.map((table) => `\`${table}\``).join(", ")}` }];
  });
}

/** Why no fix is offered, to follow what to do. */
export function unwritten(fix: CacheFix): string {
  const reason = fix.withheld();
  return reason === undefined ? "" : `; no code is offered, since ${reason}`;
}
