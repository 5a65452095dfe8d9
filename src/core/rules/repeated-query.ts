// The same query with the same values, sent a second time on one path.

import docs from "./repeated-query.md";
import { pathRule } from "./rule";

export const repeatedQuery = pathRule({
  id: "repeated-query",
  summary: "Same query twice on one path",
  severity: "hint",
  docs,
  *check(subject) {
    const [first, again] = subject.calls;
    if (subject.what !== "repeat" || first === undefined || again === undefined) return;
    yield {
      span: again,
      message: "This query was sent before with the same values, and nothing was written in between",
      why: `Keep what \`${subject.statements[0]}\` gave the first time`,
      related: [{ file: subject.file, span: first, message: "Sent here before" }],
    };
  },
});
