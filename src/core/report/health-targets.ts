// The six targets: where the project stands, how that is known, and what brings it nearer.

import { hitRate } from "../telemetry/recorded-traffic";
import type { HealthTarget } from "./health";
import type { HealthFacts } from "./health-facts";
import { cachings } from "./health-recommendations";
import type { PlaceReport } from "./report";
import { oneLine, percent, plural, rows, time } from "./health-words";
import { fewestCalls, repetition, wantedHitRate } from "../rules/traffic-limits";

const HOW_TO_RECORD = "give `--from trace` after some requests to `wrangler dev`, or `--from FILE` with what `wrangler tail --format json`, Workers Logs or `wrangler d1 insights --json` give";

export function healthTargets(facts: HealthFacts): readonly HealthTarget[] {
  return [cheaper(facts), fast(facts), cached(facts), load(facts), nPlusOne(facts), migrations(facts)];
}

function begin(place: PlaceReport | undefined): { readonly place?: PlaceReport } {
  return place === undefined ? {} : { place: { file: place.file, line: place.line } };
}

type Known = Omit<HealthTarget, "id" | "title" | "goal">;

function unknown(measured: string, next: string): Known {
  return { value: null, shown: "not known", state: "unknown", measured, next };
}

function cheaper({ input: { indexes }, traffic }: HealthFacts): HealthTarget {
  const about = { id: "cheaper", title: "Cost of queries", goal: "queries at least 50% cheaper" } as const;
  const { queries, costBefore, costAfter } = indexes.workload;
  const weighed = traffic === undefined ? "each query weighted by the loops around it" : "weighted by recorded calls";
  const measured = `SQLite's cost of all queries of the code with the indexes that there are and with those that are recommended, ${weighed}`;
  if (queries === 0 || costBefore <= 0) return { ...about, ...unknown(measured, "no query of the code could be planned: `plumbline queries` says why") };
  const saved = Math.max(0, 1 - costAfter / costBefore);
  const count = indexes.recommended.length;
  if (count === 0) return { ...about, value: 0, shown: "no index is missing", state: "met", measured, next: "nothing: keep it so with `plumbline review` in CI" };
  return { ...about, value: saved, shown: `${percent(saved)} cheaper with ${plural(count, "more index", "more indexes")}`, state: "missed", measured, next: "`plumbline indexes --write` makes the migration and its rollback" };
}

function fast(facts: HealthFacts): HealthTarget {
  const { traffic } = facts;
  const { slowMs } = facts.settings;
  const about = { id: "fast", title: "Slow queries", goal: `no query over ${time(slowMs)}` } as const;
  const measured = `the time that 95 of 100 recorded calls of the slowest query stay below, of queries with ${fewestCalls} calls or more`;
  const timed = (traffic?.queries ?? []).flatMap((query) => (query.times !== undefined && query.calls >= fewestCalls ? [{ query, p95: query.times.p95 }] : []));
  if (timed.length === 0) return { ...about, ...unknown(measured, `${HOW_TO_RECORD}; \`plumbline profile\` measures all queries on made-up rows`) };
  const slowest = timed.reduce((worst, one) => (one.p95 > worst.p95 ? one : worst));
  const over = timed.filter(({ p95 }) => p95 > slowMs).length;
  const shown = over === 0 ? `the slowest takes ${time(slowest.p95)}` : `${plural(over, "query", "queries")} over it, the slowest ${time(slowest.p95)}`;
  // A small database on this machine proves nothing for a large one elsewhere.
  if (over === 0 && facts.isOfThisMachine) return { ...about, value: slowest.p95, shown: `${shown} on this machine`, state: "unknown", measured: `${measured}; \`wrangler dev\` records whole milliseconds`, next: "give `--from FILE` with what production recorded" };
  const next = over === 0 ? "nothing" : `begin with ${placed(facts, slowest.query)}`;
  return { ...about, value: slowest.p95, shown, state: over === 0 ? "met" : "missed", measured, next, ...(over === 0 ? {} : begin(facts.placesOf(slowest.query)[0])) };
}

function placed(facts: HealthFacts, query: Parameters<HealthFacts["placesOf"]>[0]): string {
  const [place] = facts.placesOf(query);
  return place === undefined ? `\`${oneLine(query.sql, 60)}\`, which is not in the code` : `${place.file}:${place.line}`;
}

function cached({ traffic, settings }: HealthFacts): HealthTarget {
  const wanted = settings.alerts.hitRate ?? wantedHitRate;
  const about = { id: "cached", title: "Cache hit rate", goal: `over ${percent(wanted)}` } as const;
  const measured = "the share of recorded reads through the cache helper that the cache answered, old values included";
  const rate = traffic === undefined ? undefined : hitRate(traffic.caches);
  if (traffic === undefined || rate === undefined) return { ...about, ...unknown(measured, `${HOW_TO_RECORD}, of a Worker whose reads go through the cache helper`) };
  const worst = traffic.caches.map((cache) => ({ cache, rate: hitRate([cache]) ?? 1 })).sort((a, b) => a.rate - b.rate)[0]!;
  return { ...about, value: rate, shown: percent(rate), state: rate >= wanted ? "met" : "missed", measured, next: rate >= wanted ? "nothing" : `begin with \`${worst.cache.name}\`, of which it answers ${percent(worst.rate)}` };
}

