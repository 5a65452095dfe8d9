// Values that D1 cannot bind. It knows numbers, strings, booleans, null and bytes, and throws at all else.

import type { BoundKind, BoundValue } from "../host/call-site";
import docs from "./bind-type.md";
import { queryRule } from "./rule";
import type { RuleFix } from "./rule";

const refused: Readonly<Partial<Record<BoundKind, string>>> = {
  undefined: "`undefined`",
  date: "A `Date`",
  bigint: "A `bigint`",
  object: "An object",
  array: "An array",
  function: "A function",
};

export const bindType = queryRule({
  id: "bind-type",
  summary: "Value that D1 cannot bind",
  severity: "error",
  docs,
  *check({ binds, d1, method, sql }) {
    if (!d1 || method === "exec") return;
    for (const bound of binds ?? []) {
      const what = refused[bound.kind];
      if (what === undefined) continue;
      yield {
        span: { start: 0, end: sql.length },
        host: bound.span,
        message: `${what} is bound, which D1 refuses`,
        why: `The call throws D1_TYPE_ERROR: D1 binds numbers, strings, booleans, null, and bytes${bound.kind === "array" ? "; a list is passed as JSON, by `IN (SELECT value FROM json_each(?))`, or spread" : ""}`,
        data: { kind: bound.kind },
        fixes: () => fixes(bound),
      };
    }
  },
});

function fixes({ kind, span }: BoundValue): readonly RuleFix[] {
  const around = (title: string, before: string, after: string): RuleFix => ({
    title,
    safety: "review",
    hostEdits: [
      { span: { start: span.start, end: span.start }, newText: before },
      { span: { start: span.end, end: span.end }, newText: after },
    ],
  });
  switch (kind) {
    case "undefined":
      return [{ title: "Bind null", safety: "review", hostEdits: [{ span, newText: "null" }] }];
    case "date":
      return [around("Bind the date as ISO text", "(", ").toISOString()"), around("Bind the date as milliseconds", "(", ").getTime()")];
    case "bigint":
      return [around("Bind it as a number", "Number(", ")")];
    case "object":
    case "array":
      return [around("Bind it as JSON", "JSON.stringify(", ")")];
    default:
      return [];
  }
}
