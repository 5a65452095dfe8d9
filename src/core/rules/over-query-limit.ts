// A loop whose turns send several queries each reaches D1's queries a request with few elements. One finding a loop: it
// counts together what the other loop rules say of each call.

import docs from "./over-query-limit.md";
import { loadRule } from "./rule";

/** Queries a request: https://developers.cloudflare.com/d1/platform/limits/ */
const free = 50;
const paid = 1000;
/** Fewer in a turn are for the rule about the one query to say. */
const fewest = 3;

export const overQueryLimit = loadRule({
  id: "over-query-limit",
  summary: "Loop that can pass the queries of a request",
  severity: "warning",
  docs,
  *check({ loop, calls, queries, inner, file }) {
    if (queries < fewest && inner.length === 0) return;
    yield {
      span: loop.keyword,
      message: inner.length > 0 ? "Each turn of this loop sends queries, and so does each turn of the loop in it: their number multiplies" : `Each turn of this loop can send ${queries} queries, and nothing bounds the list`,
      why: `${inner.length > 0 ? allowed : enough(queries)}; read before the loop with one query for all elements, collect the writes for \`batch()\`, or hold the list to a number`,
      related: [...calls.map(({ span, callee, queries: sent }) => ({ file, span, message: `\`${callee}\`${sent > 1 ? ": reads and writes" : ""}` })), ...inner.map((span) => ({ file, span, message: "The loop in it" }))],
      data: { queries, loop: { line: loop.line }, nested: inner.length > 0, limits: { free, paid } },
    };
  },
});

const allowed = `D1 allows ${free} queries a request on the free plan and ${paid.toLocaleString("en")} on the paid one`;

function enough(queries: number): string {
  return `${Math.ceil(free / queries)} elements are enough for the ${free} that D1 allows a request on the free plan, ${Math.ceil(paid / queries)} for the ${paid.toLocaleString("en")} of the paid one`;
}
