import { check } from "../../support/review";

describe("short-ttl", () => {
  it("marks what KV refuses, through a wrapper too", () =>
    check(`
//- /src/index.ts
const keep = (env: Env, key: string, text: string, seconds: number) => env.CACHE.put(key, text, { expirationTtl: seconds });
export default {
  async fetch(request: Request, env: Env) {
    await env.CACHE.put("a", "text", { expirationTtl: 30 });
                    ^^^ short-ttl Workers KV refuses a value that lives for 30 s
    await keep(env, "b", "text", 10);
          ^^^^ short-ttl Workers KV refuses a value that lives for 10 s
    await env.CACHE.put("c", "text", { expirationTtl: 60 });
    await env.CACHE.put("d", "text");
    return new Response();
  },
};
`));
});
