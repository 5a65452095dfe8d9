/*
 * A cache for the results of D1 queries, in Workers KV, the Cache API or Workers Cache.
 *
 * Written into this project by Plumbline. It needs nothing but the Workers runtime. It is yours: use it, change it and
 * pass it on for any purpose, without warranty of any kind (MIT license; no notice required).
 *
 *   const cache = createCache({ store: kvStore(env.CACHE) });
 *
 *   // A read: its tables say which writes end it, its scope whose it is.
 *   const rows = await cache.get(
 *     { name: "monthly-report", params: [userId, month], tables: ["orders"], scope: userId, ttl: TTL.report, ctx },
 *     async () => (await env.DB.prepare("SELECT … WHERE user_id = ? AND month = ?").bind(userId, month).all()).results,
 *   );
 *
 *   // Also `staleFor`: seconds after the TTL in which the old value is given out while a new one is made (needs `ctx`).
 *
 *   // A write: purge once it has succeeded, and before you answer.
 *   await env.DB.prepare("INSERT INTO orders …").bind(userId, total).run();
 *   await cache.purge({ tables: ["orders"], scope: userId });
 *
 * How a purge reaches what it cannot list: each table has a generation, a random text under a key of its own. A cached
 * value carries the generations that were read before its query ran, and counts only while they are still the same. A
 * purge writes new ones, which no reader has seen, so that no number can be counted twice nor ever go back.
 *
 * How fresh a read is: in the location (data centre) of the write, a read that begins after purge() sees the write.
 *   - Workers KV: other locations follow within 60 seconds, or by the time their cached copy of a generation expires.
 *   - Cache API: other locations never hear of the purge; there a value lives as long as its TTL. Use short ones.
 *   - Workers Cache: the purge is global, but a response that was being made meanwhile may still be stored after it.
 *   - A database with read replication: query through a session that begins with "first-primary" or a bookmark; a
 *     replica that lags would be cached as if it were news.
 *
 * What it costs: with KV one read for the value and one for each table, two where there is a scope, in a single call
 * (a key read costs as much as 500 rows read in D1), and two writes for each table of a purge. Cache what reads
 * thousands of rows; look a row up by its key in D1. A table that is written every second is not worth caching.
 *
 * It fails open: what goes wrong in the cache is logged, and your query runs. What your query throws is thrown, and never
 * cached; that it found nothing (null, undefined, no rows) is a result like any other.
 */

/** Lifetimes in seconds, by what is read. */
export const TTL = { dashboard: 300, report: 600, preferences: 3600, categories: 1800 } as const;

/** What is cached. Two reads share a value when name, params and scope are the same. */
export interface CacheEntry {
  /** Names the query, in the log too. Give it a new name when the shape of its result changes. */
  readonly name: string;
  /** Everything else that the result depends on: what is bound to the query, the page, the language. */
  readonly params?: readonly unknown[];
  /** The tables that the query reads, those behind its views included: a purge of any of them ends the value. */
  readonly tables: readonly string[];
  /** Whose data it is, such as the user's id. Leave it out only of what is the same for everyone. */
  readonly scope?: string | number;
  /** Seconds for which the value is fresh; up to a tenth less, so that values made together do not end together. */
  readonly ttl: number;
  /** Seconds after that in which the old value is given out while a new one is made. Needs `ctx`. */
  readonly staleFor?: number;
  /** The handler's context: what the caller need not wait for is done after the answer. */
  readonly ctx?: { waitUntil(work: Promise<unknown>): void };
}

/** What was written: all that is cached of these tables, or, with a scope, what is of that scope or of everyone. */
export interface Purge {
  readonly tables: readonly string[];
  readonly scope?: string | number;
}

export interface QueryCache {
  /** The cached value, or what `compute` gives. Either way it comes as JSON brings it back: a Date is a string. */
  get<T>(entry: CacheEntry, compute: () => T | Promise<T>): Promise<T>;
  /** Ends what depends on these tables. Never throws; false if some of it may be given out until its TTL is over. */
  purge(what: Purge): Promise<boolean>;
  /** Makes values before anyone asks, one after another: call it from a `scheduled` handler. Throws what they threw. */
  warm(list: readonly (readonly [entry: CacheEntry, compute: () => unknown])[]): Promise<void>;
  /** Headers that let Workers Cache keep a response; one that has a scope is kept by nobody. */
  headers(entry: Pick<CacheEntry, "tables" | "scope" | "ttl" | "staleFor">): Record<string, string>;
  /** Logs what is counted and not yet logged; for the end of a request, where `logEvery` is more than 1. */
  flush(): void;
}