/** Rows read: of each recorded query what its plans say that is left, of all others nothing changes. */
function load(facts: HealthFacts): HealthTarget {
  const { input, traffic } = facts;
  const about = { id: "load", title: "Load of the database", goal: "rows read down by 80%" } as const;
  const { rowsBefore, rowsAfter } = input.indexes.workload;
  if (traffic === undefined || traffic.rowsRead === 0) {
    const measured = "rows read by all queries of the code, derived from plans and table sizes, now and with the recommended indexes";
    if (rowsBefore <= 0) return { ...about, ...unknown(measured, HOW_TO_RECORD) };
    return { ...about, ...loadOf(rowsBefore, rowsAfter), measured, next: rowsAfter < rowsBefore ? `\`plumbline indexes --write\`; to see what is really read, ${HOW_TO_RECORD}` : HOW_TO_RECORD };
  }
  const saved = input.sets.flatMap(({ selection }) => selection.plans).reduce((sum, { query, after }) => {
    const figures = facts.recorded(query.statement.text);
    return sum + (figures?.rowsRead ?? 0) * (1 - Math.min(1, after.rowsRead / Math.max(1, query.before.rowsRead)));
  }, 0);
  const left = Math.max(0, traffic.rowsRead - saved);
  const [dearest] = traffic.queries;
  const measured = "recorded rows read, now and with the recommended indexes, by the plans of each recorded query";
  const next = saved > 0.01 * traffic.rowsRead ? "`plumbline indexes --write`, then what the recommendations below name" : dearest === undefined ? "nothing" : `cache or narrow ${placed(facts, dearest)}, which reads ${percent((dearest.rowsRead ?? 0) / traffic.rowsRead)} of all rows`;
  const known = loadOf(traffic.rowsRead, left);
  // What no index helps may yet be asked less often.
  return { ...about, ...known, ...(dearest === undefined ? {} : begin(facts.placesOf(dearest)[0])), state: cachings(facts).length > 0 ? "missed" : known.state, measured, next };
}

const WANTED_LOAD = 0.8;
/** Less is left as it is. */
const NOTHING = 0.05;

function loadOf(before: number, after: number): Pick<Known, "value" | "shown" | "state"> {
  const saved = Math.max(0, 1 - after / before);
  if (saved < NOTHING) return { value: saved, shown: `${rows(before)} rows; no index would lower it`, state: "met" };
  return { value: saved, shown: `${rows(before)} rows; ${percent(saved)} less with the recommended indexes${saved >= WANTED_LOAD ? "" : ", the rest by caching"}`, state: "missed" };
}

function nPlusOne(facts: HealthFacts): HealthTarget {
  const loops = facts.of("query-in-loop", "write-in-loop").filter(({ severity }) => severity !== "hint");
  const seen = facts.of("runtime-n-plus-one");
  const places = [...loops, ...seen];
  const [first] = places;
  const elsewhere = facts.input.matched.unmatched.filter((query) => repetition(query) !== undefined);
  const value = new Set(places.map((finding) => `${finding.file}:${facts.place(finding).line}`)).size + elsewhere.length;
  const recorded = facts.traffic === undefined ? "; recorded requests would show those that the code hides" : ", and queries that one recorded request repeats";
  return {
    id: "n-plus-one",
    title: "N+1 queries",
    goal: "none",
    value,
    shown: value === 0 ? "none" : `${plural(value, "place")}${elsewhere.length === 0 ? "" : `, ${elsewhere.length} of them recorded and not in the code`}`,
    state: value === 0 ? "met" : "missed",
    measured: `queries in loops that the review of the code finds${recorded}`,
    next: first === undefined ? (elsewhere[0] === undefined ? "nothing" : `look for what sends \`${oneLine(elsewhere[0].sql, 60)}\``) : `${first.file}:${facts.place(first).line}; \`plumbline fix --review-too\` writes most loops anew`,
    ...(first === undefined ? {} : begin(facts.place(first))),
  };
}

function migrations({ input: { validated, unproved } }: HealthFacts): HealthTarget {
  const about = { id: "migrations", title: "Migrations", goal: "every one safe and reversible" } as const;
  const measured = "each migration judged by its rules, a dry run on made-up rows, and its rollback run up and down";
  const all = validated.migrations;
  if (unproved > 0) return { ...about, value: null, shown: `${all.length} of ${all.length + unproved} tried so far`, state: "unknown", measured, next: "nothing: the rest is being tried" };
  if (all.length === 0) return { ...about, ...unknown(measured, "there is no migration to judge") };
  const isSafe = ({ verdict, rollback }: (typeof all)[number]): boolean => verdict === "safe" && (rollback === "exact" || rollback === "structure");
  const good = all.filter(isSafe).length;
  // What was applied long ago is no longer to be changed.
  const worst = [...all].reverse().find((one) => !isSafe(one));
  return {
    ...about,
    value: good / all.length,
    shown: `${good} of ${all.length}`,
    state: good === all.length ? "met" : "missed",
    measured,
    next: worst === undefined ? "nothing" : `the newest that is not: ${worst.file}${worst.because === undefined ? ` (rollback ${worst.rollback ?? "none"})` : `: ${worst.because}`}`,
    ...(worst === undefined ? {} : begin({ file: worst.file, line: worst.line ?? 1 })),
  };
}
