// The loops around the queries of one file, judged by the loop rules, with the rewrites that they offer.

import { isInProcess, type LinkedFile, type LoopUse, type LoopVerdict } from "../host/call-site";
import type { CodeFiles } from "../host/rewrite/code-files";
import { LoopRewrites } from "../host/rewrite/loop-rewrites";
import { withheld, type CallPlace, type LoopPlace, type Outcome, type SiteKinds } from "../host/rewrite/rewrite";
import type { Finding, Severity } from "../rules/finding";
import type { LoopRule, LoopSubject, PathRule } from "../rules/rule";
import type { SourceFile } from "../schema/sources";
import type { Span } from "../text/span";
import { LineIndex } from "../text/line-index";
import type { JudgedSite } from "./file-review";
import { calledLoops } from "./loop-calls";
import { joinOf, lookupOf } from "./lookup-query";
import { placedInCode } from "./placed-in-code";
import { pathFindings } from "./path-findings";
import { fixesOf, reasonOf } from "./rewrite-fixes";
import { kindsOf } from "./site-kinds";

export interface JudgedLoop {
  readonly call: Span;
  readonly callee: string;
  readonly loop: LoopUse;
  readonly line: number;
  readonly verdict: LoopVerdict;
  readonly prepared: Span | undefined;
}

export interface LoopContext {
  readonly loopRules: readonly LoopRule[];
  readonly pathRules: readonly PathRule[];
  readonly files: CodeFiles;
  /** The line of an offset in any file of the project. */
  lineOf(file: string, offset: number): number;
  severityOf(rule: string, own: Severity): Severity;
  guard<T>(rule: string, check: () => Iterable<T>): readonly T[];
}

/** Of all sites of a file: `sites` in the order of the text. */
export function loopFindings(sites: readonly JudgedSite[], host: LinkedFile, file: SourceFile, context: LoopContext): readonly Finding[] {
  const kinds = kindsOf(sites);
  const rewrites = new LoopRewrites(file.path, file.text, kinds, context.files, writingCalls(sites, host, kinds));
  const calls = calledLoops(host.loopCalls, file, new LineIndex(file.text), context.lineOf, rewrites);
  const ofCalls = calls.flatMap(({ call, subject }) => findingsOf(call.call.start, subject, file, context));
  return [...ofLoops(sites, file, context, rewrites), ...ofCalls, ...pathFindings(sites, host, file, context, kinds, rewrites)];
}

/** Calls in loops of functions that write, and of those that are handed the text of a write. */
function writingCalls(sites: readonly JudgedSite[], host: LinkedFile, kinds: SiteKinds): readonly CallPlace[] {
  const calls = host.loopCalls.flatMap(({ name, loop, via, reaches }) => (reaches.reads === 0 ? [{ name, loop: loop.span, via }] : []));
  const wrapped = sites.flatMap(({ site: { name, loop, via } }) => (via.length > 0 && loop !== undefined && kinds.get(name.start) === "write" ? [{ name, loop: loop.span, via }] : []));
  return [...calls, ...wrapped];
}

function ofLoops(sites: readonly JudgedSite[], file: SourceFile, context: LoopContext, rewrites: LoopRewrites): readonly Finding[] {
  const byName = new Map(sites.map((judged) => [judged.site.name.start, judged]));
  return sites.flatMap((judged) =>
    judged.loops.flatMap((loop) => findingsOf(anchorOf(loop, judged), loopSubject(loop, judged, byName, file, rewrites), file, context)),
  );
}

function anchorOf(loop: JudgedLoop, { site }: JudgedSite): number {
  return loop.prepared === undefined ? site.call.start : loop.call.start;
}

function findingsOf(anchor: number, subject: LoopSubject, file: SourceFile, context: LoopContext): readonly Finding[] {
  return context.loopRules.flatMap((rule) => context.guard(rule.id, () => rule.check(subject)).map((found) => placedInCode(rule, found, anchor, file, context)));
}

function loopSubject(loop: JudgedLoop, judged: JudgedSite, byName: ReadonlyMap<number, JudgedSite>, file: SourceFile, rewrites: LoopRewrites): LoopSubject {
  let kept: Outcome | undefined;
  let hoisting: { readonly of: Outcome | undefined } | undefined;
  const place = (): LoopPlace => ({ call: loop.call, loop: loop.loop.span, lookup: lookupOf(judged), join: joinOf(judged, byName) });
  const { via, engine, together } = judged.site;
  const reads = loop.verdict === "n+1";
  const outcome = (): Outcome => {
    if (isInProcess(engine) && !reads) return together === "transaction" ? rewrites.transaction(place()) : withheld("the library has no `transaction` that takes a function");
    if (via.length === 0 || loop.prepared !== undefined) return reads ? rewrites.reads(place()) : rewrites.writes(place());
    const call = { name: loop.call, loop: loop.loop.span, via };
    return reads ? rewrites.readingCalls(call) : rewrites.writingCalls(call);
  };
  const rewritten = (): Outcome => {
    if (kept !== undefined) return kept;
    const found = outcome();
    // What is called may stand in a file that changes without this one.
    if (via.length === 0 && !("rewrite" in found && (found.rewrite.elsewhere?.length ?? 0) > 0)) kept = found;
    return found;
  };
  const hoisted = (): Outcome | undefined => (hoisting ??= { of: rewrites.hoisting(place()) }).of;
  return {
    verdict: loop.verdict,
    call: loop.call,
    loop: { span: loop.loop.span, keyword: loop.loop.keyword, form: loop.loop.form, line: loop.line },
    callee: loop.callee,
    sql: judged.statements[0]?.fact.statement.text,
    prepared: loop.prepared,
    because: loop.loop.because,
    inProcess: isInProcess(judged.site.engine),
    transacted: loop.loop.transacted === true,
    file: file.path,
    via: [],
    rewrites: () => fixesOf(rewritten()),
    withheld: () => reasonOf(rewritten()),
    invariant: () => hoisted() !== undefined,
    hoisting: () => fixesOf(hoisted()),
  };
}
