// The words and data that both loop rules share.

import type { LoopSubject, RuleFinding } from "./rule";

export function loopFinding(subject: LoopSubject, message: string, advice: string): RuleFinding {
  return {
    span: subject.call,
    message,
    why: `${advice}; D1 allows 1,000 queries a request on the paid plan and 50 on the free one, and Promise.all does not lower the count`,
    related: [
      { file: subject.file, span: subject.loop.keyword, message: `The loop: ${subject.loop.form}` },
      ...(subject.prepared === undefined ? [] : [{ file: subject.file, span: subject.prepared, message: "The statement is prepared here" }]),
    ],
    data: { verdict: subject.verdict, loop: { line: subject.loop.line }, callee: subject.callee, via: [] },
  };
}
