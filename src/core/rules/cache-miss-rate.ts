// A cache entry that is seldom there when it is asked for, as recorded traffic tells.

import docs from "./cache-miss-rate.md";
import { trafficRule } from "./rule";
import { poorHitRate, time, times, wantedHitRate } from "./traffic-limits";

export const cacheMissRate = trafficRule({
  id: "cache-miss-rate",
  summary: "Cached query that is seldom in the cache",
  severity: "warning",
  docs,
  *check(subject) {
    if (subject.what !== "cache") return;
    const { figures, span, limits } = subject;
    const wanted = limits.alerts.hitRate ?? wantedHitRate;
    const poor = poorHitRate(figures, wanted);
    if (poor === undefined) return;
    const { rate, reads } = poor;
    const errors = figures.errors > 0 ? `; ${times(figures.errors)} could not use the cache` : "";
    const cost = figures.missMs === undefined || figures.hitMs === undefined ? "" : `; a miss took ${time(figures.missMs)}, a hit ${time(figures.hitMs)}`;
    yield {
      span,
      message: `The cache answered ${percent(rate)} of ${times(reads)} recorded reads of \`${figures.name}\`: less than ${percent(wanted)}`,
      why: `A miss pays for the cache and for the query${cost}${errors}; a longer \`ttl\`, fewer different \`params\`, \`staleFor\`, or a purge by \`scope\` instead of a whole table raise the share`,
      data: { name: figures.name, rate, reads, misses: figures.misses, errors: figures.errors },
    };
  },
});

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
