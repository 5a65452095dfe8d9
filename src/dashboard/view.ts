// What the user has chosen to see, and which findings that leaves.

import type { FindingReport, Severity } from "../protocol/report";
import { hasWords } from "./word-filter";
import { severities } from "./words";

export interface View {
  /** Words that all have to occur in a finding. */
  readonly text: string;
  readonly hidden: readonly Severity[];
  /** None: all. */
  readonly rules: readonly string[];
}

export const everything: View = { text: "", hidden: [], rules: [] };

export function isFiltered({ text, hidden, rules }: View): boolean {
  return text.trim() !== "" || hidden.length > 0 || rules.length > 0;
}

export function shown(findings: readonly FindingReport[], view: View): readonly FindingReport[] {
  return findings.filter((finding) => hasSeverity(finding, view) && hasRule(finding, view) && hasText(finding, view));
}

/** How many of each severity there are among those that the rest of the view leaves. */
export function bySeverity(findings: readonly FindingReport[], view: View): ReadonlyMap<Severity, number> {
  const left = shown(findings, { ...view, hidden: [] });
  return new Map(severities.map((severity) => [severity, left.filter((finding) => finding.severity === severity).length]));
}

export interface RuleCount {
  readonly rule: string;
  /** The worst that it found. */
  readonly severity: Severity;
  /** Among those that the rest of the view leaves. */
  readonly count: number;
  readonly total: number;
}

/** Every rule that found something, the worst first and then the most frequent. */
export function byRule(findings: readonly FindingReport[], view: View): readonly RuleCount[] {
  const left = shown(findings, { ...view, rules: [] });
  const counts = [...grouped(findings, ({ rule }) => rule)].map(([rule, all]): RuleCount => ({
    rule,
    severity: severities.find((severity) => all.some((finding) => finding.severity === severity)) ?? "hint",
    count: left.filter((finding) => finding.rule === rule).length,
    total: all.length,
  }));
  const rank = ({ severity }: RuleCount): number => severities.indexOf(severity);
  return counts.sort((a, b) => rank(a) - rank(b) || b.total - a.total || (a.rule < b.rule ? -1 : 1));
}

export function withSeverity(view: View, severity: Severity): View {
  return { ...view, hidden: toggled(view.hidden, severity) };
}

export function withRule(view: View, rule: string): View {
  return { ...view, rules: toggled(view.rules, rule) };
}

/** Rules that find nothing any more would hide everything else. */
export function withoutLostRules(view: View, findings: readonly FindingReport[]): View {
  const rules = view.rules.filter((rule) => findings.some((finding) => finding.rule === rule));
  return rules.length === view.rules.length ? view : { ...view, rules };
}

/** What was remembered, as far as it can be read. */
export function viewOf(remembered: unknown): View {
  const { text, hidden, rules } = (typeof remembered === "object" && remembered !== null ? remembered : {}) as Record<string, unknown>;
  return {
    text: typeof text === "string" ? text : "",
    hidden: Array.isArray(hidden) ? severities.filter((severity) => hidden.includes(severity)) : [],
    rules: Array.isArray(rules) ? rules.filter((rule) => typeof rule === "string") : [],
  };
}

/** In the order in which the keys first occur. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function toggled<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list.filter((each) => each !== item) : [...list, item];
}

function hasSeverity({ severity }: FindingReport, { hidden }: View): boolean {
  return !hidden.includes(severity);
}

function hasRule({ rule }: FindingReport, { rules }: View): boolean {
  return rules.length === 0 || rules.includes(rule);
}

function hasText({ file, rule, message, why, fixes }: FindingReport, { text }: View): boolean {
  return hasWords([file, rule, message, why ?? "", ...fixes.map(({ title }) => title)], text);
}
