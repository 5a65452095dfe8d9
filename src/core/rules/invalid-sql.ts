// SQL that SQLite rejects for another reason than a missing table or column.

import { nameError } from "../sql/error-place";
import { codeOnly } from "../sql/quoted";
import { nearest } from "../text/nearest";
import type { Span } from "../text/span";
import { foreignWords } from "./foreign-words";
import docs from "./invalid-sql.md";
import { queryRule } from "./rule";

export const invalidSql = queryRule({
  id: "invalid-sql",
  summary: "SQL that SQLite rejects",
  severity: "error",
  docs,
  *check(subject) {
    const { statement, holes, verdict, sql, planner, texts, alone } = subject;
    // Of several texts that the code can make, one that cannot be read beside one that can is most likely never made.
    if (!statement.ok && alone && texts.some((other) => other.statement.ok)) return;
    // Around a part that is not known, a syntax error may be the stand-in's.
    if (holes.some((hole) => hole.kind === "identifier" || hole.kind === "fragment")) return;
    if ((!statement.ok || verdict === undefined || !("plan" in verdict)) && foreignWords(subject).some((mark) => mark.kind !== "parameter")) return;
    if (!statement.ok) {
      const said = planner?.accepts(sql);
      if (said !== undefined && (said.ok || !/syntax error|incomplete input|unrecognized token/.test(said.message))) return;
      const verb = misspeltVerb(sql, statement.span);
      const shown = verb === undefined ? "" : `; did you mean \`${verb}\`?`;
      yield {
        span: statement.span,
        message: `SQLite rejects this statement: ${statement.message}${shown}`,
        ...(statement.hint === undefined ? {} : { why: sentence(statement.hint) }),
        fixes: () => (verb === undefined ? [] : [{ title: `Change to \`${verb}\``, safety: "safe", edits: [{ span: statement.span, newText: verb }] }]),
      };
      return;
    }
    if (verdict === undefined || "plan" in verdict || verdict.setAside === true) return;
    // How many values a list holds is not known, so their number is no mistake.
    if (nameError(verdict.message).kind !== "other" || holes.some((hole) => hole.kind === "list")) return;
    yield { span: { start: 0, end: sql.length }, message: `SQLite rejects this statement: ${verdict.message}` };
  },
});

const verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "CREATE", "ALTER", "DROP", "PRAGMA"];

/** What the statement's first word was meant to be, if it is one that no statement starts with. */
function misspeltVerb(sql: string, { start, end }: Span): string | undefined {
  if (codeOnly(sql.slice(0, start)).trim() !== "") return undefined;
  const [verb, ...others] = nearest(sql.slice(start, end), verbs);
  return others.length > 0 ? undefined : verb;
}

function sentence(hint: string): string {
  return hint.charAt(0).toUpperCase() + hint.slice(1);
}
