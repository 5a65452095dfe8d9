// Calls in a loop of functions that reach the database, as subjects of the loop rules.

import type { LoopCall, LoopVerdict } from "../host/call-site";
import type { LoopRewrites } from "../host/rewrite/loop-rewrites";
import { withheld, type Outcome } from "../host/rewrite/rewrite";
import type { LoopSubject } from "../rules/rule";
import type { SourceFile } from "../schema/sources";
import type { LineIndex } from "../text/line-index";
import { fixesOf, reasonOf } from "./rewrite-fixes";
import { isTooling, setsUp } from "./tooling";

export interface CalledLoop {
  readonly call: LoopCall;
  readonly verdict: LoopVerdict;
  readonly subject: LoopSubject;
}

/** Without `rewrites` none is offered. `lineOf` gives the line of an offset in any file of the project. */
export function calledLoops(calls: readonly LoopCall[], file: SourceFile, lines: LineIndex, lineOf: (file: string, offset: number) => number, rewrites?: LoopRewrites): readonly CalledLoop[] {
  return calls.map((call) => {
    const verdict = verdictOf(call, file.path);
    // Not kept: it reaches into files that may change without this one.
    const rewritten = (): Outcome => outcomeOf(call, verdict, rewrites) ?? withheld(elsewhere(call, file));
    return {
      call,
      verdict,
      subject: {
        verdict,
        call: call.name,
        loop: { span: call.loop.span, keyword: call.loop.keyword, form: call.loop.form, line: lines.place(call.loop.span.start).line },
        callee: call.callee,
        sql: undefined,
        prepared: undefined,
        because: call.loop.because,
        inProcess: call.inProcess,
        transacted: call.loop.transacted === true,
        file: file.path,
        via: call.via.map((hop) => ({ ...hop, line: lineOf(hop.file, hop.span.start) })),
        rewrites: () => fixesOf(rewritten()),
        withheld: () => reasonOf(rewritten()),
        invariant: () => false,
        hoisting: () => [],
      },
    };
  });
}

function outcomeOf({ name, loop, via }: LoopCall, verdict: LoopVerdict, rewrites: LoopRewrites | undefined): Outcome | undefined {
  const place = { name, loop: loop.span, via };
  if (verdict === "write-loop") return rewrites?.writingCalls(place);
  return verdict === "n+1" ? rewrites?.readingCalls(place) : undefined;
}

function elsewhere({ via }: LoopCall, file: SourceFile): string {
  const last = via.at(-1);
  return `the statement is in another function${last === undefined || last.file === file.path ? "" : `, in \`${last.file}\``}`;
}

function verdictOf({ loop, reaches, functionName }: LoopCall, path: string): LoopVerdict {
  if (isTooling(path) || setsUp(functionName)) return "tooling";
  if (loop.shape !== "per-element") return loop.shape;
  if (reaches.writes === 0) return "n+1";
  return reaches.reads === 0 ? "write-loop" : "mixed-loop";
}
