// The cache that is written into users' projects, over stand-ins of what Workers has.

import assert from "node:assert/strict";
import { cacheApiStore, createCache, kvStore, TTL, workersCacheStore } from "../../src/helpers/cache";
import type { CacheEntry, CacheEvent, CacheOptions, CacheStore, QueryCache } from "../../src/helpers/cache";
import { CacheStandIn, Clock, ContextStandIn, KvWorld, WorkersCacheStandIn } from "../support/workers-stand-ins";
import type { KvHooks } from "../support/workers-stand-ins";

interface Setup {
  readonly cache: QueryCache;
  readonly events: CacheEvent[];
  readonly clock: Clock;
}

function cacheOver(store: CacheStore, clock: Clock, options: Partial<CacheOptions> = {}): Setup {
  const events: CacheEvent[] = [];
  return { cache: createCache({ store, now: clock.now, sleep: clock.sleep, random: () => 0, log: (event) => events.push(event), ...options }), events, clock };
}

function kvCache(hooks: KvHooks = {}, options: Partial<CacheOptions> = {}): Setup & { readonly world: KvWorld } {
  const clock = new Clock();
  const world = new KvWorld(clock, hooks);
  return { ...cacheOver(kvStore(world.location().isolate()), clock, options), world };
}

const report: CacheEntry = { name: "report", params: [1, "2026-01"], tables: ["orders"], ttl: TTL.report };

/** A query that answers with the number of times it ran. */
function counted(): { (): Promise<number>; calls: number } {
  const query = Object.assign(async () => ++query.calls, { calls: 0 });
  return query;
}

/** A promise, and what settles it. */
function gate(): { readonly open: Promise<void>; readonly unlock: () => void } {
  let unlock = (): void => undefined;
  const open = new Promise<void>((resolve) => (unlock = resolve));
  return { open, unlock };
}

