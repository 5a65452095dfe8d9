// What the `alerts` of plumbline.json say of recorded traffic: a message for each figure that passes its limit.

import { hitRate } from "../telemetry/recorded-traffic";
import { fewestCalls } from "../rules/traffic-limits";
import type { HealthAlert } from "./health";
import type { Settings } from "../analysis/settings";
import type { QueryFigures, RecordedTraffic } from "../telemetry/recorded-traffic";
import type { PlaceReport } from "./report";
import { oneLine, percent, rows, time, whole } from "./health-words";

export interface AlertFacts {
  /** Undefined where nothing was recorded. */
  readonly traffic: RecordedTraffic | undefined;
  readonly settings: Pick<Settings, "alerts">;
  /** The calls that send a recorded query. */
  placesOf(query: QueryFigures): readonly PlaceReport[];
}

export function healthAlerts(facts: AlertFacts): readonly HealthAlert[] {
  const { traffic } = facts;
  if (traffic === undefined) return [];
  const { p95Ms, rowsRead, errorRate, hitRate: wanted, queriesPerRequest } = facts.settings.alerts;
  const alerts: HealthAlert[] = [];
  for (const query of traffic.queries) {
    if (query.calls < fewestCalls) continue;
    const subject = oneLine(query.sql, 120);
    const place = facts.placesOf(query)[0];
    const add = (setting: HealthAlert["setting"], limit: number | undefined, value: number | undefined, message: (limit: number) => string): void => {
      if (limit !== undefined && value !== undefined && value > limit) alerts.push({ setting, limit, value, subject, message: message(limit), ...place });
    };
    add("p95Ms", p95Ms, query.times?.p95, (limit) => `one of 20 calls takes ${time(query.times!.p95)} or more; the limit is ${time(limit)}`);
    const read = query.rowsRead === undefined ? undefined : query.rowsRead / query.calls;
    add("rowsRead", rowsRead, read, (limit) => `a call reads ${rows(read!)} rows; the limit is ${rows(limit)}`);
    add("errorRate", errorRate, query.errors / query.calls, (limit) => `${percent(query.errors / query.calls)} of its calls fail; the limit is ${percent(limit)}`);
  }
  for (const { endpoint, requests, queries } of traffic.endpoints) {
    const value = queries / requests;
    if (queriesPerRequest !== undefined && value > queriesPerRequest) alerts.push({ setting: "queriesPerRequest", limit: queriesPerRequest, value, subject: endpoint, message: `a request sends ${rows(value)} queries; the limit is ${whole(queriesPerRequest)}` });
  }
  for (const cache of traffic.caches) {
    const value = hitRate([cache]);
    if (wanted !== undefined && value !== undefined && value < wanted) alerts.push({ setting: "hitRate", limit: wanted, value, subject: cache.name, message: `the cache answers ${percent(value)} of its reads; the limit is ${percent(wanted)}` });
  }
  return alerts;
}
