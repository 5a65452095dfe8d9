// A write that leaves a cached value of its table as it was.

import { matters } from "../caching/forgotten";
import { isOfHelper } from "../caching/purges";
import type { CacheMap, CacheWrite, Forgotten } from "../caching/cache-map";
import type { CachedValue } from "../host/served";
import docs from "./cache-without-purge.md";
import { endpointText, keyText, lifeText, storeText, unwritten, valueText } from "./cache-words";
import { listed } from "./index-advice";
import { cachingRule } from "./rule";

export const cacheWithoutPurge = cachingRule({
  id: "cache-without-purge",
  summary: "Write that leaves a cached value out of date",
  severity: "warning",
  docs,
  *check({ map, purge }) {
    for (const write of map.writes) {
      const missed = write.forgotten.filter(matters);
      const values = [...new Set(missed.map(({ value }) => value))];
      const [first] = missed;
      if (first === undefined) continue;
      const fix = purge(write, missed);
      const tables = [...new Set(missed.flatMap((one) => one.tables))];
      const others = values.length > 1 ? ` and ${values.length - 1} more` : "";
      yield {
        file: write.file,
        span: write.name,
        ...(values.every((value) => isOfAll(value, map)) ? { severity: "hint" as const } : {}),
        message: `${listed(tables)} ${tables.length === 1 ? "is" : "are"} written at \`${endpointText(first.endpoint)}\`, and the cached \`${valueText(first.value)}\`${others} of ${tables.length === 1 ? "it" : "them"} ${values.length > 1 ? "are" : "is"} not purged`,
        why: `${keptText(missed)}${values.length > 1 ? "They live" : "It lives"} ${lifeText(longest(values))} with what was there before; purge after the write, and before the answer${unwritten(fix)}`,
        related: [
          ...values.map((value) => ({ file: value.get.file, span: value.get.name, message: `Cached here ${lifeText(value.ttl)} as \`${valueText(value)}\`` })),
          ...[...new Set(missed.flatMap(({ partly }) => partly))].map((call) => ({ file: call.file, span: call.name, message: `Purges it only in ${call.stores.map(storeText).join(" and ")}` })),
        ],
        data: dataOf(write, missed, values, tables),
        fixes: () => fix.fixes(),
      };
    }
  },
});

/** Where a purge is written that does not reach all that is kept. */
function keptText(missed: readonly Forgotten[]): string {
  const partly = missed.find((one) => one.partly.length > 0);
  return partly === undefined ? "" : `The purge reaches ${partly.partly[0]!.stores.map(storeText).join(" and ")} alone, and ${partly.left.map(storeText).join(" and ")} keeps it; `;
}

function dataOf(write: CacheWrite, missed: readonly Forgotten[], values: readonly CachedValue[], tables: readonly string[]): Readonly<Record<string, unknown>> {
  return {
    tables,
    user: write.user ?? null,
    values: values.map((value) => ({
      keys: value.keys.map(keyText),
      ttl: value.ttl ?? "unknown",
      stores: value.get.stores,
      helper: isOfHelper(value.get),
      get: { file: value.get.file, start: value.get.name.start },
    })),
    endpoints: [...new Set(missed.map(({ endpoint }) => endpointText(endpoint)))],
  };
}

/** What everyone is shown may be this old, and who wrote is not the one who looks. */
const LONGEST_OF_ALL = 600;
const OWN = /user|uid|owner|tenant|account|\borg|team|member|customer|session|email/i;

/** The same for everyone, and not for long. Who took our helper asks for more. */
function isOfAll(value: CachedValue, { values }: CacheMap): boolean {
  if (isOfHelper(value.get) || value.keys.some(({ parts }) => parts.some((part) => typeof part !== "string" && OWN.test(part.text)))) return false;
  const reads = values.find((mapped) => mapped.value === value)?.reads ?? [];
  return typeof value.ttl === "number" && value.ttl <= LONGEST_OF_ALL && reads.length > 0 && reads.every(({ user }) => user === undefined);
}

function longest(values: readonly CachedValue[]): CachedValue["ttl"] {
  const lives = values.map(({ ttl }) => ttl);
  const known = lives.filter((ttl) => typeof ttl === "number");
  return lives.includes("none") ? "none" : known.length === lives.length ? Math.max(...known) : "unknown";
}
