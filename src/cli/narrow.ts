// Leaves findings out of a report: what is in the baseline, and what did not change since a revision.

import type { FindingReport, ReviewReport } from "../protocol/report";
import type { Baseline } from "./baseline";
import { withoutAccepted } from "./baseline";
import type { Context } from "./context";
import type { Changes } from "./git";

export interface LeftOut {
  /** Findings of the baseline; undefined where there is none. */
  readonly baseline?: number;
  /** Findings outside of what changed; undefined where everything is reviewed. */
  readonly unchanged?: number;
}

export interface Narrowed {
  readonly report: ReviewReport;
  readonly leftOut: LeftOut;
}

export interface Narrowing {
  readonly baseline: Baseline | undefined;
  readonly changes: Changes | undefined;
  readonly rules: readonly string[];
}

export async function narrow(context: Context, report: ReviewReport, { baseline, changes, rules }: Narrowing): Promise<Narrowed> {
  const changed = changes ? await ofChanges(context, report.findings, changes, rules) : report.findings;
  const findings = baseline ? withoutAccepted(changed, baseline) : changed;
  const byRule: Record<string, number> = {};
  for (const { rule } of findings) byRule[rule] = (byRule[rule] ?? 0) + 1;
  return {
    report: { ...report, findings, summary: { ...report.summary, findings: byRule } },
    leftOut: {
      ...(baseline && { baseline: changed.length - findings.length }),
      ...(changes && { unchanged: report.findings.length - changed.length }),
    },
  };
}

/**
 * A finding belongs to the changes where it, or a place it names, was changed. A changed migration can also bring out
 * findings in code that was not touched: those that the review with the migrations as they were does not have.
 */
async function ofChanges(
  context: Context,
  findings: readonly FindingReport[],
  changes: Changes,
  rules: readonly string[],
): Promise<FindingReport[]> {
  const migrations = changes.files.filter((file) => /\.sql$/i.test(file));
  const touched = ({ file, range, related }: FindingReport) =>
    changes.touches(file, range) || related.some((place) => changes.touches(place.file, place.range));
  if (migrations.length === 0 || findings.every(touched)) return findings.filter(touched);
  for (const file of migrations) {
    await context.ask("overlay", { path: file, text: await changes.textBefore(file), version: 1 });
  }
  const before = new Set((await context.ask("report", { rules })).findings.map((finding) => finding.fingerprint));
  return findings.filter((finding) => touched(finding) || !before.has(finding.fingerprint));
}
