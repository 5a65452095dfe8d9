// The checks: each in order, or with what is wrong and where. What cannot be known says how it could.

import type { Finding } from "../rules/finding";
import { hunger, poorHitRate, repetition, slowTimes, wantedHitRate } from "../rules/traffic-limits";
import type { QueryFigures, RecordedTraffic } from "../telemetry/recorded-traffic";
import type { CheckId, HealthCheck, HealthFinding } from "./health";
import type { HealthFacts } from "./health-facts";
import { oneLine, percent, plural, rows, rowsOf, time, whole } from "./health-words";
import type { MigrationStatusReport } from "./migration-reports";

const titles: Readonly<Record<CheckId, string>> = {
  "missing-indexes": "Missing indexes",
  "redundant-indexes": "Redundant indexes",
  "unused-indexes": "Unused indexes",
  "foreign-keys": "Foreign keys",
  "slow-queries": "Slow queries",
  "hungry-queries": "Queries that read far more than they give",
  "n-plus-one": "N+1 queries",
  "failing-queries": "Failing queries",
  "cache-misses": "Cache misses",
  "failed-migrations": "Failed migrations",
  "pending-migrations": "Pending migrations",
  "irreversible-migrations": "Migrations that cannot be taken back or lose rows",
  drift: "Drift of the local database",
  limits: "Limits of D1",
};

export function healthChecks(facts: HealthFacts): readonly HealthCheck[] {
  return [...indexChecks(facts), ...queryChecks(facts), ...migrationChecks(facts), limits(facts)];
}

type Worst = "warning" | "error";

function check(id: CheckId, findings: readonly HealthFinding[], fine: string, worst: Worst = "warning"): HealthCheck {
  return { id, title: titles[id], state: findings.length === 0 ? "ok" : worst, summary: findings.length === 0 ? fine : plural(findings.length, "finding"), findings };
}

function unknown(id: CheckId, summary: string): HealthCheck {
  return { id, title: titles[id], state: "unknown", summary, findings: [] };
}

function said(facts: HealthFacts, findings: readonly Finding[]): readonly HealthFinding[] {
  return findings.map((finding) => ({ message: finding.message, ...facts.place(finding), rule: finding.rule }));
}

function worstOf(findings: readonly Finding[]): Worst {
  return findings.some(({ severity }) => severity === "error") ? "error" : "warning";
}

function indexChecks(facts: HealthFacts): readonly HealthCheck[] {
  const { indexes } = facts.input;
  const missing = indexes.recommended.map(({ sql, serves, rowsBefore, rowsAfter }) => ({ message: `\`${sql}\` lets ${plural(serves.length, "query", "queries")} read ${rowsOf(rowsAfter)} instead of ${rows(rowsBefore)}`, ...serves[0] }));
  const audit = ({ index, because }: { readonly index: string; readonly because: string }): HealthFinding => ({ message: `\`${index}\`: ${because}` });
  const keys = facts.of("unindexed-foreign-key", "foreign-key-affinity", "foreign-key-mismatch", "foreign-key-to-nothing");
  return [
    check("missing-indexes", missing, `${plural(indexes.workload.queries, "query", "queries")} planned, no index is missing`),
    check("redundant-indexes", indexes.redundant.map(audit), "none"),
    check("unused-indexes", indexes.unused.map(audit), "every index is used by a query of the code, or by a constraint"),
    check("foreign-keys", said(facts, keys), "each is indexed and has a key to refer to", worstOf(keys)),
  ];
}

function queryChecks(facts: HealthFacts): readonly HealthCheck[] {
  const { traffic, settings } = facts;
  const loops = facts.of("query-in-loop", "write-in-loop", "runtime-n-plus-one").filter(({ severity }) => severity !== "hint");
  const repeated = elsewhere(facts, repetition, ({ most, endpoint }) => `ran ${whole(most)} times in one request${endpoint === undefined ? "" : ` of \`${endpoint}\``}`);
  const inCode = check("n-plus-one", [...said(facts, loops), ...repeated], traffic === undefined ? "none in the code; recorded requests would show those that it hides" : "none in the code or in a recorded request");
  if (traffic === undefined) {
    const why = "nothing was recorded: give --from";
    return [unknown("slow-queries", why), unknown("hungry-queries", why), inCode, failing(facts), unknown("cache-misses", why)];
  }
  const slow = elsewhere(facts, (query) => slowTimes(query, settings.slowMs), ({ p95 }) => `one of 20 calls takes ${time(p95)} or more`);
  const greedy = elsewhere(facts, hunger, (ratio) => `it reads ${rows(ratio)} rows for each that it gives`);
  const hungry = facts.of("hungry-query").filter(({ severity }) => severity !== "hint");
  const known = traffic.queries.some(({ rowsReturned }) => rowsReturned !== undefined);
  return [
    traffic.queries.some(({ times }) => times !== undefined) ? check("slow-queries", [...said(facts, facts.of("slow-query")), ...slow], `none over ${time(settings.slowMs)}`) : unknown("slow-queries", "no times were recorded"),
    known ? check("hungry-queries", [...said(facts, hungry), ...greedy], "none") : unknown("hungry-queries", "what was recorded does not tell how many rows came back: the telemetry helper and `wrangler d1 insights` do"),
    inCode,
    failing(facts),
    traffic.caches.length === 0 ? unknown("cache-misses", "no reads through the cache helper were recorded") : check("cache-misses", cacheMisses(facts, traffic), "every cache answers most of its reads"),
  ];
}

/** Recorded queries that no statement of the code sends, such as those of a query builder. */
function elsewhere<T>({ input }: HealthFacts, judge: (query: QueryFigures) => T | undefined, words: (judged: T) => string): readonly HealthFinding[] {
  return input.matched.unmatched.flatMap((query) => {
    const judged = judge(query);
    return judged === undefined ? [] : [{ message: `\`${oneLine(query.sql, 100)}\`, which is not in the code: ${words(judged)}` }];
  });
}

