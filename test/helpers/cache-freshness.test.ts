// The cache's one promise, under every order of events: within a location no read returns what was computed before a
// write whose purge had finished when the read began.

import fc from "fast-check";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cacheApiStore, createCache, kvStore } from "../../src/helpers/cache";
import type { CacheEntry, CacheStore, QueryCache } from "../../src/helpers/cache";
import { CacheStandIn, KvWorld } from "../support/workers-stand-ins";

type Step = { readonly kind: "read"; readonly entry: number } | { readonly kind: "write"; readonly table: string; readonly scope: string | undefined } | { readonly kind: "pass"; readonly seconds: number };

interface Request {
  readonly isolate: number;
  readonly steps: readonly Step[];
}

const entries: readonly CacheEntry[] = [
  { name: "a of all", tables: ["a"], ttl: 100, staleFor: 60 },
  { name: "a and b of all", tables: ["a", "b"], ttl: 70 },
  { name: "a of one", tables: ["a"], scope: "u1", ttl: 100, staleFor: 60 },
  { name: "a of another", tables: ["a"], scope: "u2", ttl: 100, staleFor: 60 },
  { name: "a and b of one", tables: ["a", "b"], scope: "u1", ttl: 60 },
];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("read" as const), entry: fc.nat(entries.length - 1) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("write" as const), table: fc.constantFrom("a", "b"), scope: fc.constantFrom("u1", "u2", undefined) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.constantFrom(1, 50, 95, 120) }) },
);
const requests = fc.array(fc.record({ isolate: fc.nat(2), steps: fc.array(step, { minLength: 1, maxLength: 5 }) }), { minLength: 1, maxLength: 6 });

/** One table and one key, where everything meets. */
const narrow = fc.array(
  fc.record({
    isolate: fc.constantFrom(0, 0, 0, 1),
    steps: fc.array(fc.constantFrom<Step>({ kind: "read", entry: 0 }, { kind: "write", table: "a", scope: undefined }), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 3, maxLength: 6 },
);

/** The database: how many writes there were, and the number of the last one of each table and scope. */
class Versions {
  count = 0;
  readonly #last = new Map<string, number>();

  write(table: string, scope: string | undefined): number {
    this.count++;
    this.note(table, scope, this.count);
    return this.count;
  }

  note(table: string, scope: string | undefined, version: number): void {
    const key = `${table}/${scope ?? ""}`;
    this.#last.set(key, Math.max(version, this.#last.get(key) ?? 0));
  }

  /** The last write that the entry's query sees. */
  of({ tables, scope }: CacheEntry): number {
    const seen = [...this.#last].filter(([key]) => tables.some((table) => (scope === undefined ? key.startsWith(`${table}/`) : key === `${table}/` || key === `${table}/${scope}`)));
    return Math.max(0, ...seen.map(([, version]) => version));
  }
}

type Stores = (time: { readonly now: () => number }, step: () => Promise<unknown>, fails: () => boolean) => () => CacheStore;

const kv: Stores = (time, step, fails) => {
  const location = new KvWorld(time, { step, fail: () => (fails() ? new Error("KV failed: 500") : undefined) }).location();
  return () => kvStore(location.isolate());
};

/** Where KV would fail, this one drops all generations. */
const cacheApi: Stores = (time, step, fails) => {
  const standIn: CacheStandIn = new CacheStandIn(time, async () => {
    await step();
    if (fails()) standIn.evict("/t/");
  });
  return () => cacheApiStore(standIn.isolate(), "https://example.com");
};

async function holds(scheduler: fc.Scheduler, stores: Stores, all: readonly Request[], failures: readonly boolean[]): Promise<void> {
  let now = 1_700_000_000_000;
  let call = 0;
  const pause = (): Promise<unknown> => scheduler.schedule(Promise.resolve());
  const storeOfIsolate = stores({ now: () => now }, pause, () => failures[call++ % Math.max(1, failures.length)] ?? false);
  const sleep = async (ms: number): Promise<void> => {
    const until = now + ms;
    if (ms >= 5_000) return new Promise(() => undefined);
    await pause();
    now = Math.max(now, until);
  };
  const database = new Versions();
  const purged = new Versions();
  const work: Promise<unknown>[] = [];
  const ctx = { waitUntil: (promise: Promise<unknown>) => void work.push(promise) };
  const caches: readonly QueryCache[] = [0, 1, 2].map(() => createCache({ store: storeOfIsolate(), now: () => now, sleep, log: () => undefined }));

  const run = async ({ isolate, steps }: Request): Promise<void> => {
    const cache = caches[isolate]!;
    for (const one of steps) {
      await pause();
      if (one.kind === "pass") now += 1000 * one.seconds;
      else if (one.kind === "read") {
        const entry = entries[one.entry]!;
        const oldest = purged.of(entry);
        const seen = await cache.get({ ...entry, ctx }, async () => {
          await pause();
          const version = database.of(entry);
          await pause();
          return version;
        });
        assert.ok(seen >= oldest, `${entry.name}: saw write ${seen}, ${oldest} was purged`);
      } else {
        await pause();
        const version = database.write(one.table, one.scope);
        const done = await cache.purge({ tables: [one.table], ...(one.scope !== undefined && { scope: one.scope }) });
        if (done) purged.note(one.table, one.scope, version);
      }
    }
  };
  await scheduler.waitFor(Promise.all(all.map(run)));
  await scheduler.waitFor(Promise.all(work));
}

describe("cache: freshness", () => {
  // A digest on a thread of its own would come at a time that no seed gives back.
  const { digest } = crypto.subtle;
  before(() => {
    crypto.subtle.digest = async (_algorithm, data) => new Uint8Array(createHash("sha256").update(data as Uint8Array).digest()).buffer;
  });
  after(() => {
    crypto.subtle.digest = digest;
  });

  for (const [name, stores, shape] of [["KV", kv, requests], ["KV, on one key", kv, narrow], ["the Cache API", cacheApi, requests], ["the Cache API, on one key", cacheApi, narrow]] as const) {
    it(`holds over ${name}, in every order of reads, writes and purges`, async () => {
      await fc.assert(fc.asyncProperty(fc.scheduler(), shape, (scheduler, all) => holds(scheduler, stores, all, [])), { numRuns: 150 });
    });

    it(`holds over ${name}, while it fails or forgets`, async () => {
      const some = fc.array(fc.constantFrom(true, false, false, false), { maxLength: 30 });
      await fc.assert(fc.asyncProperty(fc.scheduler(), shape, some, (scheduler, all, failures) => holds(scheduler, stores, all, failures)), { numRuns: 150 });
    });
  }
});
