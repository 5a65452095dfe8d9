// What the chapters of the health report are made of, worked out once: reviews, indexes, migrations, and recorded traffic
// matched to the code.

import type { FileResult } from "../analysis/analysis";
import type { IndexSet } from "../analysis/index-sets";
import type { MatchedTraffic } from "../analysis/recorded-statements";
import type { Settings } from "../analysis/settings";
import type { Snapshot } from "../analysis/snapshot";
import type { Finding } from "../rules/finding";
import { queryKey } from "../telemetry/query-key";
import type { QueryFigures, RecordedTraffic } from "../telemetry/recorded-traffic";
import type { HealthPlace, HealthSource } from "./health";
import type { CompareReport, StatusReport, ValidateReport } from "./migration-reports";
import type { IndexesReport, PlaceReport } from "./report";
import { LineIndexes } from "./review-report";

/** What recommendations are made of. */
export interface RecommendationInput {
  readonly snapshot: Snapshot;
  readonly results: readonly FileResult[];
  readonly sets: readonly IndexSet[];
  readonly indexes: IndexesReport;
  readonly sources: readonly HealthSource[];
  readonly matched: MatchedTraffic;
}

export interface HealthInput extends RecommendationInput {
  readonly status: StatusReport;
  readonly compared: CompareReport;
  readonly validated: ValidateReport;
  /** Migrations that are still to be judged. */
  readonly unproved: number;
}

/** D1's prices in dollars for a million rows (cloudflare-docs, `partials/workers/d1-pricing.mdx`). */
export const prices = { read: 0.001, written: 1 } as const;

const MONTH_MS = 30 * 24 * 3_600_000;
/** A shorter record says nothing of a month. */
const SHORTEST_MS = 3_600_000;

export class HealthFacts<Input extends RecommendationInput = HealthInput> {
  readonly input: Input;
  readonly lines: LineIndexes;
  readonly findings: readonly Finding[];

  constructor(input: Input) {
    this.input = input;
    this.lines = new LineIndexes(input.snapshot);
    this.findings = input.results.flatMap(({ findings }) => findings);
  }

  get settings(): Settings {
    return this.input.snapshot.settings;
  }

  /** Undefined where nothing was recorded. */
  get traffic(): RecordedTraffic | undefined {
    const { traffic } = this.input.snapshot;
    return traffic === undefined || (traffic.calls === 0 && traffic.caches.length === 0) ? undefined : traffic;
  }

  /** Times that `wrangler dev` records are whole milliseconds of this machine. */
  get isOfThisMachine(): boolean {
    const { sources } = this.input;
    return sources.length > 0 && sources.every(({ form }) => form === "traces");
  }

  /** How many times a month has such a record; undefined where its period is not known. */
  get timesAMonth(): number | undefined {
    const { traffic } = this;
    if (traffic?.from === undefined || traffic.to === undefined || traffic.to - traffic.from < SHORTEST_MS) return undefined;
    return MONTH_MS / (traffic.to - traffic.from);
  }

  recorded(sql: string): QueryFigures | undefined {
    return this.traffic?.byKey.get(queryKey(sql));
  }

  of(...rules: readonly string[]): readonly Finding[] {
    return this.findings.filter(({ rule }) => rules.includes(rule));
  }

  place({ file, span }: Pick<Finding, "file" | "span">): PlaceReport {
    return { file, line: this.lines.of(file).place(span.start).line };
  }

  /** The calls that send a recorded query. */
  placesOf({ key }: QueryFigures): readonly HealthPlace[] {
    const places = (this.input.matched.statements.get(key) ?? []).map(({ review, site }) => {
      const { path: file } = review.file;
      const { line, column } = this.lines.of(file).place(site.site.name.start);
      return { file, line, column };
    });
    return [...new Map(places.map((place) => [`${place.file}:${place.line}`, place])).values()];
  }

  /** Dollars a month for rows of the recorded traffic. */
  monthly(rowsRead: number, rowsWritten = 0): number | null {
    const { timesAMonth } = this;
    return timesAMonth === undefined ? null : dollars(rowsRead, rowsWritten) * timesAMonth;
  }
}

export function dollars(rowsRead: number, rowsWritten = 0): number {
  return (rowsRead * prices.read + rowsWritten * prices.written) / 1_000_000;
}
