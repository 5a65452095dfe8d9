// A value that is put into the text instead of bound: an injection where someone else chooses it, and a new statement to
// compile for every value. Names of tables and columns cannot be bound, so only places of values count.

import type { Interpolation } from "../host/call-site";
import type { Span } from "../text/span";
import docs from "./string-interpolation.md";
import { queryRule } from "./rule";
import type { RuleFinding } from "./rule";

/** By custom numbers, which say nothing when their kind is not evident. */
const numeric = /(?:limit|offset|size|count|page|days?|hours?|minutes?|seconds?|ms|ttl|max|min|num|index|year|month)\d*\s*$/i;

export const stringInterpolation = queryRule({
  id: "string-interpolation",
  summary: "Value put into the text of a statement",
  severity: "warning",
  docs,
  *check(subject) {
    const { statement, holes, sql } = subject;
    // DDL, PRAGMA and the like take no parameters.
    if (!statement.ok || !["select", "insert", "update", "delete"].includes(statement.kind)) return;
    for (const hole of holes) {
      const given = hole.kind !== "list" && hole.span.end > hole.span.start ? subject.interpolation(hole) : undefined;
      // A name or a clause cannot be bound: only that the request chooses it freely is wrong.
      if (hole.kind !== "value" && given?.origin === "request") yield freelyChosen(hole.span, given);
      if (hole.kind !== "value" || given === undefined || given.origin === "number" || given.origin === "constant" || given.origin === "checked") continue;
      const quoted = sql[hole.span.start] !== "?";
      if (given.origin === "sql" && !quoted) continue;
      if (given.origin === "unknown" && numeric.test(given.text)) continue;
      const request = given.origin === "request";
      const name = nameOf(given.text);
      yield {
        span: hole.span,
        host: given.span,
        severity: request ? "error" : "warning",
        message: request ? `${name} comes from the request and is put into the statement's text` : `${name} is put into the statement's text instead of bound`,
        why: request ? "Whoever sends the request can write SQL of their own there" : `${quoted ? "A quote in it ends the string" : "Whatever it holds is read as SQL"}; a bound value is never read as SQL`,
        fixes: () => {
          const hostEdits = subject.bindHole(hole);
          return hostEdits === undefined ? [] : [{ title: "Bind it", safety: "review", hostEdits }];
        },
      };
    }
  },
});

function freelyChosen(span: Span, { text, span: host }: Interpolation): RuleFinding {
  return {
    span,
    host,
    severity: "error",
    message: `${nameOf(text)} comes from the request and stands in the statement's text unchecked`,
    why: "Whoever sends the request can write SQL of their own there; look the name up in a list of those that are allowed",
  };
}

function nameOf(text: string): string {
  return text.length > 40 ? "A value" : `\`${text.replaceAll("`", "'")}\``;
}
