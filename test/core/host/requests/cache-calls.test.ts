import { checkCacheCalls } from "../../../support/served";

describe("calls of caches", () => {
  it("are those of Workers KV, with their keys and lifetimes", () => {
    checkCacheCalls(`
      //- /a.ts
      const DAY = 60 * 60 * 24;
      const ttl = { short: 60 };
      export async function show(env: Env, id: string, other: KVNamespace) {
        const one = await env.CACHE.get(\`note:\${id}\`, "json");
                                    ^^^ get kv:CACHE note:{id}
        const two = await env.CACHE.getWithMetadata("notes");
                                    ^^^^^^^^^^^^^^^ get kv:CACHE notes
        await env.CACHE.put("notes", "1", { expirationTtl: DAY });
                        ^^^ put kv:CACHE notes 86400
        await env.CACHE.put("note:" + id, "1", { expirationTtl: ttl.short });
                        ^^^ put kv:CACHE note:{id} 60
        await env.CACHE.put("all", "1");
                        ^^^ put kv:CACHE all none
        await other.delete("notes");
                    ^^^^^^ delete kv:other notes
      }
    `);
  });

  it("stand at the outermost wrapper, with what is handed in", () => {
    checkCacheCalls(`
      //- /cache.ts
      const SPACE = "app:";
      export const HOUR = 3600;
      export const keys = { list: (owner) => \`list:\${owner}\`, all: "all" };
      export async function remember(kv, key, load, seconds = 120) {
        const known = await kv.get(SPACE + key, "json");
        if (known) return known;
        const value = await load();
        await kv.put(SPACE + key, JSON.stringify(value), { expirationTtl: Math.max(60, seconds) });
        return value;
      }
      export const forget = (env, key) => env.KV.delete(SPACE + key);
      //- /a.ts
      import { forget, HOUR, keys, remember } from "./cache";
      export async function get(context) {
        await remember(context.env.KV, keys.list(context.data.user.id), () => 1, HOUR);
              ^^^^^^^^ get kv:KV app:list:{context.data.user.id} 3600
        await remember(context.env.KV, keys.all, () => 1);
              ^^^^^^^^ get kv:KV app:all 120
        await forget(context.env, keys.all);
              ^^^^^^ delete kv:KV app:all
      }
    `);
  });

  it("stay where the key says more than its callers do", () => {
    checkCacheCalls(`
      //- /a.ts
      export async function drop(env, user) {
        await env.CACHE.delete(\`user:\${user}\`);
                        ^^^^^^ delete kv:CACHE user:{user}
      }
      export const one = (env, body) => drop(env, body.id);
    `);
  });

  it("are those of the Cache API and of maps that are kept", () => {
    checkCacheCalls(`
      //- /a.ts
      const memo = new Map<string, Note>();
      class NoteCache {
        private kept = new Map();
        get(key) { return this.kept.get(key)?.value; }
        set(key, value, ttl = 30) { this.kept.set(key, { value, until: Date.now() + ttl * 1000 }); }
        drop(start) {
          for (const key of this.kept.keys()) if (key.startsWith(start)) this.kept.delete(key);
        }
        evict() { for (const [key, entry] of this.kept) if (entry.until < Date.now()) this.kept.delete(key); }
      }
      const notes = new NoteCache();
      export async function show(request, id) {
        const cache = caches.default;
        const kept = await cache.match(new Request("https://cache/" + id));
                                 ^^^^^ get cache-api https://cache/{id}
        const answer = new Response("1", { headers: { "Cache-Control": "public, max-age=90" } });
        await (await caches.open("v1")).put(request.url, answer);
                                        ^^^ put cache-api {request.url} 90
        memo.get(\`memo:\${id}\`);
             ^^^ get memory:memo memo:{id}
        notes.get("n:" + id);
              ^^^ get memory:kept n:{id}
        notes.set("n:" + id, 1);
              ^^^ put memory:kept n:{id} 30
        notes.drop("n:");
              ^^^^ delete* memory:kept n:
      }
    `);
  });

  it("live as long as what is kept beside the value says", () => {
    checkCacheCalls(`
      //- /a.ts
      const SOON = 10 * 1000;
      const quotaCache = new Map();
      const nowMs = () => Date.now();
      class KeeperCache {
        private kept = new Map();
        constructor(private config) {}
        set(key, value, ttl) {
          const expires = Date.now() + (ttl || this.config.ttl) * 1000;
          this.kept.set(key, { value, expires });
        }
      }
      const pages = new KeeperCache(await settings());
      export function show(id) {
        quotaCache.get("q:" + id);
                   ^^^ get memory:quotaCache q:{id}
        quotaCache.set("q:" + id, { value: 1, until: nowMs() + SOON });
                   ^^^ put memory:quotaCache q:{id} 10
        pages.set("p:" + id, 1);
              ^^^ put memory:kept p:{id} unknown
      }
    `);
  });

  it("fall back from one store on another in one call", () => {
    checkCacheCalls(`
      //- /a.ts
      const cached = new Map();
      async function read(env, key) {
        if (env.CACHE) return env.CACHE.get(key);
        return cached.get(key);
      }
      export const show = (env) => read(env, "menu");
                                   ^^^^ get kv:CACHE+memory:cached menu
    `);
  });

  it("end all that begins alike where they go over the keys", () => {
    checkCacheCalls(`
      //- /a.ts
      export async function clear(env, user) {
        const page = await env.CACHE.list({ prefix: \`user:\${user}:\` });
        await Promise.all(page.keys.map((key) => env.CACHE.delete(key.name)));
                                                           ^^^^^^ delete* kv:CACHE user:{user}:
        for (const key of ["a", \`b:\${user}\`]) await env.CACHE.delete(key);
                                                              ^^^^^^ delete kv:CACHE a | b:{user}
      }
    `);
  });

  it("are those of the cache that Plumbline writes, with tables and scope", () => {
    checkCacheCalls(`
      //- /cache.ts
      import { createCache, kvStore } from "./lib/query-cache";
      export const queryCache = (env) => createCache({ store: kvStore(env.CACHE) });
      //- /a.ts
      import { queryCache } from "./cache";
      export async function list(env, user) {
        const rows = await queryCache(env).get({ name: "list", params: [user], tables: ["Orders", "items"], scope: user, ttl: 300 }, () => 1);
                                           ^^^ get helper:CACHE list 300 of orders,items scoped
        await queryCache(env).purge({ tables: ["orders"] });
                              ^^^^^ purge helper:CACHE of orders
      }
    `);
  });

  it("are not those of headers, parameters, sessions, buckets and rows in maps", () => {
    checkCacheCalls(`
      //- /a.ts
      interface Env { UPLOADS: R2Bucket; ROOMS: DurableObjectNamespace; CACHE: KVNamespace }
      const services = new Map();
      export async function show(c, request: Request, env: Env, rows) {
        request.headers.get("accept");
        new URL(request.url).searchParams.get("page");
        c.get("user");
        c.req.header("x");
        await env.UPLOADS.put("file", "1");
        await env.UPLOADS.delete("file");
        env.ROOMS.get(env.ROOMS.idFromName("a"));
        const byId = new Map();
        byId.set(rows[0].id, rows[0]);
        byId.get("a");
        services.set("mail", new Mail());
        services.get("mail");
        await env.DB.prepare("SELECT 1").first();
      }
    `);
  });
});
