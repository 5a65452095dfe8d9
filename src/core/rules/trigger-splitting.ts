// Triggers that run everywhere but in `wrangler d1 migrations apply --remote`: there D1 itself cuts the file into
// statements, and takes the wrong semicolon or END for the end of the trigger.
// https://github.com/cloudflare/workers-sdk/issues/15314 (lower case), 4727 (CASE), 14991 (CRLF)

import type { AstNode, CreateTriggerStmt } from "sqlite3-parser";
import type { Step } from "../schema/migration-steps";
import { codeOnly } from "../sql/quoted";
import { nodesOf } from "../sql/statement";
import type { Statement } from "../sql/statement";
import type { TextEdit } from "../text/edit";
import { contains } from "../text/span";
import type { Span } from "../text/span";
import docs from "./trigger-splitting.md";
import { migrationRule } from "./rule";
import type { RuleFinding } from "./rule";
import { within } from "./step-place";

type Trap = "lower-case" | "case" | "crlf";

interface Place {
  readonly trap: Trap;
  /** In the file. */
  readonly span: Span;
  readonly edits: readonly TextEdit[];
}

export const triggerSplitting = migrationRule({
  id: "trigger-splitting",
  summary: "Trigger that remote D1 cuts in two",
  severity: "warning",
  docs,
  *check({ d1, file, steps, parsed }) {
    if (!d1) return;
    const places = steps.flatMap((step) => {
      if (!/^CREATE\s+TRIGGER\b/i.test(step.text)) return [];
      const statement = parsed(step);
      return statement.ok && statement.ast.type === "CreateTriggerStmt" ? placesIn(step, statement, statement.ast) : [];
    });
    for (const trap of ["lower-case", "case", "crlf"] as const) {
      const own = places.filter((place) => place.trap === trap);
      if (own.length > 0) yield finding(file, own);
    }
  },
});

/** One change mends them all. */
function finding(file: string, [first, ...others]: readonly Place[]): RuleFinding {
  const edits = [first!, ...others].flatMap((place) => place.edits);
  const { what, instead, title } = words[first!.trap];
  return {
    span: first!.span,
    message: `\`wrangler d1 migrations apply --remote\` can cut this trigger in two: ${what}`,
    why: `The file then fails with \`incomplete input: SQLITE_ERROR [code: 7500]\`, though it runs locally; ${instead}`,
    related: others.map(({ span }) => ({ file, span, message: "Here too" })),
    data: { trap: first!.trap },
    fixes: () => (edits.length === 0 ? [] : [{ title, safety: "safe", edits }]),
  };
}

const words: Readonly<Record<Trap, { readonly what: string; readonly instead: string; readonly title: string }>> = {
  "lower-case": { what: "D1 knows BEGIN and END in capitals only", instead: "capitals change nothing else", title: "Write BEGIN and END in capitals" },
  case: { what: "the END of its CASE is taken for its own", instead: "parentheses around the CASE change nothing else", title: "Put the CASE in parentheses" },
  crlf: { what: "its lines end in CRLF", instead: "wrangler 4.124 and later end them in LF; for older ones write `*.sql text eol=lf` into `.gitattributes`", title: "" },
};

function placesIn(step: Step, statement: Statement, trigger: CreateTriggerStmt): readonly Place[] {
  const code = codeOnly(step.text);
  const body = statement.spanOf(trigger.commands[0]!);
  const begin = /\bbegin\s*$/i.exec(code.slice(0, body.start));
  const end = /\bend\s*$/i.exec(code);
  if (begin === null || end === null) return [];
  const lower = [begin, end].flatMap((found): readonly Span[] => {
    const word = found[0].trimEnd();
    return word === word.toUpperCase() ? [] : [{ start: found.index, end: found.index + word.length }];
  });
  const cases = nodesOf(trigger as AstNode).filter((node) => node.type === "CaseExpr").map((node) => statement.spanOf(node)).filter((span) => span.start >= body.start && isBare(code, body.start, span.start));
  const outer = cases.filter((span) => !cases.some((other) => other !== span && contains(other, span)));
  return [
    ...lower.map((span): Place => ({ trap: "lower-case", span: within(step, span), edits: [{ span: within(step, span), newText: step.text.slice(span.start, span.end).toUpperCase() }] })),
    ...outer.map((span): Place => ({ trap: "case", span: within(step, { start: span.start, end: span.start + 4 }), edits: [mark(step, span.start, "("), mark(step, span.end, ")")] })),
    ...(code.slice(begin.index).includes("\r\n") ? [{ trap: "crlf" as const, span: within(step, { start: begin.index, end: begin.index + 5 }), edits: [] }] : []),
  ];
}

function mark({ span }: Step, at: number, newText: string): TextEdit {
  return { span: { start: span.start + at, end: span.start + at }, newText };
}

/** In no parentheses: those hide a CASE from what cuts. */
function isBare(code: string, from: number, at: number): boolean {
  const before = code.slice(from, at);
  return before.split("(").length <= before.split(")").length;
}
