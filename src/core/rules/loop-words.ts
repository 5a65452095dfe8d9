// The words and data that the loop rules share.

import type { Related } from "./finding";
import type { LoopSubject, RuleFinding } from "./rule";

export const limitWords = "D1 allows 1,000 queries a request on the paid plan and 50 on the free one, and Promise.all does not lower the count";

const readInProcess = "the database is in this process, so that each query costs its own work only";
const writtenInProcess = "the database is in this process, where each write outside of a transaction is one of its own, and waits for the disk";

/** What a call comes to so many calls further down is seldom the work of the loop. */
const farAway = 5;

export function loopFinding(subject: LoopSubject, message: string, advice: string): RuleFinding {
  const withheld = subject.withheld();
  const commits = subject.verdict === "write-loop";
  const slight = subject.via.length >= farAway || (subject.inProcess && !commits);
  const price = subject.inProcess ? (commits ? writtenInProcess : readInProcess) : limitWords;
  return {
    span: subject.call,
    ...(slight ? { severity: "hint" as const } : {}),
    message,
    why: `${advice}; ${price}${withheld === undefined ? "" : `; no rewrite is offered, since ${withheld}`}`,
    related: loopRelated(subject),
    data: loopData(subject),
    fixes: () => subject.rewrites(),
  };
}

export function loopRelated(subject: LoopSubject): readonly Related[] {
  return [
    { file: subject.file, span: subject.loop.keyword, message: `The loop: ${subject.loop.form}` },
    ...subject.via.map(({ file, span }, at): Related => ({ file, span, message: at === subject.via.length - 1 ? "The statement that runs" : "By this call" })),
    ...(subject.prepared === undefined ? [] : [{ file: subject.file, span: subject.prepared, message: "The statement is prepared here" }]),
  ];
}

export function loopData(subject: LoopSubject): Readonly<Record<string, unknown>> {
  return { verdict: subject.verdict, loop: { line: subject.loop.line }, callee: subject.callee, via: subject.via.map(({ file, line }) => ({ file, line })) };
}