/** `count` reads of that name ended so and took `ms` together; or, with `error`, what went wrong in the cache. */
export interface CacheEvent {
  readonly plumbline: "cache";
  readonly name: string;
  readonly outcome?: Outcome;
  readonly count?: number;
  readonly ms?: number;
  readonly error?: string;
}

/** `error`: the query ran because the cache could not be used. */
export type Outcome = "hit" | "miss" | "stale" | "error";

export interface CacheOptions {
  readonly store: CacheStore;
  /** Begins every key. Change it to leave all that is cached behind. */
  readonly prefix?: string;
  /** Where events go; a line of JSON on the console by default. No event holds a parameter or a scope. */
  readonly log?: (event: CacheEvent) => void;
  /** So many reads are summed up by name and outcome before they are logged; 1 by default. */
  readonly logEvery?: number;
  /** Time and chance, for tests. */
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly random?: () => number;
}

/** A place for texts. Write another one to keep them elsewhere. */
export interface CacheStore {
  /** The object of the runtime that it stands for: caches of one isolate on the same one share what they know. */
  readonly binding: object;
  /** True if a generation can be lost before its time: then none is no sign that nothing was purged. */
  readonly forgets: boolean;
  /** The text of each key, or null. */
  read(keys: readonly string[]): Promise<readonly (string | null)[]>;
  write(key: string, text: string, seconds: number): Promise<void>;
  /** Sets a generation, which must outlive every value. */
  renew(key: string, generation: string, seconds: number): Promise<void>;
}

/** Workers KV: shared by all locations. Takes the binding, as in `kvStore(env.CACHE)`. */
export function kvStore(kv: KvBinding): CacheStore {
  const put = (key: string, text: string, seconds: number): Promise<void> => kv.put(key, text, { expirationTtl: Math.max(60, Math.ceil(seconds)) });
  return {
    binding: kv,
    forgets: false,
    async read(keys) {
      const calls: Promise<Map<string, string | null>>[] = [];
      for (let at = 0; at < keys.length; at += 100) calls.push(kv.get(keys.slice(at, at + 100)));
      const found = await Promise.all(calls);
      return keys.map((key, at) => found[Math.floor(at / 100)]?.get(key) ?? null);
    },
    write: put,
    renew: put,
  };
}

/**
 * The Cache API: fast, free, and of one location alone. Takes `caches.default` or, better, what `caches.open("queries")`
 * gives, and an origin of your own such as the request's. It does nothing on workers.dev.
 */
export function cacheApiStore(cache: CacheApi, origin: string): CacheStore {
  const url = (key: string): string => `${new URL(origin).origin}/.query-cache/${encodeURIComponent(key)}`;
  const put = (key: string, text: string, seconds: number): Promise<void> =>
    cache.put(url(key), new Response(text, { headers: { "Cache-Control": `max-age=${Math.ceil(seconds)}`, "Content-Type": "application/json" } }));
  return {
    binding: cache,
    forgets: true,
    read: (keys) => Promise.all(keys.map(async (key) => (await (await cache.match(url(key)))?.text()) ?? null)),
    write: put,
    renew: put,
  };
}

/**
 * Workers Cache (`"cache": { "enabled": true }` in the wrangler file) keeps whole responses in front of the Worker: give
 * yours the headers that `cache.headers()` makes. A read that gets as far as the Worker is made anew. Takes `ctx.cache`,
 * of the same entrypoint that answered.
 */
export function workersCacheStore(front: WorkersCache): CacheStore {
  let tags: string[] = [];
  let call: Promise<void> | undefined;
  const send = async (): Promise<void> => {
    await Promise.resolve();
    const all = tags;
    tags = [];
    call = undefined;
    const { success, errors } = await front.purge({ tags: all });
    if (!success) throw new Error(errors?.map(({ code, message }) => `${code} ${message}`).join("; "));
  };
  return {
    binding: front,
    forgets: false,
    read: async (keys) => keys.map(() => null),
    write: async () => undefined,
    renew(tag) {
      // Calls are few a minute: all that is purged at once goes in one.
      tags.push(tag);
      return (call ??= send());
    },
  };
}

