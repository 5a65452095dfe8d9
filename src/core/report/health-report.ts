// The health of a project as plain data: six targets, checks, what was recorded of queries, requests and caches, and
// what to do, by what it saves.

import { hitRate } from "../telemetry/recorded-traffic";
import type { Moment, RecordedTraffic, Times } from "../telemetry/recorded-traffic";
import { queryKey } from "../telemetry/query-key";
import type { HealthEndpoint, HealthMoment, HealthQuery, HealthReport, HealthTraffic } from "./health";
import { healthAlerts } from "./health-alerts";
import { healthChecks } from "./health-checks";
import { dollars, HealthFacts, prices } from "./health-facts";
import type { HealthInput } from "./health-facts";
import { healthRecommendations } from "./health-recommendations";
import { healthTargets } from "./health-targets";

export function healthReport(input: HealthInput): HealthReport {
  const facts = new HealthFacts(input);
  return {
    version: 1,
    traffic: trafficOf(facts),
    targets: healthTargets(facts),
    checks: healthChecks(facts),
    alerts: healthAlerts(facts),
    recommendations: healthRecommendations(facts),
    queries: queriesOf(facts),
    endpoints: (facts.traffic?.endpoints ?? []).map(endpoint),
    caches: (facts.traffic?.caches ?? []).map((cache) => ({ name: cache.name, reads: cache.hits + cache.stale + cache.misses + cache.errors, hitRate: hitRate([cache]) ?? 0, errors: cache.errors, hitMs: cache.hitMs ?? null, missMs: cache.missMs ?? null })),
    indexes: indexesOf(facts),
    proved: { done: input.validated.migrations.length, total: input.validated.migrations.length + input.unproved },
    prices,
  };
}

function trafficOf(facts: HealthFacts): HealthTraffic | null {
  const { traffic } = facts;
  const { sources } = facts.input;
  if (traffic === undefined && sources.length === 0) return null;
  const { from, to, calls = 0, errors = 0, rowsRead = 0, rowsWritten = 0, times, minutes = [], hours = [] }: Partial<RecordedTraffic> = traffic ?? {};
  const { p50, p95, p99 } = quantiles(times);
  return {
    sources,
    from: moment(from),
    to: moment(to),
    calls,
    errors,
    rowsRead,
    rowsWritten,
    p50,
    p95,
    p99,
    dollars: dollars(rowsRead, rowsWritten),
    perMonth: facts.monthly(rowsRead, rowsWritten),
    minutes: minutes.map(chartMoment),
    hours: hours.map(chartMoment),
  };
}

/** Foreign numbers may be no date that there is. */
function moment(time: number | undefined): string | null {
  return time === undefined || Math.abs(time) > 8.64e15 ? null : new Date(time).toISOString();
}

function chartMoment({ time, p95, ...rest }: Moment): HealthMoment {
  return { ...rest, time: moment(time) ?? "", p95: p95 ?? null };
}

function quantiles(times: Times | undefined): { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null } {
  return times === undefined ? { p50: null, p95: null, p99: null } : { p50: times.p50, p95: times.p95, p99: times.p99 };
}

function queriesOf(facts: HealthFacts): readonly HealthQuery[] {
  const { traffic } = facts;
  if (traffic === undefined) return [];
  return traffic.queries.map((query) => {
    const { sql, calls, errors, times, rowsRead, rowsReturned, rowsWritten, repeats, endpoints } = query;
    const each = (sum: number | undefined): number | null => (sum === undefined || calls === 0 ? null : sum / calls);
    return {
      sql,
      places: facts.placesOf(query),
      calls,
      errors,
      ...quantiles(times),
      averaged: times?.from === "averages",
      rowsRead: each(rowsRead),
      rowsReturned: each(rowsReturned),
      rowsWritten: each(rowsWritten),
      share: traffic.rowsRead === 0 ? 0 : (rowsRead ?? 0) / traffic.rowsRead,
      mostInRequest: repeats?.most ?? null,
      endpoints: endpoints.slice(0, MOST_ENDPOINTS).map(({ endpoint: name }) => name),
    };
  });
}

function endpoint({ endpoint: name, requests, queries, mostQueries, errors, rowsRead, times }: RecordedTraffic["endpoints"][number]): HealthEndpoint {
  const { p50, p95 } = quantiles(times);
  return { endpoint: name, requests, queries: queries / requests, mostQueries, errors, rowsRead: rowsRead / requests, p50, p95 };
}

/** Requests of a query that are named. */
const MOST_ENDPOINTS = 20;
/** Queries of an index that are named. */
const MOST_USERS = 50;

function indexesOf(facts: HealthFacts): HealthReport["indexes"] {
  const { indexes, results } = facts.input;
  const users = new Map(indexes.used.map(({ database, index, by }) => [`${database}.${index}`, by]));
  const calls = new Map<string, number>();
  for (const { file, review } of results) {
    for (const { site, statements } of review?.sites ?? []) {
      const { line } = facts.place({ file: file.path, span: site.name });
      const keys = new Set(statements.map(({ fact }) => queryKey(fact.statement.text)));
      const recorded = [...keys].reduce((sum, key) => sum + (facts.traffic?.byKey.get(key)?.calls ?? 0), 0);
      calls.set(`${file.path}:${line}`, (calls.get(`${file.path}:${line}`) ?? 0) + recorded);
    }
  }
  return indexes.tables.flatMap(({ database, name: table, indexes: own }) =>
    own.map(({ name: index, columns, usedBy }) => {
      const by = users.get(`${database}.${index}`) ?? [];
      return { database, index, table, columns, usedBy, by: by.slice(0, MOST_USERS), calls: facts.traffic === undefined ? null : by.reduce((sum, { file, line }) => sum + (calls.get(`${file}:${line}`) ?? 0), 0) };
    }),
  );
}
