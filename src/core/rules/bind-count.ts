// As many values must be bound as the statement has parameters: D1 refuses it otherwise, at every call.

import { parameterCount, placeholders } from "../sql/parameters";
import { cover } from "../text/span";
import docs from "./bind-count.md";
import { queryRule } from "./rule";
import type { QuerySubject } from "./rule";

export const bindCount = queryRule({
  id: "bind-count",
  summary: "Values that do not match the parameters",
  severity: "error",
  docs,
  *check(subject) {
    const { binds, bindPlace, method, alone, texts, statement } = subject;
    if (binds === undefined || method === "exec" || !alone || !statement.ok) return;
    // Other libraries take one array or object for all parameters, and D1 says so itself by `bind-type`.
    if (binds.length === 1 && (binds[0]!.kind === "object" || binds[0]!.kind === "array" || (!subject.d1 && binds[0]!.kind === "unknown"))) return;
    const wanted = countOf(subject, subject);
    // Where conditions choose the text they may choose the values too: only what fits no text is wrong for certain.
    if (wanted === undefined || wanted === binds.length || texts.some((text) => fits(text, binds.length, subject))) return;
    const first = placeholders(statement)[binds.length];
    yield {
      span: first?.span ?? { start: 0, end: statement.text.length },
      ...(bindPlace?.call !== undefined ? { host: bindPlace.call } : binds.length > 0 ? { host: cover(binds.map((value) => value.span)) } : {}),
      message: `The statement has ${plural(wanted, "parameter")}, but ${binds.length === 0 ? "nothing is bound" : `${plural(binds.length, "value")} ${binds.length === 1 ? "is" : "are"} bound`}`,
      why: subject.d1 ? "D1 refuses the call: Wrong number of parameter bindings for SQL query" : "The call throws",
      data: { parameters: wanted, bound: binds.length },
    };
  },
});

type Text = Pick<QuerySubject, "holes" | "statement">;

function fits(text: Text, given: number, subject: QuerySubject): boolean {
  const wanted = countOf(text, subject);
  return wanted === undefined || wanted === given;
}

/** Undefined where a part of the text is not known, which may hold parameters of its own. */
function countOf({ holes, statement }: Text, subject: QuerySubject): number | undefined {
  if (!statement.ok) return undefined;
  const known = holes.every((hole) => hole.kind === "value" && (statement.text[hole.span.start] !== "?" || subject.interpolation(hole)?.origin === "number"));
  if (!known) return undefined;
  const parameters = placeholders(statement);
  const own = parameters.filter(({ span }) => !holes.some((hole) => hole.span.start <= span.start && span.end <= hole.span.end));
  // Behind a stand-in the numbers of `?` are not those of the real text.
  return own.length === parameters.length ? parameterCount(own) : own.every(({ name }) => name === "?") ? own.length : undefined;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
