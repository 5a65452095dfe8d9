// A query that reads many rows for each one that it gives, as recorded traffic tells.

import docs from "./hungry-query.md";
import { count } from "./index-advice";
import { trafficRule } from "./rule";
import { hunger, times } from "./traffic-limits";

export const hungryQuery = trafficRule({
  id: "hungry-query",
  summary: "Query that reads far more than it gives",
  severity: "warning",
  docs,
  *check(subject) {
    if (subject.what !== "query") return;
    const { figures, span, aggregates } = subject;
    const { calls, rowsRead = 0, rowsReturned = 0 } = figures;
    const ratio = hunger(figures);
    if (ratio === undefined) return;
    const [index] = subject.advice();
    const cure = aggregates ? "a total that is kept, in a row of its own or in a cache, needs none of them" : index === undefined ? "a narrower condition, or an index on what it asks for, would find them at once" : `an index on \`${index.use.table.name}\` would find them at once: see the finding about it, or \`plumbline indexes\``;
    yield {
      span,
      message: `Reads ${count(ratio)} rows for each that it gives: ${count(rowsRead / calls)} rows a call, in ${times(calls)} recorded calls`,
      why: `D1 bills the rows that are read, ${count(rowsRead)} of them here; ${cure}`,
      data: { calls, rowsRead: rowsRead / calls, rowsReturned: rowsReturned / calls, ratio },
      // It has to read what it sums up.
      ...(aggregates ? { severity: "hint" as const } : {}),
    };
  },
});