/** By the rule where the code names the cache. */
function cacheMisses(facts: HealthFacts, { caches }: RecordedTraffic): readonly HealthFinding[] {
  const found = facts.of("cache-miss-rate");
  const named = new Set(found.map(({ data }) => data["name"]));
  const others = caches.flatMap((cache): HealthFinding[] => {
    const poor = named.has(cache.name) ? undefined : poorHitRate(cache, facts.settings.alerts.hitRate ?? wantedHitRate);
    return poor === undefined ? [] : [{ message: `the cache answered ${percent(poor.rate)} of ${whole(poor.reads)} recorded reads of \`${oneLine(cache.name, 60)}\`` }];
  });
  return [...said(facts, found), ...others];
}

/** What SQLite refuses in the code, and what failed in use. */
function failing(facts: HealthFacts): HealthCheck {
  const refused = facts.of("invalid-sql", "unknown-table", "unknown-column", "d1-denied").filter(({ severity }) => severity === "error");
  const failed = (facts.traffic?.queries ?? []).filter(({ errors }) => errors > 0);
  const inUse = failed.map((query): HealthFinding => ({ message: `\`${oneLine(query.sql, 80)}\` failed in ${whole(query.errors)} of ${whole(query.calls)} recorded calls (${query.errorKinds.join(", ")})`, ...facts.placesOf(query)[0] }));
  return check("failing-queries", [...said(facts, refused), ...inUse], facts.traffic === undefined ? "every query of the code compiles" : "every query of the code compiles, and none failed in use", refused.length > 0 ? "error" : "warning");
}

function migrationChecks(facts: HealthFacts): readonly HealthCheck[] {
  const { status, compared, validated, unproved } = facts.input;
  const failed = status.databases.flatMap(({ migrations }) => migrations.filter(({ state }) => state === "failed").map(({ file, line, error }): HealthFinding => ({ message: error ?? "fails", file, ...(line === undefined ? {} : { line }) })));
  const fails = validated.migrations.filter(({ verdict, file }) => verdict === "fails" && !failed.some((one) => one.file === file)).map(({ file, line, because }): HealthFinding => ({ message: because ?? "fails", file, ...(line === undefined ? {} : { line }) }));
  const local = status.databases.filter((database) => database.local !== null);
  const waiting = local.flatMap(({ migrations }) => migrations.filter(({ state }) => state !== "applied" && state !== "failed").map(({ file, state }): HealthFinding => ({ message: stateWords[state], file })));
  const risky = validated.migrations.filter(({ verdict, rollback }) => verdict === "loses-rows" || (verdict !== "fails" && rollback !== "exact" && rollback !== "structure"));
  const drifted = compared.databases.flatMap(({ schema, binding, local: file }) => (file === null ? [] : schema.map(({ change, object, detail }): HealthFinding => ({ message: `\`${binding}\`: ${object} ${change === "added" ? "is in the database alone" : change === "dropped" ? "is missing in the database" : `differs${detail === "" ? "" : `: ${detail}`}`}` }))));
  const why = status.databases.find((database) => database.why !== undefined)?.why ?? "there is no local database";
  return [
    check("failed-migrations", [...failed, ...fails], "every migration runs", "error"),
    local.length === 0 ? unknown("pending-migrations", why) : check("pending-migrations", waiting, "the local database has them all"),
    provedSoFar(
      "irreversible-migrations",
      risky.map(({ file, line, verdict, because, rollback }) => ({ message: verdict === "loses-rows" ? `loses rows${because === undefined ? "" : `: ${because}`}` : `its rollback is ${rollback ?? "missing"}`, file, ...(line === undefined ? {} : { line }) })),
      "none",
      "warning",
      unproved,
    ),
    compared.databases.every((database) => database.local === null) ? unknown("drift", why) : check("drift", drifted, "the local database is what its migrations say"),
  ];
}

/** What is not judged yet may have more to say. */
function provedSoFar(id: CheckId, findings: readonly HealthFinding[], fine: string, worst: Worst, unproved: number): HealthCheck {
  if (unproved === 0) return check(id, findings, fine, worst);
  const left = `${plural(unproved, "migration")} still to be tried`;
  return findings.length === 0 ? unknown(id, left) : { ...check(id, findings, fine, worst), summary: `${plural(findings.length, "finding")}, ${left}` };
}

const stateWords: Readonly<Record<MigrationStatusReport["state"], string>> = {
  applied: "is applied",
  pending: "is not applied",
  failed: "fails",
  edited: "was edited after it was applied",
  missing: "is applied, and its file is gone",
  "out-of-order": "is not applied, and a later one is",
};

/** Queries in one request on D1's free plan (cloudflare-docs, `d1/platform/limits.mdx`). */
const MOST_QUERIES = 50;

function limits(facts: HealthFacts): HealthCheck {
  const found = facts.of("d1-limit", "over-query-limit", "wide-table").filter(({ severity }) => severity !== "hint");
  const busy = (facts.traffic?.endpoints ?? []).filter(({ mostQueries }) => mostQueries > MOST_QUERIES);
  const inUse = busy.map(({ endpoint, mostQueries }): HealthFinding => ({ message: `one request of \`${endpoint}\` sent ${whole(mostQueries)} queries: D1 allows 50 on the free plan, 1,000 on the paid one (${percent(mostQueries / 1_000)} of it)` }));
  return check("limits", [...said(facts, found), ...inUse], "none is near", worstOf(found));
}