/** Make one wherever you need one: in the handler for each request, or once where the binding is at hand. */
export function createCache(options: CacheOptions): QueryCache {
  const { store, prefix = "cache", logEvery = 1, now = Date.now, random = Math.random } = options;
  const log = options.log ?? ((event: CacheEvent) => console.log(JSON.stringify(event)));
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const isolate = isolates.get(store.binding) ?? { flights: new Map(), purges: new Map(), counts: new Map(), told: new Map(), order: 0 };
  isolates.set(store.binding, isolate);
  const cache: Context = { store, prefix, logEvery, now, random, log, sleep, isolate };
  return {
    get: (entry, compute) => get(cache, entry, compute),
    purge: (what) => purge(cache, what),
    warm: (list) => warm(cache, list),
    headers: (entry) => headers(cache, entry),
    flush: () => flush(cache),
  };
}

async function get<T>(cache: Context, entry: CacheEntry, compute: () => T | Promise<T>): Promise<T> {
  const began = cache.now();
  let found: Found;
  try {
    found = await lookUp(cache, entry);
  } catch (error) {
    tell(cache, entry.name, error);
    count(cache, entry.name, "error", began);
    return compute();
  }
  const { stored } = found;
  const at = cache.now();
  if (stored !== undefined && at < stored.freshUntil) {
    count(cache, entry.name, "hit", began);
    return stored.value as T;
  }
  if (stored !== undefined && at < stored.staleUntil && entry.ctx !== undefined) {
    entry.ctx.waitUntil(singleFlight(cache, entry, found, compute));
    count(cache, entry.name, "stale", began);
    return stored.value as T;
  }
  try {
    return (await singleFlight(cache, entry, found, compute))() as T;
  } finally {
    count(cache, entry.name, "miss", began);
  }
}

/** The stored value, if no purge ended it; and the label that a value made from now on gets. */
async function lookUp(cache: Context, entry: CacheEntry): Promise<Found> {
  // A scope that should be there and is not would show one user's data to all.
  if (hasNoScope(entry)) throw new Error("the scope is empty: not cached");
  if (!(entry.ttl > 0)) throw new Error("the ttl is not positive: not cached");
  const scope = entry.scope === undefined ? undefined : String(entry.scope);
  const key = `${cache.prefix}/v/${plain(entry.name)}/${await digest(canonical([entry.name, entry.params, scope]))}`;
  const generations = await generationsRead(cache, entry);
  const [text, ...tokens] = await patiently(cache, cache.store.read([key, ...generations]));
  const labels = generations.map(async (generation, at) => labelOf(cache, generation, tokens[at] ?? (await firstToken(cache, generation))));
  const label = (await Promise.all(labels)).join();
  const stored = text == null ? undefined : (JSON.parse(text) as Stored);
  return { key, label, stored: stored?.label === label ? stored : undefined };
}

/** No generation: the table was not purged since values live; or its generation was lost, and a new one must be had. */
async function firstToken({ store }: Context, generation: string): Promise<string> {
  if (!store.forgets) return "";
  const token = crypto.randomUUID();
  await store.renew(generation, token, GENERATION_SECONDS);
  return token;
}

/**
 * Runs `compute` once for all who ask in this isolate meanwhile, each of whom gets a copy of its own. A purge changes the
 * label, so that nobody joins what began before it.
 */
async function singleFlight(cache: Context, entry: CacheEntry, found: Found, compute: () => unknown): Promise<() => unknown> {
  const { flights } = cache.isolate;
  const id = `${found.key} ${found.label}`;
  const other = flights.get(id);
  if (other !== undefined && cache.now() - other.began < PATIENCE) {
    // The runtime drops what a cancelled request was doing: do not wait for it for ever.
    const copy = await Promise.race([other.copy, cache.sleep(PATIENCE)]);
    if (copy !== undefined) return copy;
  }
  const flight = { began: cache.now(), copy: make(cache, entry, found, compute) };
  sweep(flights, (old) => cache.now() - old.began >= PATIENCE);
  flights.set(id, flight);
  const land = (): void => {
    if (flights.get(id) === flight) flights.delete(id);
  };
  const landed = flight.copy.then(land, land);
  entry.ctx?.waitUntil(landed);
  return flight.copy;
}

/** Computes and stores a value. The lifetime counts from before the query, as the data does. */
async function make(cache: Context, entry: CacheEntry, { key, label }: Found, compute: () => unknown): Promise<() => unknown> {
  const began = cache.now();
  const value = await compute();
  try {
    const fresh = Math.min(entry.ttl, LONGEST_SECONDS) * (1 - 0.1 * cache.random());
    const stale = Math.min(entry.staleFor ?? 0, LONGEST_SECONDS);
    const stored: Stored = { label, freshUntil: began + 1000 * fresh, staleUntil: began + 1000 * (fresh + stale), value };
    const text = JSON.stringify(stored);
    if (text.length > LONGEST_TEXT) throw new Error("the value is too large: not cached");
    // Two isolates that made the same value within a second: KV takes one of them.
    const written = cache.store.write(key, text, fresh + stale).catch((error: unknown) => {
      if (!isTooOften(error)) tell(cache, entry.name, error);
    });
    if (entry.ctx === undefined) await written;
    else entry.ctx.waitUntil(written);
    return () => (JSON.parse(text) as Stored).value;
  } catch (error) {
    tell(cache, entry.name, error);
    return () => value;
  }
}

