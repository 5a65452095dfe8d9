// What to do, by what it saves: rows, time and money of the recorded traffic; where nothing was recorded, rows of one turn
// of all the code, derived from plans and table sizes.

import { hitRate } from "../telemetry/recorded-traffic";
import type { ChosenIndex } from "../planner/index-selection";
import { indexChanges } from "../analysis/index-migration";
import { migrationChange } from "../analysis/migration-change";
import { createIndex, quoteName } from "../planner/proposed-index";
import { statementKey } from "../sql/statement";
import type { IndexSet } from "../analysis/index-sets";
import type { HealthMigration, HealthRecommendation, Saving } from "./health";
import { dollars } from "./health-facts";
import type { HealthFacts, RecommendationInput } from "./health-facts";
import { oneLine, percent, plural, rows, rowsOf, time, whole } from "./health-words";
import type { PlaceReport } from "./report";

type Facts = HealthFacts<RecommendationInput>;

/** What saves most first. */
export function healthRecommendations(facts: Facts): readonly HealthRecommendation[] {
  const all = [...facts.input.sets.flatMap((set) => set.selection.chosen.map((chosen) => index(facts, set, chosen))), ...repeats(facts), ...cachings(facts), ...cacheKeys(facts), ...drops(facts)];
  const value = ({ rows: read, ms }: Saving): number => dollars(read) * 1e6 + ms / 1e6;
  return all.sort((a, b) => (a.basis === b.basis ? value(b.saves) - value(a.saves) : a.basis === "recorded" ? -1 : 1));
}

function index(facts: Facts, set: IndexSet, chosen: ChosenIndex): HealthRecommendation {
  const { workload } = set;
  const { index: proposed, name, serves, rowsBefore, rowsAfter } = chosen;
  const gains = serves.flatMap(({ query, after }) => {
    const figures = facts.recorded(query.statement.text);
    const left = Math.min(1, after.rowsRead / Math.max(1, query.before.rowsRead));
    return figures === undefined ? [] : [{ rows: (figures.rowsRead ?? 0) * (1 - left), ms: (figures.times?.mean ?? 0) * figures.calls * (1 - left) }];
  });
  const sum = (of: "rows" | "ms"): number => gains.reduce((total, gain) => total + gain[of], 0);
  const recorded = gains.length > 0;
  const saved = recorded ? sum("rows") : Math.max(0, rowsBefore - rowsAfter);
  const place = workload.places.get(serves[0] === undefined ? "" : statementKey(serves[0].query.statement))?.[0];
  return {
    kind: "index",
    title: `Create \`${createIndex(proposed, name)}\``,
    how: `it serves ${plural(serves.length, "query", "queries")}: ${rowsOf(rowsBefore)} read come down to ${rows(rowsAfter)}; \`plumbline indexes --write\` makes the migration`,
    ...place,
    ...asMigration(indexChanges([{ ...set, selection: { ...set.selection, chosen: [chosen] } }])[0], name.replace(/^idx_/, "index_")),
    saves: { rows: saved, ms: sum("ms"), perMonth: recorded ? facts.monthly(saved) : null },
    basis: recorded ? "recorded" : "derived",
  };
}

function asMigration(change: ReturnType<typeof migrationChange>, name: string): { readonly migration?: HealthMigration } {
  return change === undefined ? {} : { migration: { database: change.database, folder: change.folder, name, sql: change.sql, rollback: change.rollback ?? "" } };
}

