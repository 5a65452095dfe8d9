// What recorded traffic says of the code of one file: its queries, and the caches that it reads through.

import type { Finding } from "../rules/finding";
import type { TrafficRule, TrafficSubject } from "../rules/rule";
import type { RecordedTraffic } from "../telemetry/recorded-traffic";
import type { Span } from "../text/span";
import type { FileReview } from "./file-review";
import { placedInCode } from "./placed-in-code";
import { recordedStatements } from "./recorded-statements";
import type { RecordedStatement } from "./recorded-statements";
import type { Settings } from "./settings";
import { isTest, isTooling } from "./tooling";
import type { LoopContext } from "./loop-findings";

export interface TrafficContext extends Pick<LoopContext, "severityOf" | "guard"> {
  readonly rules: readonly TrafficRule[];
  readonly settings: Pick<Settings, "slowMs" | "alerts">;
}

export function trafficFindings(review: FileReview, traffic: RecordedTraffic, context: TrafficContext): readonly Finding[] {
  const { file } = review;
  if (isTest(file.path) || isTooling(file.path) || context.rules.length === 0) return [];
  const queries = withoutRepeats(recordedStatements(review, traffic)).map((found) => ({ subject: querySubject(found, context), anchor: found.site.site.call.start }));
  const caches = traffic.caches.flatMap((figures) => namesOf(file.text, figures.name).map((span) => ({ subject: { what: "cache", figures, span, limits: context.settings } as const, anchor: span.start })));
  return [...queries, ...caches].flatMap(({ subject, anchor }) => context.rules.flatMap((rule) => context.guard(rule.id, () => rule.check(subject)).map((found) => placedInCode(rule, found, anchor, file, context))));
}

function querySubject({ site, judged, figures }: RecordedStatement, { settings }: TrafficContext): TrafficSubject {
  const { statement } = judged.fact;
  return {
    what: "query",
    figures,
    span: site.site.name,
    limits: settings,
    aggregates: statement.ok && judged.database !== undefined && judged.database.planner.uses(statement).some(({ aggregates }) => aggregates),
    loops: site.loops.map(({ verdict }) => verdict),
    advice: () => judged.advice(),
  };
}

/** Several calls at one place say the same. */
function withoutRepeats(found: readonly RecordedStatement[]): readonly RecordedStatement[] {
  const seen = new Set<string>();
  return found.filter(({ site, figures }) => {
    const key = `${site.site.name.start} ${figures.key}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The literals that name a cache entry: `name: "monthly-report"`. */
function namesOf(text: string, name: string): readonly Span[] {
  if (name === "" || !text.includes(name)) return [];
  return [`"${name}"`, `'${name}'`, `\`${name}\``].flatMap((literal) => {
    const spans: Span[] = [];
    for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + 1)) {
      if (/\bname\s*:\s*$/.test(text.slice(Math.max(0, at - 20), at))) spans.push({ start: at, end: at + literal.length });
    }
    return spans;
  });
}
