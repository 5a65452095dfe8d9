// A query that one request sends again and again, as recorded traffic tells: also where the code does not show the loop.

import { fewestRepeats } from "../telemetry/recorded-traffic";
import { trafficRule } from "./rule";
import docs from "./runtime-n-plus-one.md";
import { repetition, times } from "./traffic-limits";

/** Loops that have to send several queries. */
const MEANT: ReadonlySet<string> = new Set(["chunked", "sequential", "tooling", "not-db"]);

export const runtimeNPlusOne = trafficRule({
  id: "runtime-n-plus-one",
  summary: "Query that a request repeats (N+1 in use)",
  severity: "warning",
  docs,
  *check(subject) {
    if (subject.what !== "query" || subject.loops.some((verdict) => MEANT.has(verdict))) return;
    const { figures, span } = subject;
    const repeats = repetition(figures);
    if (repeats === undefined) return;
    const where = repeats.endpoint === undefined ? "one request" : `one request of \`${repeats.endpoint}\``;
    yield {
      span,
      message: `Ran ${times(repeats.most)} times in ${where}; ${times(repeats.repeating)} of ${times(repeats.requests)} recorded requests send it ${fewestRepeats} times or more`,
      why: `Each is a round trip to the database, and a request may send 50 queries on D1's free plan and 1,000 on the paid one; read all rows with one query, by \`IN (SELECT value FROM json_each(?))\` or a join, or send them as a batch`,
      data: { most: repeats.most, repeating: repeats.repeating, requests: repeats.requests, endpoint: repeats.endpoint ?? null },
    };
  },
});
