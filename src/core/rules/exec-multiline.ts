// D1's `exec` cuts its text at line breaks and runs each line by itself, so a statement over two lines fails.

import { stringsAndComments } from "../sql/quoted";
import docs from "./exec-multiline.md";
import { queryRule } from "./rule";
import type { RuleFix } from "./rule";

export const execMultiline = queryRule({
  id: "exec-multiline",
  summary: "Statement over several lines in exec()",
  severity: "error",
  docs,
  *check({ method, d1, statement, sql, holes }) {
    if (method !== "exec" || !d1 || !statement.ok) return;
    const start = sql.length - sql.trimStart().length;
    const end = sql.trimEnd().length;
    const lines = sql.slice(start, end).split("\n").length;
    if (lines < 2) return;
    yield {
      span: { start, end },
      message: `exec() runs each line as a statement of its own, and this one has ${lines} lines`,
      why: "D1 cuts the text at line breaks and refuses the first piece: incomplete input",
      data: { lines },
      fixes: () => (holes.length === 0 ? joined(sql, start, end) : []),
    };
  },
});

/** Line breaks as blanks, where they mean nothing but a blank. */
function joined(sql: string, start: number, end: number): readonly RuleFix[] {
  const quoted = stringsAndComments(sql);
  const breaks = [...sql.slice(start, end).matchAll(/[^\S\n]*\n\s*/g)].map((match) => ({ start: start + match.index, end: start + match.index + match[0].length }));
  if (breaks.some((one) => quoted.some((part) => part.start < one.end && one.start <= part.end))) return [];
  return [{ title: "Write the statement on one line", safety: "safe", edits: breaks.map((span) => ({ span, newText: " " })) }];
}
