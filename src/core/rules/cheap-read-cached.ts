// A read that costs less than the cache that stands before it.

import { isOfHelper } from "../caching/purges";
import { ROWS_OF_KV_READ, keysRead } from "../caching/worth";
import type { MappedValue } from "../caching/cache-map";
import docs from "./cheap-read-cached.md";
import { valueText } from "./cache-words";
import { count } from "./index-advice";
import { cachingRule } from "./rule";

/** KV may be worth its price for being near: only where D1 is so many times cheaper is there a word to say. */
const FACTOR = 10;
/** A value of more statements saves their round trips too. */
const MOST_STATEMENTS = 2;

export const cheapReadCached = cachingRule({
  id: "cheap-read-cached",
  summary: "Cache that costs more than the read",
  severity: "hint",
  docs,
  *check({ map }) {
    for (const mapped of map.values) {
      const { value, reads } = mapped;
      if (reads.length === 0 || reads.length < value.sites.length || reads.length > MOST_STATEMENTS || !isPaid(mapped)) continue;
      const rows = reads.reduce((sum, read) => sum + read.rows, 0);
      const tables = [...new Set(reads.flatMap((read) => read.tables))];
      const keys = isOfHelper(value.get) ? keysRead(tables.length, value.get.scope === undefined ? "shared" : "user") : 1;
      const price = keys * ROWS_OF_KV_READ;
      if (rows * FACTOR > price) continue;
      yield {
        file: value.get.file,
        span: value.get.name,
        message: `The query behind \`${valueText(value)}\` reads about ${count(Math.max(1, rows))} ${rows > 1 ? "rows" : "row"}, and its cache costs as much as ${count(price)}`,
        why: `${keys === 1 ? "A key read" : `${keys} key reads`} of Workers KV cost ${keys === 1 ? "as much as 500 rows read" : "500 rows read each"}, and each miss writes a key for 5,000 more; ask D1 itself, unless it is too far away`,
        related: reads.map((read) => ({ file: read.file, span: read.name, message: `Reads about ${count(Math.max(1, read.rows))}` })),
        data: { rows, price, tables, keys: value.keys.length },
      };
    }
  },
});

/** Only KV has a price for each call. */
function isPaid({ value }: MappedValue): boolean {
  return value.get.stores.length > 0 && value.get.stores.every(({ kind }) => kind === "kv" || kind === "helper");
}
