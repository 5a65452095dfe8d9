// A query that takes long in use, as recorded traffic tells.

import { count } from "./index-advice";
import { trafficRule } from "./rule";
import docs from "./slow-query.md";
import { slowTimes, time, times } from "./traffic-limits";

export const slowQuery = trafficRule({
  id: "slow-query",
  summary: "Query that is slow in use",
  severity: "warning",
  docs,
  *check(subject) {
    if (subject.what !== "query") return;
    const { figures, span, limits } = subject;
    const { calls, rowsRead } = figures;
    const took = slowTimes(figures, limits.slowMs);
    if (took === undefined) return;
    const rows = rowsRead === undefined ? "" : `; a call reads ${count(rowsRead / calls)} rows`;
    const [index] = subject.advice();
    yield {
      span,
      message: took.from === "averages" ? `Takes ${time(took.mean)} on the average of ${times(calls)} recorded calls: over ${time(limits.slowMs)}` : `One of 20 recorded calls takes ${time(took.p95)} or more, half of them ${time(took.p50)}: over ${time(limits.slowMs)}`,
      why: `${times(calls)} calls were recorded${rows}; D1 works on one query of a database at a time, so that others wait for it${index === undefined ? "" : `; an index on \`${index.use.table.name}\` would serve it: see the finding about it, or \`plumbline indexes\``}`,
      data: { calls, p50: took.p50, p95: took.p95, p99: took.p99, rowsRead: rowsRead === undefined ? null : rowsRead / calls },
    };
  },
});
