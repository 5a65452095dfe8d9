// Queries that follow each other on one path of the code, judged by the path rules.

import type { HostFacts } from "../host/call-site";
import type { LoopRewrites } from "../host/rewrite/loop-rewrites";
import type { Outcome, SiteKinds } from "../host/rewrite/rewrite";
import type { Finding } from "../rules/finding";
import type { PathSubject } from "../rules/rule";
import type { SourceFile } from "../schema/sources";
import type { Span } from "../text/span";
import type { JudgedSite } from "./file-review";
import type { LoopContext } from "./loop-findings";
import { placedInCode } from "./placed-in-code";
import { fixesOf, reasonOf } from "./rewrite-fixes";
import { isTest, isTooling } from "./tooling";

export function pathFindings(sites: readonly JudgedSite[], host: HostFacts, file: SourceFile, context: LoopContext, kinds: SiteKinds, rewrites: LoopRewrites): readonly Finding[] {
  if (isTest(file.path) || isTooling(file.path) || context.pathRules.length === 0) return [];
  const byStart = new Map(sites.map((judged) => [judged.site.name.start, judged]));
  const subjects = [
    ...host.sequences.flatMap(({ calls }) => {
      // Of what a statement does nothing is known, no order of it can be judged either.
      if (!calls.every((call) => kinds.has(call.start))) return [];
      return pathSubject("sequence", calls, byStart, file, () => rewrites.sequence(calls[0]!)) ?? [];
    }),
    ...host.repeats.flatMap(({ call, first, between }) => {
      if (kinds.get(call.start) !== "read" || !between.every((start) => kinds.get(start) === "read" || kinds.get(start) === "varying")) return [];
      return pathSubject("repeat", [first, call], byStart, file, undefined) ?? [];
    }),
  ];
  return subjects.flatMap((subject) => context.pathRules.flatMap((rule) => context.guard(rule.id, () => rule.check(subject)).map((found) => placedInCode(rule, found, found.span.start, file, context))));
}

function pathSubject(what: PathSubject["what"], calls: readonly Span[], sites: ReadonlyMap<number, JudgedSite>, file: SourceFile, rewrite: (() => Outcome) | undefined): PathSubject | undefined {
  const judged = calls.map((call) => sites.get(call.start));
  const [first] = judged;
  if (first === undefined || judged.some((one) => one === undefined || one.status === "foreign" || one.site.loop !== undefined)) return undefined;
  let outcome: Outcome | undefined;
  const rewritten = (): Outcome | undefined => (outcome ??= rewrite?.());
  return {
    what,
    calls,
    statements: judged.map((one) => shortened(one?.statements[0]?.fact.statement.text ?? "")),
    receiver: first.site.receiver,
    file: file.path,
    rewrites: () => fixesOf(rewritten()),
    withheld: () => (rewritten() === undefined ? undefined : reasonOf(rewritten()!)),
  };
}

function shortened(sql: string): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
