// BEGIN, COMMIT and their like in a migration. D1 runs a file in a transaction of its own and refuses every other; what
// wrangler takes out beforehand is not among the steps.

import { withoutStatement } from "../migration/without-statement";
import { statementKind } from "../schema/statement-kind";
import { stringsAndComments } from "../sql/quoted";
import { splitStatements } from "../sql/split";
import type { Span } from "../text/span";
import docs from "./transaction-statement.md";
import { migrationRule } from "./rule";
import type { MigrationSubject, RuleFinding, RuleFix } from "./rule";

const words = "BEGIN TRANSACTION";

export const transactionStatement = migrationRule({
  id: "transaction-statement",
  summary: "BEGIN or COMMIT in a migration",
  severity: "error",
  docs,
  *check(subject) {
    const { d1, file, steps, refusal } = subject;
    if (!d1) return;
    const quoted = refusal === undefined ? undefined : around(subject.text, refusal.span);
    if (refusal !== undefined && quoted !== undefined) {
      yield inQuotes(subject, refusal.span, quoted);
      return;
    }
    const [first, ...others] = steps.filter(({ kind }) => kind === "transaction");
    if (first === undefined) return;
    yield {
      span: first.span,
      message: `D1 refuses \`${first.text.replace(/\s+/g, " ").toUpperCase()}\`, since it runs each migration in a transaction of its own`,
      why: "The whole file is rolled back, and no later migration is applied; wrangler takes out one `BEGIN TRANSACTION;` and one `COMMIT;`, in these very letters, and no other",
      related: others.map(({ span, text }) => ({ file, span, message: text.toUpperCase() })),
      fixes: () => takenOut(subject),
    };
  },
});

/** A file in which something is rolled back does not do the same without that. */
function takenOut({ text }: MigrationSubject): readonly RuleFix[] {
  const all = splitStatements(text).filter((statement) => statementKind(statement.text) === "transaction");
  if (all.some((statement) => /^ROLLBACK\b/i.test(statement.text))) return [];
  const isPlain = all.every((statement) => /^(?:BEGIN|COMMIT|END)\b/i.test(statement.text));
  return [{ title: "Take the transaction's statements out", safety: isPlain ? "safe" : "review", edits: all.map(({ span }) => withoutStatement(text, span)) }];
}

/** wrangler looks for the words alone, wherever they stand. */
function inQuotes({ text }: MigrationSubject, span: Span, quoted: Span): RuleFinding {
  const isComment = text[quoted.start] === "-" || text[quoted.start] === "/";
  return {
    span,
    message: `wrangler refuses this file for the words \`${words}\` in a ${isComment ? "comment" : "string"}`,
    why: "It takes them for a second transaction, since it does not read the SQL; in lower case they pass",
    fixes: () => (isComment ? [{ title: "Write the words in lower case", safety: "safe", edits: inComments(text) }] : []),
  };
}

function inComments(text: string): NonNullable<RuleFix["edits"]> {
  return stringsAndComments(text).flatMap((stretch) => {
    if (text[stretch.start] !== "-" && text[stretch.start] !== "/") return [];
    return [...text.slice(stretch.start, stretch.end).matchAll(/BEGIN TRANSACTION/g)].map(({ index }) => {
      const start = stretch.start + index;
      return { span: { start, end: start + words.length }, newText: words.toLowerCase() };
    });
  });
}

function around(text: string, span: Span): Span | undefined {
  return stringsAndComments(text).find(({ start, end }) => start <= span.start && span.end <= end);
}
