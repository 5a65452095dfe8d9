// The same read in every turn of a loop, which could be made once before it.

import docs from "./loop-invariant-query.md";
import { limitWords, loopData, loopRelated } from "./loop-words";
import { loopRule } from "./rule";

export const loopInvariantQuery = loopRule({
  id: "loop-invariant-query",
  summary: "Same query in every turn of a loop",
  severity: "warning",
  docs,
  *check(subject) {
    if (subject.verdict !== "n+1" || !subject.invariant()) return;
    yield {
      span: subject.call,
      message: "This query reads the same in every turn of the loop",
      why: `Move it before the loop, so that it runs once; ${limitWords}`,
      related: loopRelated(subject),
      data: loopData(subject),
      fixes: () => subject.hoisting(),
    };
  },
});
