// By what a route shows, as its path, its file and its functions name it: how long a value of it may live.

import type { TableKind } from "../planner/table-kind";
import type { CacheClass } from "./cache-map";

/** Seconds by class, where the settings say nothing else. */
const DEFAULT_TTL: Readonly<Record<CacheClass, number>> = { dashboard: 300, report: 600, preferences: 3_600, categories: 1_800 };

const WORDS: readonly (readonly [CacheClass, RegExp])[] = [
  ["dashboard", /^(dashboards?|overview|summary|summaries|stats?|statistics|home|homepage|kpis?|leaderboard)$/],
  ["report", /^(reports?|reporting|analytics|exports?|forecasts?|statements?|cashflow|trends?|insights?|breakdown|timeseries)$/],
  ["preferences", /^(settings?|preferences?|prefs|profiles?|configs?|configuration|options)$/],
  ["categories", /^(categor(y|ies)|tags|currenc(y|ies)|countr(y|ies)|languages|types|statuses|roles|plans|taxonom(y|ies))$/],
];

/** Names as written: `/api/dashboard/:id`, `functions/api/reports.js`, `getMonthlySummary`; the first that tells counts. */
export function classOf(names: readonly string[]): CacheClass | undefined {
  const words = names.flatMap(wordsOf);
  return WORDS.find(([, pattern]) => words.some((word) => pattern.test(word)))?.[0];
}

/** Small lists that everyone chooses from, by the kinds of the tables read. */
export function isListOfChoices(kinds: readonly TableKind[]): boolean {
  return kinds.length > 0 && kinds.every(({ kind }) => kind === "lookup" || kind === "listed");
}

/** Seconds, where no route's name tells how long. */
export const TTL_WITHOUT_CLASS = 300;

export function ttlOf(kind: CacheClass, ttl: Readonly<Record<string, number>>): number {
  return ttl[kind] ?? DEFAULT_TTL[kind];
}

function wordsOf(name: string): readonly string[] {
  const words = name.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z]+/).filter((word) => word !== "");
  // `cash-flow`, `time-series`
  return [...words, ...words.slice(1).map((word, at) => `${words[at]}${word}`)];
}
