// A read per element of a list, where one query could read them all.

import { loopFinding } from "./loop-words";
import docs from "./query-in-loop.md";
import { loopRule } from "./rule";

export const queryInLoop = loopRule({
  id: "query-in-loop",
  summary: "Query in a loop (N+1)",
  severity: "warning",
  docs,
  *check(subject) {
    if (subject.verdict !== "n+1" || subject.invariant()) return;
    const message = subject.via.length === 0 ? "This query runs once for each turn of the loop" : `\`${subject.callee}\` reads the database, once for each turn of the loop`;
    yield loopFinding(subject, message, "Read all rows with one query, by `IN (SELECT value FROM json_each(?))` or a join");
  },
});
