// What to do next, what saves most first, each with what it saves in words and the place to begin at. Where no traffic was
// recorded, loops and reads worth caching are told from the code.

import type { CacheMap, CacheRead } from "../caching/cache-map";
import { worthCaching } from "../caching/worth";
import type { HealthRecommendation } from "./health";
import { HealthFacts } from "./health-facts";
import type { RecommendationInput } from "./health-facts";
import { healthRecommendations } from "./health-recommendations";
import { oneLine, rowsOf, time } from "./health-words";
import type { ListedRecommendation, RecommendationList } from "./view-shapes";

const loopRules = ["query-in-loop", "write-in-loop", "loop-invariant-query", "repeated-query"];

export function recommendationList(input: RecommendationInput, caches: CacheMap): RecommendationList {
  const facts = new HealthFacts(input);
  const known = healthRecommendations(facts).map((one) => withPlace(one, facts));
  const derived = facts.traffic === undefined ? [...readsOf(caches, facts), ...loopsOf(facts)] : loopsOf(facts);
  const all = [...known, ...derived.filter((one) => !known.some((other) => other.kind === one.kind && other.file === one.file && other.line === one.line))];
  return { version: 1, recommendations: all.map((one) => ({ ...one, saved: savedWords(one) })).sort(byGain) };
}

type Facts = HealthFacts<RecommendationInput>;

/** An index that goes away is found where it was made. */
function withPlace(recommendation: HealthRecommendation, facts: Facts): HealthRecommendation {
  if (recommendation.kind !== "drop-index" || recommendation.file !== undefined) return recommendation;
  const finding = facts.of("unused-index", "redundant-index", "duplicate-of-key").find(({ data }) => recommendation.title === `Drop \`${String(data["index"])}\``);
  return finding === undefined ? recommendation : { ...recommendation, ...facts.place(finding) };
}

function readsOf({ reads }: CacheMap, facts: Facts): readonly HealthRecommendation[] {
  return reads.flatMap((read): readonly HealthRecommendation[] => {
    if (worthCaching(read) === undefined) return [];
    return [
      {
        kind: "cache",
        title: `Cache \`${oneLine(read.statement.text, 80)}\``,
        how: `a call reads ${rowsOf(read.rows)}; four of five would find the result in a cache`,
        ...facts.place({ file: read.file, span: read.name }),
        saves: { rows: savedRows(read), ms: 0, perMonth: null },
        basis: "derived",
      },
    ];
  });
}

function savedRows({ rows, saving = 0 }: CacheRead): number {
  return Math.round(rows * saving);
}

function loopsOf(facts: Facts): readonly HealthRecommendation[] {
  return facts
    .of(...loopRules)
    .filter(({ severity }) => severity === "error" || severity === "warning")
    .map((finding) => ({ kind: "n-plus-one", title: finding.message, how: finding.why ?? "one query for all elements, or a batch, takes one round trip", ...facts.place(finding), saves: { rows: 0, ms: 0, perMonth: null }, basis: "derived" }));
}

/** Recorded before derived, then by what is saved; loops, which save round trips, before what saves writes alone. */
function byGain(a: ListedRecommendation, b: ListedRecommendation): number {
  const rank = ({ kind }: ListedRecommendation): number => (kind === "drop-index" ? 2 : kind === "n-plus-one" ? 1 : 0);
  if (a.basis !== b.basis) return a.basis === "recorded" ? -1 : 1;
  return a.basis === "recorded" ? 0 : rank(a) - rank(b) || b.saves.rows - a.saves.rows;
}

function savedWords({ kind, saves: { rows, ms, perMonth } }: HealthRecommendation): string {
  if (kind === "drop-index") return "a written row for each insert";
  const parts = [perMonth !== null && perMonth >= 0.01 ? `$${perMonth.toFixed(2)} a month` : "", rows >= 1 ? `${rowsOf(rows)} read` : "", ms >= 1 ? time(ms) : ""].filter((part) => part !== "");
  return parts.length > 0 ? parts.join(", ") : kind === "n-plus-one" ? "a round trip for each turn" : "";
}
