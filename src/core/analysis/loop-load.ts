// What one loop sends to the database in each of its turns, all its calls together, judged by the load rules.

import type { Branch, LinkedFile, LoopUse, LoopVerdict } from "../host/call-site";
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
  const sent = [...ofSites(sites), ...ofCalls(host, file, lines, context)].filter(({ verdict, loop }) => loop.measured !== true && (verdict === "n+1" || verdict === "write-loop" || verdict === "mixed-loop"));
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
    queries: most(inOrder.map((one) => ({ queries: one.queries, branches: one.loop.branches ?? [] }))),
    inner: within.map(({ loop: inner }) => inner.keyword),
    file: file.path,
  };
}

/** The most that one turn sends: of what stands on different sides of a condition, the side that sends more. */
function most(calls: readonly { readonly queries: number; readonly branches: readonly Branch[] }[]): number {
  const always = calls.filter(({ branches }) => branches.length === 0).reduce((sum, { queries }) => sum + queries, 0);
  const conditions = new Map<number, Map<number, { queries: number; branches: readonly Branch[] }[]>>();
  for (const { queries, branches } of calls) {
    const [first, ...rest] = branches;
    if (first === undefined) continue;
    const sides = conditions.get(first.at) ?? new Map<number, { queries: number; branches: readonly Branch[] }[]>();
    conditions.set(first.at, sides.set(first.side, [...(sides.get(first.side) ?? []), { queries, branches: rest }]));
  }
  return [...conditions.values()].reduce((sum, sides) => sum + Math.max(...[...sides.values()].map(most)), always);
}
