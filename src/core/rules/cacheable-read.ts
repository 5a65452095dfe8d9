// A read that costs much, is asked for again and again, and would be the same from a cache.

import { TTL_WITHOUT_CLASS } from "../caching/cache-class";
import { ROWS_OF_KV_READ, askedAt, keysRead, worthCaching } from "../caching/worth";
import type { CacheMap, CacheRead } from "../caching/cache-map";
import { endpointText, unwritten, writersOf } from "./cache-words";
import docs from "./cacheable-read.md";
import { count, listed } from "./index-advice";
import { cachingRule } from "./rule";

/** Writers that one finding shows. */
const MOST_WRITERS = 8;

export const cacheableRead = cachingRule({
  id: "cacheable-read",
  summary: "Costly read that a cache would answer",
  severity: "hint",
  docs,
  *check({ map, hasHelper, wrap }) {
    for (const read of map.reads) {
      const worth = worthCaching(read);
      if (worth === undefined) continue;
      const { rows, saving = 0, ttl = TTL_WITHOUT_CLASS } = read;
      const asked = askedAt(read);
      const fix = wrap(read);
      yield {
        file: read.file,
        span: read.name,
        ...(worth === "yes" ? { severity: "warning" as const } : {}),
        message: `About ${count(rows)} rows of ${listed(read.tables)} are read at each \`${endpointText(asked[0]!)}\`${asked.length > 1 ? ` and ${asked.length - 1} more` : ""}: a cache of ${ttl} s would save ${Math.floor(saving * 100)}%`,
        why: priceText(read, map) + unwritten(fix),
        related: writersOf(read, map).slice(0, MOST_WRITERS).map((writer) => ({ ...writer, message: `${writer.message}: has to purge it` })),
        data: {
          tables: read.tables,
          class: read.class ?? null,
          ttl,
          scope: read.scope,
          user: read.user === undefined ? null : { column: read.user.column, text: read.user.text ?? null },
          parameters: read.parameters,
          rows,
          saving,
          style: map.style,
          hasHelper,
          endpoints: asked.map(endpointText),
        },
        fixes: () => fix.fixes(),
      };
    }
  },
});

function priceText({ tables, scope, isSizeKnown }: CacheRead, { style }: CacheMap): string {
  const price = style === "kv" ? `With ${keysRead(tables.length, scope)} key reads of Workers KV, which cost as much as ${count(ROWS_OF_KV_READ * keysRead(tables.length, scope))} rows read` : "With a cache that has no price for each call";
  return `${price}, and 80% of the calls answered by it${isSizeKnown ? "" : "; the sizes of the tables are assumed: say them in `rows` of `plumbline.json`"}`;
}
