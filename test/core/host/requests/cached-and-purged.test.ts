import { checkCachedValues, checkEndpoints } from "../../../support/served";

const handler = (body: string): string => `
//- /functions/a.js
import { cached, dropAll, load } from "../lib/cache";
export async function onRequest({ env, params, next, waitUntil }) {
${body}
}
//- /functions/b.js
import { load } from "../lib/cache";
export const onRequest = ({ env }) => load(env.DB);
//- /lib/cache.js
export async function cached(kv, key, seconds, make) {
  const hit = await kv.get(key, "json");
  if (hit !== null) return hit;
  const value = await make();
  await kv.put(key, JSON.stringify(value), { expirationTtl: seconds });
  return value;
}
export const load = (db) => db.prepare("SELECT * FROM rates").all();
export async function dropAll(env) {
  if (!env.CACHE) return;
  await env.CACHE.delete("all");
}
`;
const write = `await env.DB.prepare("UPDATE notes SET a = 1").run();`;

/** The lines of the handler begin with the third. */
function check(body: string, expected: string): void {
  checkEndpoints(handler(body), [`ANY /a functions/a.js:2: ${expected}`, "ANY /b functions/b.js:2: lib/cache.js:8"]);
}

describe("cached values", () => {
  it("are made in what is handed to a wrapper", () => {
    const body = `return cached(env.CACHE, "rates", 300, () => load(env.DB));`;
    check(body, "lib/cache.js:8 cached rates");
    checkCachedValues(handler(body), ["rates 300: lib/cache.js:8"]);
  });

  it("are made between the question and the call that keeps them", () => {
    const body = `
      const key = \`note:\${params.id}\`;
      const kept = await env.CACHE.get(key);
      if (kept) return new Response(kept);
      const row = await env.DB.prepare("SELECT * FROM notes").first();
      await env.CACHE.put(key, JSON.stringify(row));
      await env.DB.prepare("INSERT INTO views DEFAULT VALUES").run();`;
    check(body, "functions/a.js:7 cached note:{params.id}, functions/a.js:9");
    checkCachedValues(handler(body), ["note:{params.id} none: functions/a.js:7"]);
  });

  it("are made where they are missing", () => {
    check(
      `
      let value = await env.CACHE.get("n");
      if (!value) {
        value = await load(env.DB);
        await env.CACHE.put("n", value);
      }
      return value;`,
      "lib/cache.js:8 cached n",
    );
  });

  it("are not what a limit counts, nor what is never kept", () => {
    check(
      `
      const count = Number(await env.CACHE.get("count"));
      if (count > 5) return new Response("later");
      await load(env.DB);
      await env.CACHE.put("count", String(count + 1));
      const blocked = await env.CACHE.get("blocked");
      if (blocked) return new Response("no");
      ${write}`,
      "functions/a.js:10, lib/cache.js:8",
    );
  });

  it("count as such only where every way to the statement is behind them", () => {
    check(`await cached(env.CACHE, "rates", 300, () => load(env.DB)); return load(env.DB);`, "lib/cache.js:8");
  });
});

describe("purges", () => {
  it("count after the write, also in a helper, a callback and at an outer level", () => {
    check(`${write} await env.CACHE.delete("n");`, "functions/a.js:3 after n");
    check(`${write} waitUntil(dropAll(env));`, "functions/a.js:3 after all");
    check(`if (params.id) { ${write} } await env.CACHE.delete("n");`, "functions/a.js:3 after n");
    check(`${write} for (const key of ["a", "b"]) await env.CACHE.delete(key);`, "functions/a.js:3 after a | b");
    check(`const done = ${write} if (done.meta.changes > 0) await env.CACHE.delete("n");`, "functions/a.js:3 after n");
    check(`${write} if (env.CACHE) await env.CACHE.delete("n");`, "functions/a.js:3 after n");
  });

  it("do not count in another branch, where something failed, or behind an end", () => {
    check(`${write} if (params.all) await env.CACHE.delete("n");`, "functions/a.js:3");
    check(`try { ${write} } catch { await env.CACHE.delete("n"); }`, "functions/a.js:3");
    check(`if (params.id) { ${write} return 1; } await env.CACHE.delete("n");`, "functions/a.js:3");
  });

  it("count before the write where nothing follows", () => {
    check(`await env.CACHE.delete("n"); ${write}`, "functions/a.js:3 before n");
    check(`await env.CACHE.delete("n"); ${write} await env.CACHE.delete("n");`, "functions/a.js:3 after n");
  });

  it("count where a batch is sent, not where its statements are made", () => {
    check(`const list = [env.DB.prepare("UPDATE notes SET a = 1")]; await env.CACHE.delete("n"); await env.DB.batch(list);`, "functions/a.js:3 before n");
  });

  it("count in a caller, and in what goes on after the handlers", () => {
    checkEndpoints(
      `
      //- /functions/_middleware.js
      export async function onRequest({ env, next }) {
        const answer = await next();
        await env.CACHE.delete("m");
        return answer;
      }
      //- /functions/a.js
      async function save(db) { await db.prepare("UPDATE notes SET a = 1").run(); }
      export async function onRequestPost({ env }) {
        await save(env.DB);
        await env.CACHE.delete("n");
      }
    `,
      ["POST /a functions/a.js:2: functions/a.js:1 after n + m"],
    );
  });

  it("count where the write's own wrapper is left on every way", () => {
    checkEndpoints(
      `
      //- /functions/a.js
      async function save(env) { await env.DB.prepare("UPDATE notes SET a = 1").run(); }
      export async function onRequestPost({ env }) {
        await save(env);
        await env.CACHE.delete("n");
        await save(env);
      }
    `,
      ["POST /a functions/a.js:2: functions/a.js:1"],
    );
  });

  it("of our own helper end its tables", () => {
    checkEndpoints(
      `
      //- /functions/a.js
      import { createCache, kvStore } from "../lib/query-cache";
      export async function onRequestPost({ env }) {
        const cache = createCache({ store: kvStore(env.CACHE) });
        await env.DB.prepare("UPDATE notes SET a = 1").run();
        await cache.purge({ tables: ["Notes"], scope: 1 });
      }
    `,
      ["POST /a functions/a.js:2: functions/a.js:4 after notes"],
    );
  });
});
