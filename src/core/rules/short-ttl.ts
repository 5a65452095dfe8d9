// Workers KV refuses a value that is to live for less than a minute.
// https://developers.cloudflare.com/kv/api/write-key-value-pairs/#expiring-keys

import docs from "./short-ttl.md";
import { cachingRule } from "./rule";

const SHORTEST = 60;

export const shortTtl = cachingRule({
  id: "short-ttl",
  summary: "Lifetime that Workers KV refuses",
  severity: "error",
  docs,
  *check({ map }) {
    for (const call of map.calls) {
      const { ttl, name, file } = call;
      if (call.operation !== "put" || typeof ttl !== "number" || ttl >= SHORTEST || !call.stores.some(({ kind }) => kind === "kv")) continue;
      yield {
        file,
        span: name,
        message: `Workers KV refuses a value that lives for ${ttl} s: \`expirationTtl\` must be at least ${SHORTEST}`,
        why: "The put throws, and nothing is cached; give it 60 seconds or more, or keep it in the Cache API",
        data: { ttl },
      };
    }
  },
});