/** All that no store and no clock has to wait for is done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function outcomes(events: readonly CacheEvent[]): readonly string[] {
  return events.map((event) => event.outcome ?? event.error ?? "");
}

describe("cache", () => {
  it("computes once, and gives the same again until the TTL is over", async () => {
    const { cache, clock, events } = kvCache();
    const query = counted();
    assert.equal(await cache.get(report, query), 1);
    clock.advance(599_000);
    assert.equal(await cache.get(report, query), 1);
    clock.advance(1_000);
    assert.equal(await cache.get(report, query), 2);
    assert.deepEqual(outcomes(events), ["miss", "hit", "miss"]);
  });

  it("tells parameters, names and scopes apart", async () => {
    const { cache } = kvCache();
    const entries: readonly Partial<CacheEntry>[] = [
      {}, { params: ["1", "2026-01"] }, { params: [1] }, { params: [[1, "2026-01"]] }, { params: [1, "2026-01", undefined] }, { params: [1, "2026-01", null] },
      { params: [{ a: 1, b: 2 }] }, { params: [{ a: 1, b: "2" }] }, { params: [1n] }, { params: [NaN] }, { params: [null] }, { params: [true] }, { params: ["true"] },
      { params: [new Date(0)] }, { params: [new Date(0).toJSON()] }, { name: "reports" }, { scope: 1 }, { scope: 2 }, { scope: "undefined" }, { scope: "null" },
    ];
    const query = counted();
    for (const entry of entries) await cache.get({ ...report, ...entry }, query);
    assert.equal(query.calls, entries.length);
    for (const entry of entries) await cache.get({ ...report, ...entry }, query);
    assert.equal(query.calls, entries.length);
    await cache.get({ ...report, params: [{ b: 2, a: 1 }] }, query);
    await cache.get({ ...report, scope: "1" }, query);
    assert.equal(query.calls, entries.length, "the order of members is none, and an id is the same as a number and as a text");
  });

  for (const value of [null, undefined, 0, "", false, [], {}, [null], { rows: [{ id: 1, name: "é\u{1f600}\ud800" }] }]) {
    it(`keeps ${JSON.stringify(value)} like any other result`, async () => {
      const { cache, events } = kvCache();
      assert.deepEqual(await cache.get(report, () => value), value);
      assert.deepEqual(await cache.get<unknown>(report, () => assert.fail("ran again")), value);
      assert.deepEqual(outcomes(events), ["miss", "hit"]);
    });
  }

  it("gives everyone a copy, with the shape that a hit has", async () => {
    const { cache } = kvCache();
    const original = { at: new Date(0), rows: [1] };
    const first = await cache.get<unknown>(report, () => original);
    assert.deepEqual(first, { at: "1970-01-01T00:00:00.000Z", rows: [1] });
    assert.deepEqual(await cache.get<unknown>(report, () => original), first);
  });

  it("keeps a value for at most its TTL, at least nine tenths of it, and in KV for a minute", async () => {
    for (const chance of [0, 0.5, 0.999999]) {
      for (const ttl of [1, 60, 300]) {
        const { cache, clock, world } = kvCache({}, { random: () => chance });
        const query = counted();
        await cache.get({ ...report, ttl }, query);
        clock.advance(900 * ttl - 1);
        assert.equal(await cache.get({ ...report, ttl }, query), 1);
        clock.advance(100 * ttl + 1);
        assert.equal(await cache.get({ ...report, ttl }, query), 2);
        assert.ok([...world.central.values()].every(({ expires }) => expires >= clock.time + 1000 * Math.max(60, 0.9 * ttl)));
      }
    }
  });

  it("has keys that KV takes, and that show no parameter", async () => {
    const { cache, world, events } = kvCache();
    const entry = { name: "n".repeat(900) + "ü", params: ["secret@example.com", "x".repeat(10_000)], tables: ["t".repeat(900), "Übersicht", "a b"], scope: "secret-user", ttl: 300 };
    const query = counted();
    await cache.get(entry, query);
    await cache.get(entry, query);
    await cache.purge(entry);
    assert.equal(await cache.get(entry, query), 2);
    assert.ok([...world.central.keys()].every((key) => Buffer.byteLength(key) <= 512 && !key.includes("secret")));
    assert.ok(!JSON.stringify(events).includes("secret"));
  });

  it("reads a hundred keys at a time", async () => {
    const { cache, world } = kvCache();
    const tables = Array.from({ length: 130 }, (_, at) => `t${at}`);
    const query = counted();
    await cache.get({ ...report, tables }, query);
    await cache.get({ ...report, tables }, query);
    await cache.purge({ tables: ["t129"] });
    assert.equal(await cache.get({ ...report, tables }, query), 2);
    assert.deepEqual(world.calls.filter(({ op }) => op === "get").map(({ keys }) => keys.length), [100, 31, 100, 31, 100, 31]);
  });
});

describe("cache: stale while revalidating", () => {
  const entry = { ...report, ttl: 100, staleFor: 50 };

  it("answers with the old value and makes a new one after the answer", async () => {
    const { cache, clock, events } = kvCache();
    const query = counted();
    const ctx = new ContextStandIn();
    await cache.get({ ...entry, ctx }, query);
    clock.advance(120_000);
    assert.equal(await cache.get({ ...entry, ctx }, query), 1);
    await ctx.ended();
    assert.equal(query.calls, 2);
    assert.equal(await cache.get({ ...entry, ctx }, query), 2);
    clock.advance(151_000);
    assert.equal(await cache.get({ ...entry, ctx }, query), 3, "too old to be given out");
    assert.deepEqual(outcomes(events), ["miss", "stale", "hit", "miss"]);
  });

  it("makes it before the answer where there is no context", async () => {
    const { cache, clock } = kvCache();
    const query = counted();
    await cache.get(entry, query);
    clock.advance(120_000);
    assert.equal(await cache.get(entry, query), 2);
  });

  it("never gives out what a purge ended", async () => {
    const { cache, clock } = kvCache();
    const query = counted();
    const ctx = new ContextStandIn();
    await cache.get({ ...entry, ctx }, query);
    clock.advance(120_000);
    await cache.purge({ tables: ["orders"] });
    assert.equal(await cache.get({ ...entry, ctx }, query), 2);
  });

  it("shows a failure in the background to the runtime alone, and tries again", async () => {
    const { cache, clock } = kvCache();
    const ctx = new ContextStandIn();
    await cache.get({ ...entry, ctx }, () => "old");
    await ctx.ended();
    clock.advance(120_000);
    assert.equal(await cache.get({ ...entry, ctx }, () => Promise.reject(new Error("D1 is busy"))), "old");
    await assert.rejects(ctx.ended(), /D1 is busy/);
    assert.equal(await cache.get({ ...entry, ctx }, () => "new"), "old");
    await ctx.ended();
    assert.equal(await cache.get({ ...entry, ctx }, () => "newest"), "new");
  });
});

describe("cache: single flight", () => {
  it("runs the query once for all who ask at once, each with a copy", async () => {
    const { cache, events } = kvCache();
    const running = gate();
    const { open, unlock } = gate();
    const query = Object.assign(async () => (running.unlock(), await open, { calls: ++query.calls }), { calls: 0 });
    const first = cache.get(report, query);
    await running.open;
    const others = Array.from({ length: 20 }, () => cache.get(report, query));
    unlock();
    const values = await Promise.all([first, ...others]);
    assert.ok(values.every((value) => value.calls === 1));
    assert.equal(new Set(values).size, 21);
    assert.equal(query.calls, 1);
    assert.ok(events.every(({ outcome }) => outcome === "miss" || outcome === "hit"));
  });

  it("does not join what began before a purge", async () => {
    const { cache } = kvCache();
    const running = gate();
    const { open, unlock } = gate();
    const old = cache.get(report, async () => (running.unlock(), await open, "old"));
    await running.open;
    await cache.purge({ tables: ["orders"] });
    assert.equal(await cache.get(report, () => "new"), "new");
    unlock();
    assert.equal(await old, "old");
    assert.equal(await cache.get(report, () => "newest"), "new", "what came late did not count");
  });

  it("does not wait for ever for a request that was cancelled", async () => {
    const { cache, clock } = kvCache();
    const running = gate();
    void cache.get(report, () => (running.unlock(), new Promise(() => undefined)));
    await running.open;
    const query = counted();
    const waiting = cache.get(report, query);
    // The deadlines of both look-ups, and that of the wait.
    await clock.deadlines(3);
    clock.advance(5_000);
    assert.equal(await waiting, 1);
    assert.equal(await cache.get(report, query), 1);
  });

  it("throws what the query throws to all who wait, and keeps nothing of it", async () => {
    const { cache, world } = kvCache();
    const failing = (): Promise<never> => Promise.reject(new Error("no such table: orders"));
    await assert.rejects(cache.get(report, failing), /no such table/);
    await assert.rejects(cache.get(report, () => { throw new TypeError("at once"); }), /at once/);
    assert.equal(world.central.size, 0);
    assert.equal(await cache.get(report, counted()), 1);
  });

  it("lets two isolates make the same value at once", async () => {
    const clock = new Clock();
    const location = new KvWorld(clock).location();
    const a = cacheOver(kvStore(location.isolate()), clock);
    const b = cacheOver(kvStore(location.isolate()), clock);
    const { open, unlock } = gate();
    const query = Object.assign(async () => (++query.calls === 2 && unlock(), await open), { calls: 0 });
    await Promise.all([a.cache.get(report, query), b.cache.get(report, query)]);
    assert.equal(query.calls, 2);
    assert.deepEqual([...a.events, ...b.events].map(({ outcome }) => outcome), ["miss", "miss"], "the write that KV refused is no error");
    await Promise.all([a.cache.get(report, query), b.cache.get(report, query)]);
    assert.equal(query.calls, 2);
  });
});

describe("cache: purge", () => {
  const shared = { ...report, name: "shared" };
  const ofOne = { ...report, name: "own", scope: 1 };
  const ofTwo = { ...report, name: "own", scope: 2 };
  const elsewhere = { ...report, name: "elsewhere", tables: ["products"] };
  const both = { ...report, name: "both", tables: ["products", "orders"] };

  async function ended(what: Parameters<QueryCache["purge"]>[0]): Promise<readonly string[]> {
    const { cache } = kvCache();
    const all = { shared, ofOne, ofTwo, elsewhere, both };
    for (const entry of Object.values(all)) await cache.get(entry, () => 1);
    assert.equal(await cache.purge(what), true);
    const ended: string[] = [];
    for (const [name, entry] of Object.entries(all)) await cache.get(entry, () => ended.push(name));
    return ended;
  }

  it("of a table ends all that reads it, and nothing else", async () => {
    assert.deepEqual(await ended({ tables: ["orders"] }), ["shared", "ofOne", "ofTwo", "both"]);
    assert.deepEqual(await ended({ tables: ["Orders", "orders"] }), ["shared", "ofOne", "ofTwo", "both"]);
    assert.deepEqual(await ended({ tables: ["products"] }), ["elsewhere", "both"]);
    assert.deepEqual(await ended({ tables: ["customers"] }), []);
    assert.deepEqual(await ended({ tables: [] }), []);
  });

  it("of a scope ends what is of the scope and of everyone", async () => {
    assert.deepEqual(await ended({ tables: ["orders"], scope: 1 }), ["shared", "ofOne", "both"]);
    assert.deepEqual(await ended({ tables: ["orders"], scope: "2" }), ["shared", "ofTwo", "both"]);
  });

  it("without the scope that it should have ends all", async () => {
    for (const scope of ["", undefined, null]) assert.deepEqual(await ended({ tables: ["orders"], scope } as never), ["shared", "ofOne", "ofTwo", "both"]);
  });

  it("reaches other isolates of the location at once, other locations within a minute", async () => {
    const clock = new Clock();
    const world = new KvWorld(clock);
    const here = world.location();
    const writer = cacheOver(kvStore(here.isolate()), clock);
    const near = cacheOver(kvStore(here.isolate()), clock);
    const far = cacheOver(kvStore(world.location().isolate()), clock);
    const query = counted();
    for (const { cache } of [writer, near, far]) await cache.get(report, query);
    const before = query.calls;
    clock.advance(2_000);
    await writer.cache.purge({ tables: ["orders"] });
    assert.equal(await near.cache.get(report, query), before + 1);
    assert.equal(await writer.cache.get(report, query), before + 1);
    assert.equal(await far.cache.get(report, query), before, "it reads its own copies of generation and value");
    clock.advance(60_000);
    assert.equal(await far.cache.get(report, query), before + 1, "and then what the first location made");
  });

  it("counts at once in the isolate that made it, where even the location lags", async () => {
    const clock = new Clock();
    const { cache } = cacheOver(kvStore(new KvWorld(clock).location({ lags: true }).isolate()), clock);
    const query = counted();
    assert.equal(await cache.get(report, query), 1);
    await cache.purge({ tables: ["orders"] });
    assert.equal(await cache.get(report, query), 2);
    clock.advance(61_000);
    await cache.get(report, query);
    const settled = query.calls;
    clock.advance(61_000);
    assert.equal(await cache.get(report, query), settled);
  });

  it("in bursts succeeds, with one more write for all that were refused", async () => {
    let chance = 0;
    const { cache, clock, world, events } = kvCache({}, { random: () => (chance += 0.37) % 1 });
    const query = counted();
    await cache.get(report, query);
    clock.advance(1_000);
    const purges = Array.from({ length: 30 }, (_, at) => cache.purge({ tables: ["orders"], scope: at % 3 }));
    await clock.sleeping(27 + 29);
    for (let ms = 0; ms < 1_500; ms += 10) {
      clock.advance(10);
      await settled();
    }
    assert.deepEqual(new Set(await Promise.all(purges)), new Set([true]));
    assert.equal(await cache.get(report, query), 2);
    const writes = world.calls.filter(({ op, keys }) => op === "put" && /\/t\/orders$/.test(keys[0]!)).length;
    assert.equal(writes, 31, "one for each, and one for all that were refused");
    assert.equal(world.refused.filter((key) => /\/t\/orders$/.test(key)).length, 29);
    assert.deepEqual(events.filter(({ error }) => error !== undefined), []);
  });

  it("that cannot be written says so, and is kept in mind by its isolate", async () => {
    const hooks: KvHooks = {};
    const { cache, clock, events } = kvCache(hooks);
    const query = counted();
    await cache.get(report, query);
    hooks.fail = ({ op, keys }) => (op === "put" && keys[0]!.includes("/t/") ? new Error("KV put() limit exceeded for the day.") : undefined);
    const purge = cache.purge({ tables: ["orders"] });
    await clock.sleeping(2);
    clock.advance(1_000);
    assert.equal(await purge, false);
    assert.equal(await cache.get(report, query), 2);
    assert.equal(await cache.get(report, query), 2);
    assert.equal(events.filter(({ error }) => error !== undefined).length, 1);
    delete hooks.fail;
    assert.equal(await cache.purge({ tables: ["orders"] }), true);
    assert.equal(await cache.get(report, query), 3);
  });
});

describe("cache: failing open", () => {
  it("runs the query when the store fails, and says so once", async () => {
    const hooks: KvHooks = { fail: () => new Error("KV GET failed: 500 Internal Server Error") };
    const { cache, events, clock } = kvCache(hooks);
    const query = counted();
    for (let at = 1; at <= 3; at++) assert.equal(await cache.get(report, query), at);
    assert.deepEqual(outcomes(events), ["KV GET failed: 500 Internal Server Error", "error", "error", "error"]);
    clock.advance(60_000);
    await cache.get(report, query);
    assert.equal(events.filter(({ error }) => error !== undefined).length, 2);
  });

  it("runs the query when the store does not answer", async () => {
    const never = new Promise<never>(() => undefined);
    const called = gate();
    const clock = new Clock();
    const { cache, events } = cacheOver({ binding: {}, forgets: false, read: () => (called.unlock(), never), write: () => never, renew: () => never }, clock);
    const value = cache.get(report, () => 1);
    await called.open;
    clock.advance(5_000);
    assert.equal(await value, 1);
    assert.deepEqual(outcomes(events), ["the store did not answer in time", "error"]);
  });

  it("gives the value when it cannot be kept", async () => {
    for (const value of [1n, (() => { const circle: unknown[] = []; circle.push(circle); return circle; })(), "x".repeat(5_000_001)]) {
      const { cache, world, events } = kvCache();
      assert.equal(await cache.get<unknown>(report, () => value), value);
      assert.equal(world.central.size, 0);
      assert.equal(events.filter(({ error }) => error !== undefined).length, 1);
    }
  });

  it("gives the value when its write fails", async () => {
    const { cache, events } = kvCache({ fail: ({ op }) => (op === "put" ? new Error("KV PUT failed: 500") : undefined) });
    assert.equal(await cache.get(report, counted()), 1);
    assert.deepEqual(outcomes(events), ["KV PUT failed: 500", "miss"]);
  });

  it("caches nothing without the scope that it should have, nor by values that it cannot tell apart", async () => {
    const bad: readonly object[] = [{ scope: undefined }, { scope: null }, { scope: "" }, { ttl: 0 }, { ttl: NaN }, { params: [new Uint8Array(2)] }, { params: [new Map()] }, { params: [Symbol("s")] }];
    for (const part of bad) {
      const { cache, world, events } = kvCache();
      const query = counted();
      await cache.get({ ...report, ...part }, query);
      await cache.get({ ...report, ...part }, query);
      assert.equal(query.calls, 2);
      assert.equal(world.calls.length, 0);
      assert.match(events[0]?.error ?? "", /: not cached$/);
    }
  });

  it("takes foreign texts under its keys for none", async () => {
    for (const text of ["", "null", "1", "[]", "{}", '"x"', "{", '{"label":""}']) {
      const { cache, world, clock } = kvCache();
      const query = counted();
      await cache.get(report, query);
      const [key, kept] = [...world.central][0]!;
      world.central.set(key, { ...kept, text });
      clock.advance(60_000);
      assert.equal(await cache.get(report, query), 2, text);
    }
  });
});

describe("cache: events", () => {
  it("tell name, outcome and time, each read by default", async () => {
    const { cache, events, clock } = kvCache();
    await cache.get(report, async () => clock.advance(40));
    await cache.get(report, () => undefined);
    assert.deepEqual(events, [
      { plumbline: "cache", name: "report", outcome: "miss", count: 1, ms: 40 },
      { plumbline: "cache", name: "report", outcome: "hit", count: 1, ms: 0 },
    ]);
  });

  it("are summed up by name and outcome, and flushed", async () => {
    const { cache, events } = kvCache({}, { logEvery: 10 });
    for (let at = 0; at < 9; at++) await cache.get({ ...report, params: [at % 2] }, () => at);
    assert.deepEqual(events, []);
    await cache.get({ ...report, name: "other" }, () => 0);
    assert.deepEqual(events.map(({ name, outcome, count: sum }) => `${name} ${outcome} ${sum}`), ["report miss 2", "report hit 7", "other miss 1"]);
    await cache.get(report, () => 0);
    cache.flush();
    cache.flush();
    assert.equal(events.length, 4);
  });
});

describe("cache: warming", () => {
  it("makes each value anew, also one that is still fresh", async () => {
    const { cache, clock } = kvCache();
    const query = counted();
    await cache.get(report, query);
    clock.advance(300_000);
    await cache.warm([[report, query], [{ ...report, name: "other" }, query]]);
    assert.equal(query.calls, 3);
    clock.advance(400_000);
    assert.equal(await cache.get(report, query), 2);
  });

  it("goes on after a failure, and throws it at the end", async () => {
    const { cache } = kvCache();
    const query = counted();
    await assert.rejects(cache.warm([[report, () => Promise.reject(new Error("D1 is busy"))], [{ ...report, name: "other" }, query]]), /D1 is busy/);
    assert.equal(await cache.get({ ...report, name: "other" }, query), 1);
  });
});

describe("cache over the Cache API", () => {
  function cacheApi(): Setup & { readonly standIn: CacheStandIn } {
    const clock = new Clock();
    const standIn = new CacheStandIn(clock);
    return { ...cacheOver(cacheApiStore(standIn.isolate(), "https://example.com/any/path?q"), clock), standIn };
  }

  it("keeps, ends and purges", async () => {
    const { cache, clock, standIn } = cacheApi();
    const query = counted();
    assert.equal(await cache.get(report, query), 1);
    assert.equal(await cache.get(report, query), 1);
    assert.equal(await cache.purge({ tables: ["orders"] }), true);
    assert.equal(await cache.get(report, query), 2);
    clock.advance(600_000);
    assert.equal(await cache.get(report, query), 3);
    assert.ok([...standIn.kept.keys()].every((url) => url.startsWith("https://example.com/.query-cache/")));
  });

  it("does not take a value for good whose generation was dropped", async () => {
    const { cache, standIn } = cacheApi();
    const query = counted();
    await cache.get(report, query);
    await cache.purge({ tables: ["orders"] });
    standIn.evict("/t/orders");
    assert.equal(await cache.get(report, query), 2);
    assert.equal(await cache.get(report, query), 2);
  });
});

describe("cache over a store that forgets", () => {
  it("runs no query before the generation that it found missing is written", async () => {
    const renewing = gate();
    const { open, unlock } = gate();
    const store: CacheStore = { binding: {}, forgets: true, read: async (keys) => keys.map(() => null), write: async () => undefined, renew: () => (renewing.unlock(), open) };
    const { cache } = cacheOver(store, new Clock());
    const query = counted();
    const value = cache.get(report, query);
    await renewing.open;
    await settled();
    assert.equal(query.calls, 0, "a purge that came in between would be written over");
    unlock();
    assert.equal(await value, 1);
  });
});

describe("cache over Workers Cache", () => {
  it("runs the query, and purges all tags at once", async () => {
    const clock = new Clock();
    const front = new WorkersCacheStandIn();
    const { cache, events } = cacheOver(workersCacheStore(front), clock);
    const query = counted();
    assert.equal(await cache.get(report, query), 1);
    assert.equal(await cache.get(report, query), 2);
    assert.equal(await cache.purge({ tables: ["orders", "products"] }), true);
    assert.deepEqual(front.purges, [["cache/t/orders", "cache/t/orders/all", "cache/t/products", "cache/t/products/all"]]);
    assert.deepEqual(outcomes(events), ["miss", "miss"]);
  });

  it("tries again when it is refused", async () => {
    const clock = new Clock();
    const front = new WorkersCacheStandIn();
    front.refusals = 1;
    const { cache } = cacheOver(workersCacheStore(front), clock);
    const purge = cache.purge({ tables: ["orders"] });
    await clock.sleeping(2);
    clock.advance(1_000);
    assert.equal(await purge, true);
    assert.deepEqual(front.purges, [["cache/t/orders", "cache/t/orders/all"]]);
  });

  it("has headers for a response: one that a purge of its tables ends, and that nobody shares who should not", () => {
    const { cache } = kvCache();
    assert.deepEqual(cache.headers({ tables: ["Orders", "a b"], ttl: 300, staleFor: 60 }), {
      "Cloudflare-CDN-Cache-Control": "public, max-age=300, stale-while-revalidate=60",
      "Cache-Control": "no-cache",
      "Cache-Tag": "cache/t/orders,cache/t/a_b",
    });
    for (const scope of [1, "", undefined]) assert.deepEqual(cache.headers({ tables: ["orders"], ttl: 300, scope } as never), { "Cache-Control": "private, no-store" });
  });
});