/** A query for each element becomes one: a round trip for each of the others is saved. */
function repeats(facts: Facts): readonly HealthRecommendation[] {
  const known = new Set(facts.of("runtime-n-plus-one").map((finding) => placeName(facts.place(finding))));
  return (facts.traffic?.queries ?? []).flatMap((query): HealthRecommendation[] => {
    const place = facts.placesOf(query).find((one) => known.has(placeName(one)));
    if (query.repeats === undefined || query.repeats.repeating === 0 || place === undefined) return [];
    const { most, endpoint, repeated, repeating } = query.repeats;
    const saved = repeated - repeating;
    return [
      {
        kind: "n-plus-one",
        title: `Send \`${oneLine(query.sql, 80)}\` once for all elements`,
        how: `one request${endpoint === undefined ? "" : ` of \`${endpoint}\``} sent it ${whole(most)} times; with one query, or a batch, ${whole(saved)} round trips of the recorded traffic go away`,
        ...place,
        rules: ["query-in-loop", "write-in-loop", "runtime-n-plus-one"],
        saves: { rows: 0, ms: saved * (query.times?.mean ?? 0), perMonth: null },
        basis: "recorded",
      },
    ];
  });
}

function placeName({ file, line }: PlaceReport): string {
  return `${file}:${line}`;
}

/** A read of KV costs as much as 500 rows read (cloudflare-docs, `partials/workers/kv_pricing.mdx`). */
const LEAST_CACHED_ROWS = 1_000;
const LEAST_CACHED_CALLS = 100;
/** What most of the reads would find in a cache. */
const ASSUMED_HITS = 0.8;
const MOST_CACHINGS = 5;
/** What an index leaves of the rows. */
const SERVED = 0.2;

/** Reads that stay dear with the recommended indexes and are asked often. */
export function cachings(facts: Facts): readonly HealthRecommendation[] {
  const left = new Map(facts.input.sets.flatMap(({ selection }) => selection.plans).map(({ query, after }) => [facts.recorded(query.statement.text)?.key, after.rowsRead / Math.max(1, query.before.rowsRead)]));
  return (facts.traffic?.queries ?? [])
    .filter(({ key, rowsRead, calls }) => /^(?:select|with)\b/.test(key) && rowsRead !== undefined && calls >= LEAST_CACHED_CALLS && rowsRead / calls >= LEAST_CACHED_ROWS && (left.get(key) ?? 1) > SERVED)
    .slice(0, MOST_CACHINGS)
    .map((query) => {
      const read = (query.rowsRead ?? 0) * Math.min(1, left.get(query.key) ?? 1) * ASSUMED_HITS;
      return {
        kind: "cache",
        title: `Cache \`${oneLine(query.sql, 80)}\``,
        how: `${whole(query.calls)} calls read ${rows((query.rowsRead ?? 0) / query.calls)} rows each; if ${percent(ASSUMED_HITS)} of them find it in a cache, that much goes away`,
        ...facts.placesOf(query)[0],
        rules: ["cacheable-read"],
        saves: { rows: read, ms: (query.times?.mean ?? 0) * query.calls * ASSUMED_HITS, perMonth: facts.monthly(read) },
        basis: "recorded",
      } satisfies HealthRecommendation;
    });
}

function cacheKeys(facts: Facts): readonly HealthRecommendation[] {
  return facts.of("cache-miss-rate").flatMap((finding): HealthRecommendation[] => {
    const cache = facts.traffic?.caches.find(({ name }) => name === finding.data["name"]);
    if (cache === undefined) return [];
    const wasted = Math.max(0, cache.misses - 0.25 * (cache.hits + cache.stale)) * Math.max(0, (cache.missMs ?? 0) - (cache.hitMs ?? 0));
    return [{ kind: "cache-key", title: `Raise the hit rate of \`${cache.name}\` from ${percent(hitRate([cache]) ?? 0)}`, how: `a miss takes ${time(cache.missMs ?? null)}, a hit ${time(cache.hitMs ?? null)}: a longer \`ttl\`, fewer \`params\`, \`staleFor\`, or purges by \`scope\``, ...facts.place(finding), saves: { rows: 0, ms: wasted, perMonth: null }, basis: "recorded" }];
  });
}

/** An entry in an index is a written row, for every row that is inserted. */
function drops({ input: { indexes, sets } }: Facts): readonly HealthRecommendation[] {
  return [...indexes.redundant, ...indexes.unused].map(({ database, index: name, because }) => ({
    kind: "drop-index",
    title: `Drop \`${name}\``,
    ...dropping(sets, database, name),
    how: `${because}; each insert writes a row less, at the price of 1,000 rows read`,
    saves: { rows: 0, ms: 0, perMonth: null },
    basis: "derived",
  }));
}

/** One that a constraint makes cannot be dropped. */
function dropping(sets: readonly IndexSet[], binding: string, name: string): ReturnType<typeof asMigration> {
  const set = sets.find(({ database }) => database.model.source.binding === binding);
  const sql = set?.database.schema.indexes.find((one) => one.name === name)?.sql;
  if (set === undefined || sql === undefined) return {};
  const title = `drop_${name}`;
  return asMigration(migrationChange(set.database.model.source, { name: title, sql: `DROP INDEX ${quoteName(name)};\n`, rollback: `${sql};\n` }), title);
}
