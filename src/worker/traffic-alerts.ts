// What recorded traffic passes of the limits that plumbline.json sets, at the lines that send it.

import type { FileResult } from "../core/analysis/analysis";
import { matchTraffic } from "../core/analysis/recorded-statements";
import type { Snapshot } from "../core/analysis/snapshot";
import type { HealthAlert } from "../core/report/health";
import { healthAlerts } from "../core/report/health-alerts";
import { LineIndexes } from "../core/report/review-report";

/** The worst first. */
export function trafficAlerts(snapshot: Snapshot, results: readonly FileResult[]): readonly HealthAlert[] {
  const { traffic, settings } = snapshot;
  if (traffic === undefined || Object.keys(settings.alerts).length === 0) return [];
  const lines = new LineIndexes(snapshot);
  const { statements } = matchTraffic(results.flatMap(({ review }) => review ?? []), traffic);
  const alerts = healthAlerts({
    traffic,
    settings,
    placesOf: ({ key }) => (statements.get(key) ?? []).map(({ review, site }) => ({ file: review.file.path, line: lines.of(review.file.path).place(site.site.name.start).line })),
  });
  return [...alerts].sort((a, b) => excess(b) - excess(a));
}

/** How many times over the limit; a hit rate should be above it. */
function excess({ setting, limit, value }: HealthAlert): number {
  const [more, less] = setting === "hitRate" ? [limit, value] : [value, limit];
  return more / Math.max(less, Number.EPSILON);
}
