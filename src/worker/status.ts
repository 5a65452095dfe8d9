// How a reviewed folder stands, in numbers.

import type { Analysis, FileResult } from "../core/analysis/analysis";
import type { Snapshot } from "../core/analysis/snapshot";
import type { Status } from "../protocol/worker";
import { trafficAlerts } from "./traffic-alerts";

export function statusOf(analysis: Analysis, snapshot: Snapshot, results: readonly FileResult[]): Status {
  const findings = { error: 0, warning: 0, info: 0, hint: 0 };
  let queries = 0;
  for (const result of results) {
    for (const finding of result.findings) findings[finding.severity]++;
    queries += result.review?.sites.length ?? 0;
  }
  const databases = analysis.databases(snapshot);
  return { databases: databases.length, tables: databases.reduce((sum, { schema }) => sum + schema.tables.length, 0), queries, findings, alerts: trafficAlerts(snapshot, results) };
}
