// A write per element of a list, where one batch could carry them all.

import { loopFinding } from "./loop-words";
import { loopRule } from "./rule";
import docs from "./write-in-loop.md";

export const writeInLoop = loopRule({
  id: "write-in-loop",
  summary: "Write in a loop",
  severity: "warning",
  docs,
  *check(subject) {
    if (subject.verdict !== "write-loop" && subject.verdict !== "mixed-loop") return;
    yield loopFinding(subject, "This statement is sent once for each turn of the loop", "Collect the statements and send them with one `db.batch([...])`");
  },
});
