// One recorded text into the sum, whichever of the known forms it has.

import { readInsights } from "./insights";
import { readEvents } from "./read-events";
import type { SkipReason } from "./read-events";
import type { Traffic } from "./traffic";

export interface Recording {
  /** `insights`: sums by query, without single calls. */
  readonly form: "events" | "insights";
  /** Events, or queries of which there are sums. */
  readonly events: number;
  readonly skipped: ReadonlyMap<SkipReason, number>;
}

export function readRecorded(text: string, traffic: Traffic): Recording {
  if (text.includes('"numberOfTimesRun"')) {
    const insights = readInsights(text);
    if (insights.ok && insights.queries.length > 0) {
      for (const query of insights.queries) traffic.addSummary(query);
      return { form: "insights", events: insights.queries.length, skipped: new Map() };
    }
  }
  return { form: "events", ...readEvents(text, (event) => traffic.add(event)) };
}