async function warm(cache: Context, list: readonly (readonly [CacheEntry, () => unknown])[]): Promise<void> {
  const errors: unknown[] = [];
  for (const [entry, compute] of list) {
    const found = await lookUp(cache, entry).catch((error: unknown) => tell(cache, entry.name, error));
    if (found !== undefined) await make(cache, entry, found, compute).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw errors[0];
}

async function purge(cache: Context, what: Purge): Promise<boolean> {
  try {
    const keys = await generationsWritten(cache, what);
    const renewed = await Promise.all(keys.map((key) => renew(cache, key)));
    return renewed.every((done) => done);
  } catch (error) {
    tell(cache, "purge", error);
    return false;
  }
}

/**
 * Gives a table a new generation. KV takes one write a second of a key and refuses the rest of a burst; who was refused
 * waits, and is done if a write of that key which this isolate began after the call went through meanwhile.
 */
async function renew(cache: Context, key: string): Promise<boolean> {
  const { isolate, store, sleep } = cache;
  const arrived = ++isolate.order;
  for (let attempt = 1; ; attempt++) {
    const begun = ++isolate.order;
    // A new one each time: an attempt that seemed to fail may have been read since.
    const token = crypto.randomUUID();
    note(cache, key, { token, seconds: DOUBT_SECONDS });
    const error = await patiently(cache, store.renew(key, token, GENERATION_SECONDS)).then(() => undefined, String);
    if (error === undefined) {
      note(cache, key, { seconds: SETTLED_SECONDS, done: begun });
      return true;
    }
    if (attempt === (isTooOften(error) ? 6 : 2)) {
      note(cache, key, { token, seconds: DOUBT_SECONDS });
      tell(cache, "purge", error);
      return false;
    }
    await sleep(isTooOften(error) ? 1000 + 500 * cache.random() : 50);
    if ((isolate.purges.get(key)?.done ?? 0) > arrived) return true;
  }
}

/** Remembers for some seconds what this isolate wrote, or tried to. */
function note({ isolate, now }: Context, key: string, what: { token?: string; done?: number; seconds: number }): void {
  const { purges } = isolate;
  const last = purges.get(key);
  sweep(purges, ({ until }) => until < now());
  const token = what.token ?? last?.token;
  if (token !== undefined) purges.set(key, { token, until: now() + 1000 * what.seconds, done: Math.max(what.done ?? 0, last?.done ?? 0) });
}

/** A generation as this isolate sees it: what it wrote counts from the call on, even where it cannot yet be read. */
function labelOf({ isolate, now }: Context, key: string, token: string): string {
  const own = isolate.purges.get(key);
  if (own === undefined) return token;
  if (token !== own.token && now() < own.until) return `${token}+${own.token}`;
  isolate.purges.delete(key);
  return token;
}

function headers(cache: Context, entry: Parameters<QueryCache["headers"]>[0]): Record<string, string> {
  if ("scope" in entry) return { "Cache-Control": "private, no-store" };
  const { tables, ttl, staleFor = 0 } = entry;
  return {
    "Cloudflare-CDN-Cache-Control": `public, max-age=${ttl}, stale-while-revalidate=${staleFor}`,
    // A browser asks each time: no purge reaches it.
    "Cache-Control": "no-cache",
    "Cache-Tag": tables.map((table) => ofEveryone(cache, table)).join(","),
  };
}

// A table has a generation for what is of everyone, which every purge renews; one for all scopes at once; and one for
// each scope.

function ofEveryone({ prefix }: Context, table: string): string {
  return `${prefix}/t/${plain(table.toLowerCase())}`;
}

async function generationsRead(cache: Context, { tables, scope }: Purge): Promise<string[]> {
  if (scope === undefined) return tables.map((table) => ofEveryone(cache, table));
  const own = await digest(String(scope));
  return tables.map((table) => ofEveryone(cache, table)).flatMap((table) => [`${table}/all`, `${table}/${own}`]);
}

async function generationsWritten(cache: Context, what: Purge): Promise<string[]> {
  const scope = what.scope === undefined || hasNoScope(what) ? "all" : await digest(String(what.scope));
  return [...new Set(what.tables.map((table) => ofEveryone(cache, table)))].flatMap((table) => [table, `${table}/${scope}`]);
}

function hasNoScope(what: { readonly scope?: string | number }): boolean {
  return "scope" in what && (what.scope == null || what.scope === "");
}

/** Fit for a key and a tag. Where two tables come out the same, a purge of one ends both. */
function plain(text: string): string {
  return text.replace(/[^\w.-]/g, "_").slice(0, 100);
}

/** SHA-256: a key has at most 512 bytes, and is no place for personal data. */
async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One text for equal parameters, and never the same for others. */
function canonical(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value == null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  const kind: unknown = Object.getPrototypeOf(value);
  if (typeof value !== "object" || (kind !== Object.prototype && kind !== null)) throw new TypeError("a parameter is no plain value: not cached");
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}

function count(cache: Context, name: string, outcome: Outcome, began: number): void {
  const { counts } = cache.isolate;
  const key = `${outcome} ${name}`;
  const sum = counts.get(key) ?? { name, outcome, count: 0, ms: 0 };
  counts.set(key, { name, outcome, count: sum.count + 1, ms: sum.ms + cache.now() - began });
  let reads = 0;
  for (const { count } of counts.values()) reads += count;
  if (reads >= cache.logEvery) flush(cache);
}

function flush(cache: Context): void {
  const events = [...cache.isolate.counts.values()];
  cache.isolate.counts.clear();
  for (const event of events) cache.log({ plumbline: "cache", ...event });
}

/** Logs what went wrong; the same again only after a minute. */
function tell(cache: Context, name: string, error: unknown): void {
  const { told } = cache.isolate;
  const text = error instanceof Error ? error.message : String(error);
  const last = told.get(text);
  if (last !== undefined && cache.now() - last < 60_000) return;
  sweep(told, () => true);
  told.set(text, cache.now());
  cache.log({ plumbline: "cache", name, error: text });
}

/** What a store says, unless it takes so long that the query is the better choice. */
async function patiently<T>({ sleep }: Context, call: Promise<T>): Promise<T> {
  const late = sleep(PATIENCE).then((): never => {
    throw new Error("the store did not answer in time");
  });
  return Promise.race([call, late]);
}

function isTooOften(error: unknown): boolean {
  return /\b429\b|too many/i.test(String(error));
}

function sweep<T>(map: Map<string, T>, isOver: (value: T) => boolean): void {
  if (map.size < 1000) return;
  for (const [key, value] of map) if (isOver(value)) map.delete(key);
}

/** Milliseconds. */
const PATIENCE = 5_000;
/** No value lives longer than a week; generations outlive them all. */
const LONGEST_SECONDS = 3 * 86_400;
const GENERATION_SECONDS = 30 * 86_400;
/** By then everyone reads a generation that was written; and so long one that could not be written is kept in mind. */
const SETTLED_SECONDS = 60;
const DOUBT_SECONDS = 3_600;
/** Characters: KV takes 25 MiB, and an isolate has 128 MB for everything. */
const LONGEST_TEXT = 5_000_000;

interface Stored {
  readonly label: string;
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly value?: unknown;
}

interface Found {
  readonly key: string;
  readonly label: string;
  readonly stored: Stored | undefined;
}

/** What one isolate remembers from request to request. */
interface Isolate {
  readonly flights: Map<string, { readonly began: number; readonly copy: Promise<() => unknown> }>;
  /** By generation key: the last own token, and the begin of the last own write that went through. */
  readonly purges: Map<string, { readonly token: string; readonly until: number; readonly done: number }>;
  readonly counts: Map<string, { readonly name: string; readonly outcome: Outcome; readonly count: number; readonly ms: number }>;
  readonly told: Map<string, number>;
  order: number;
}

interface Context extends Required<CacheOptions> {
  readonly isolate: Isolate;
}

const isolates = new WeakMap<object, Isolate>();

// What is used of the runtime's own types, so that this file does without them.

export interface KvBinding {
  get(keys: string[]): Promise<Map<string, string | null>>;
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>;
}

export interface CacheApi {
  match(url: string): Promise<{ text(): Promise<string> } | undefined>;
  put(url: string, response: Response): Promise<void>;
}

export interface WorkersCache {
  purge(what: { tags: string[] }): Promise<{ success: boolean; errors?: readonly { code: number; message: string }[] }>;
}
