// A Worker that uses the cache in all its ways: type-checked against the runtime's own types, and run for real in
// test/conformance.

import { cacheApiStore, createCache, kvStore, TTL, workersCacheStore } from "../../src/helpers/cache";
import type { CacheEntry, CacheStore } from "../../src/helpers/cache";

interface Env {
  readonly DB: D1Database;
  readonly CACHE: KVNamespace;
  /** Which store to use, in the tests. */
  readonly STORE?: string;
}

interface Order {
  readonly id: number;
  readonly total: number;
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const { pathname, origin, searchParams } = new URL(request.url);
    const cache = createCache({ store: storeOf(env, origin, ctx) });
    const user = searchParams.get("user") ?? "";
    if (request.method === "POST") {
      const total = Number(searchParams.get("total"));
      await env.DB.prepare("INSERT INTO orders (user_id, total) VALUES (?, ?)").bind(user, total).run();
      const purged = await cache.purge({ tables: ["orders"], scope: user });
      return Response.json({ purged });
    }
    if (pathname === "/mine") {
      const rows = await cache.get({ name: "orders-of-user", params: [user], tables: ["orders"], scope: user, ttl: TTL.preferences, ctx }, () => ordersOf(env.DB, user));
      return Response.json(rows);
    }
    const total = await cache.get(dashboard(ctx), () => totalOf(env.DB));
    return Response.json(total, { headers: cache.headers(dashboard(ctx)) });
  },

  async scheduled(_controller: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void> {
    const cache = createCache({ store: kvStore(env.CACHE), logEvery: 100 });
    await cache.warm([[dashboard(ctx), () => totalOf(env.DB)]]);
    cache.flush();
  },
};

function storeOf(env: Env, origin: string, ctx: ExecutionContext): CacheStore {
  if (env.STORE === "cache-api") return cacheApiStore(caches.default, origin);
  if (env.STORE === "workers-cache") return workersCacheStore(ctx.cache);
  return kvStore(env.CACHE);
}

function dashboard(ctx: ExecutionContext): CacheEntry {
  return { name: "dashboard", tables: ["orders"], ttl: TTL.dashboard, staleFor: 60, ctx };
}

async function ordersOf(db: D1Database, user: string): Promise<Order[]> {
  const { results } = await db.prepare("SELECT id, total FROM orders WHERE user_id = ?").bind(user).all<Order>();
  return results;
}

function totalOf(db: D1Database): Promise<{ total: number } | null> {
  return db.prepare("SELECT sum(total) AS total FROM orders").first<{ total: number }>();
}
