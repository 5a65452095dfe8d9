// Independent queries that are waited for one after the other, where one batch would carry them.

import docs from "./sequential-queries.md";
import { pathRule } from "./rule";

export const sequentialQueries = pathRule({
  id: "sequential-queries",
  summary: "Independent queries one after the other",
  severity: "hint",
  docs,
  *check(subject) {
    if (subject.what !== "sequence") return;
    const [first, ...others] = subject.calls;
    if (first === undefined) return;
    const withheld = subject.withheld();
    yield {
      span: first,
      message: `${subject.calls.length} queries are waited for one after the other, though none needs what one before it gives`,
      why: `Send them in one \`${subject.receiver}.batch([...])\`: one round trip instead of ${subject.calls.length}${withheld === undefined ? "" : `; no rewrite is offered, since ${withheld}`}`,
      related: others.map((span, at) => ({ file: subject.file, span, message: `Waits for the ${at === 0 ? "first" : "ones before"}: ${subject.statements[at + 1]}` })),
      data: { queries: subject.calls.length },
      fixes: () => subject.rewrites(),
    };
  },
});
