// Statements that pass a limit of D1 that SQLite itself does not have, or has far higher.

import type { AstNode } from "sqlite3-parser";
import { byteLength, pastLimits } from "../sql/d1-limits";
import { d1Limits } from "../sql/d1-surface";
import { placeholders } from "../sql/parameters";
import { nodesOf } from "../sql/statement";
import docs from "./d1-limit.md";
import { queryRule } from "./rule";
import type { QuerySubject, RuleFinding } from "./rule";

export const d1Limit = queryRule({
  id: "d1-limit",
  summary: "More than D1 allows",
  severity: "error",
  docs,
  *check(subject) {
    const { statement, d1 } = subject;
    if (!d1 || !statement.ok) return;
    for (const { span, message, limit } of pastLimits(statement)) {
      yield { span, message: `${message}, and D1 allows ${limit.toLocaleString("en")}`, data: { limit } };
    }
    yield* boundPatterns(subject);
    yield* openLists(subject);
  },
});

/** A placeholder for each element of an array that nothing holds to a number. */
function* openLists(subject: QuerySubject): Iterable<RuleFinding> {
  for (const hole of subject.holes) {
    const given = hole.kind === "list" ? subject.interpolation(hole) : undefined;
    if (given?.list?.length !== "open") continue;
    const array = given.list.array.length > 40 ? "This list" : `\`${given.list.array.replaceAll("`", "'")}\``;
    yield {
      span: hole.span,
      host: given.span,
      severity: "warning",
      message: `${array} can hold more values than the ${d1Limits.parameters} that D1 binds to a statement`,
      why: "Nothing here holds it to a number, and D1 then refuses the call: too many SQL variables; pass the list as JSON in one parameter, or cut it into pieces",
      data: { limit: d1Limits.parameters },
      fixes: () => {
        const hostEdits = subject.bindHole(hole);
        return hostEdits === undefined ? [] : [{ title: "Pass the list as JSON", safety: "review", hostEdits }];
      },
    };
  }
}

/** A pattern that is bound counts like one that is written. */
function* boundPatterns({ statement, binds, alone }: QuerySubject): Iterable<RuleFinding> {
  if (!statement.ok || binds === undefined || !alone) return;
  const numbers = placeholders(statement);
  for (const node of nodesOf(statement.ast as AstNode)) {
    if (node.type !== "LikeExpr" || (node.op !== "Like" && node.op !== "Glob") || node.rhs.type !== "VariableExpr") continue;
    const span = statement.spanOf(node.rhs);
    const bound = binds[(numbers.find((one) => one.span.start === span.start)?.number ?? 0) - 1];
    if (typeof bound?.literal !== "string") continue;
    const bytes = byteLength(bound.literal);
    if (bytes > d1Limits.patternBytes) yield { span, host: bound.span, message: `This pattern has ${bytes} bytes, and D1 allows ${d1Limits.patternBytes}`, data: { limit: d1Limits.patternBytes } };
  }
}
