// What a cache costs and saves, in rows read as D1 bills them, so that a read and its cache can be compared.
// https://developers.cloudflare.com/kv/platform/pricing/ and https://developers.cloudflare.com/d1/platform/pricing/

import type { CacheRead, CacheScope, CacheStyle } from "./cache-map";

/** A key read of KV costs as much as so many rows read in D1: $0.50 against $0.001 a million. */
export const ROWS_OF_KV_READ = 500;
/** And a key written: $5 a million. */
const ROWS_OF_KV_WRITE = 5_000;
/** The share of reads that a cache is to answer. */
const HIT_RATE = 0.8;

/** Keys that one read through our helper asks for: the value, and each table's generation, two where there is a scope. */
export function keysRead(tables: number, scope: CacheScope): number {
  return 1 + tables * (scope === "user" ? 2 : 1);
}

/**
 * The share of its price that a read of so many rows saves behind a cache, 0 to 1; undefined where it costs more. Workers
 * Cache and the Cache API have no price for each call.
 */
export function savingOf(rows: number, tables: number, scope: CacheScope, style: CacheStyle): number | undefined {
  // No key of a single request is asked for again.
  if (rows <= 0 || scope === "request") return undefined;
  const price = style === "kv" ? ROWS_OF_KV_READ * keysRead(tables, scope) + (1 - HIT_RATE) * (rows + ROWS_OF_KV_WRITE) : (1 - HIT_RATE) * rows;
  return price >= rows ? undefined : 1 - price / rows;
}

/** A read that the name of its route, or of its function, says to be asked for again and again must cost this much. */
const LEAST_OF_CLASS = { rows: 1_000, saving: 0.1 };
/** Any other one this much. */
const LEAST = { rows: 5_000, saving: 0.3 };
/** Less is no reason to warn. */
const LEAST_TO_WARN = { rows: 5_000, saving: 0.5 };

/**
 * Whether a read should be cached: `yes`, `maybe` where it rests on assumed sizes, little is saved or no name says that it
 * is asked for again and again, or a loop around it is to be mended first, and undefined where it should not be.
 */
export function worthCaching(read: CacheRead): "yes" | "maybe" | undefined {
  const { saving, rows } = read;
  if (read.cached !== undefined || saving === undefined || read.volatile.length > 0 || askedAt(read).length === 0) return undefined;
  const reaches = (least: typeof LEAST): boolean => rows >= least.rows && saving >= least.saving;
  if (read.class === undefined) return read.isSizeKnown && reaches(LEAST) && !isForFew(read) ? "maybe" : undefined;
  if (!reaches(LEAST_OF_CLASS) || (isForFew(read) && !read.isSizeKnown)) return undefined;
  return read.isSizeKnown && reaches(LEAST_TO_WARN) && !isForFew(read) && !read.isLooped ? "yes" : "maybe";
}

/** Pages of the people who run the application. */
function isForFew(read: CacheRead): boolean {
  return askedAt(read).every(({ route, file }) => /(^|[/_-])(admin|monitoring|health|debug|internal|metrics|cron|ops)(?![a-z])/i.test(route ?? file));
}

/** The endpoints that ask without changing anything. */
export function askedAt({ endpoints }: Pick<CacheRead, "endpoints">): CacheRead["endpoints"] {
  return endpoints.filter(({ kind, method }) => kind === "http" && (method === undefined || method === "GET" || method === "HEAD"));
}
