// What one loop sends to the database in each of its turns, all its calls together, judged by the load rules.

import type { LinkedFile, LoopUse, LoopVerdict } from "../host/call-site";
import type { Finding, Severity } from "../rules/finding";
import type { LoadRule, LoadSubject } from "../rules/rule";
import type { SourceFile } from "../schema/sources";
import type { LineIndex } from "../text/line-index";
import { contains } from "../text/span";
import type { Span } from "../text/span";
import type { JudgedSite } from "./file-review";
import { calledLoops } from "./loop-calls";
import { placedInCode } from "./placed-in-code";

export interface LoadContext {
  readonly loadRules: readonly LoadRule[];
  lineOf(file: string, offset: number): number;
  severityOf(rule: string, own: Severity): Severity;
  guard<T>(rule: string, check: () => Iterable<T>): readonly T[];
}

export function loadFindings(sites: readonly JudgedSite[], host: LinkedFile, file: SourceFile, lines: LineIndex, context: LoadContext): readonly Finding[] {
  const sent = [...ofSites(sites), ...ofCalls(host, file, lines, context)].filter(({ verdict }) => verdict === "n+1" || verdict === "write-loop" || verdict === "mixed-loop");
  const loops = new Map<string, Sent[]>();
  for (const one of sent) {
    const key = `${one.loop.span.start}:${one.loop.span.end}`;
    loops.set(key, [...(loops.get(key) ?? []), one]);
  }
  const all = [...loops.values()].map((calls) => ({ loop: calls[0]!.loop, calls }));
  const outermost = all.filter(({ loop }) => !all.some((other) => other.loop !== loop && contains(other.loop.span, loop.span)));
  return outermost.flatMap(({ loop, calls }) => {
    const within = all.filter((other) => other.loop !== loop && contains(loop.span, other.loop.span));
    const subject = loadSubject(loop, calls, within, file, lines);
    return context.loadRules.flatMap((rule) => context.guard(rule.id, () => rule.check(subject)).map((found) => placedInCode(rule, found, loop.span.start, file, context)));
  });
}

interface Sent {
  readonly loop: LoopUse;
  readonly verdict: LoopVerdict;
  readonly call: Span;
  readonly callee: string;
  /** At least; what a helper sends more depends on its conditions. */
  readonly queries: number;
}

function ofSites(sites: readonly JudgedSite[]): readonly Sent[] {
  return sites.flatMap(({ loops }) => loops.map(({ loop, verdict, call, callee }) => ({ loop, verdict, call, callee, queries: 1 })));
}

function ofCalls(host: LinkedFile, file: SourceFile, lines: LineIndex, context: LoadContext): readonly Sent[] {
  return calledLoops(host.loopCalls, file, lines, context.lineOf).map(({ call, verdict }) => ({
    loop: call.loop,
    verdict,
    call: call.name,
    callee: call.callee,
    queries: Math.min(call.reaches.reads, 1) + Math.min(call.reaches.writes, 1),
  }));
}

function loadSubject(loop: LoopUse, calls: readonly Sent[], within: readonly { readonly loop: LoopUse; readonly calls: readonly Sent[] }[], file: SourceFile, lines: LineIndex): LoadSubject {
  const inOrder = [...calls].sort((a, b) => a.call.start - b.call.start);
  return {
    loop: { span: loop.span, keyword: loop.keyword, form: loop.form, line: lines.place(loop.span.start).line },
    calls: inOrder.map(({ call, callee, queries }) => ({ span: call, callee, queries })),
    inner: within.map(({ loop: inner }) => inner.keyword),
    file: file.path,
  };
}
