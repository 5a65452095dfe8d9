// A statement that no semicolon ends. wrangler writes its own INSERT behind the last one, and takes drizzle's breakpoints
// for comments.

import type { Step } from "../schema/migration-steps";
import docs from "./missing-semicolon.md";
import { migrationRule } from "./rule";
import type { MigrationSubject } from "./rule";

export const missingSemicolon = migrationRule({
  id: "missing-semicolon",
  summary: "Statement without its semicolon",
  severity: "error",
  docs,
  *check(subject) {
    if (!subject.d1) return;
    const open = openStatements(subject).filter((step) => subject.parsed(step).ok);
    const [first, ...others] = open;
    if (first === undefined) return;
    const isLast = first === subject.steps.at(-1);
    yield {
      span: lastWord(first),
      message: isLast ? "The last statement has no semicolon, so wrangler's note of this migration runs into it" : "This statement has no semicolon, so the next one runs into it",
      why: `D1 answers ${isLast ? '`near "INSERT": syntax error`' : "with a syntax error"} and rolls the whole file back; no later migration is applied`,
      related: others.map((step) => ({ file: subject.file, span: lastWord(step), message: "Here too" })),
      fixes: () => [{ title: "Write the semicolon", safety: "safe", edits: open.map(({ span }) => ({ span: { start: span.end, end: span.end }, newText: ";" })) }],
    };
  },
});

function openStatements({ text, steps }: MigrationSubject): readonly Step[] {
  const atBreaks = text.includes("--> statement-breakpoint") ? steps.filter(({ span, terminated }) => terminated && !/^(?:\s|\/\*[^]*?\*\/|--(?!>)[^\n]*)*;/.test(text.slice(span.end, span.end + 1_000))) : [];
  return [...atBreaks, ...steps.filter(({ terminated }) => !terminated)];
}

function lastWord({ span, text }: Step): Step["span"] {
  const length = /(?:\w+|.)$/.exec(text)?.[0].length ?? 0;
  return { start: span.end - length, end: span.end };
}
