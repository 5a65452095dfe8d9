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
    // That is as cheap as it gets.
    if (subject.inProcess && subject.transacted && subject.verdict === "write-loop") return;
    const reads = subject.verdict === "mixed-loop" ? "reads and writes" : "writes to";
    const message = subject.via.length === 0 ? "This statement is sent once for each turn of the loop" : `\`${subject.callee}\` ${reads} the database, once for each turn of the loop`;
    yield loopFinding(subject, message, subject.inProcess ? "Run the whole loop in one transaction" : "Collect the statements and send them with one `db.batch([...])`");
  },
});
