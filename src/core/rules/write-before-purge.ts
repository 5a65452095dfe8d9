// A purge before the write is done: who reads in between caches the old rows again, and nothing ends them.

import type { CacheWrite } from "../caching/cache-map";
import type { CacheCall } from "../host/served";
import docs from "./write-before-purge.md";
import { keyText } from "./cache-words";
import { listed } from "./index-advice";
import { cachingRule } from "./rule";

export const writeBeforePurge = cachingRule({
  id: "write-before-purge",
  summary: "Purge before the write is done",
  severity: "warning",
  docs,
  *check({ map }) {
    const writes = new Map<CacheCall, CacheWrite[]>();
    for (const write of map.writes) for (const call of write.early) writes.set(call, [...(writes.get(call) ?? []), write]);
    for (const [call, after] of writes) {
      const tables = [...new Set(after.flatMap((write) => write.tables))];
      yield {
        file: call.file,
        span: call.name,
        message: `This purges before ${listed(tables)} ${tables.length === 1 ? "is" : "are"} written: a read in between caches the old rows again`,
        why: "Write first, then purge, and wait for it before the answer",
        related: after.map((write) => ({ file: write.file, span: write.name, message: "Written here, after the purge" })),
        data: { tables, keys: call.keys.map(keyText) },
      };
    }
  },
});
