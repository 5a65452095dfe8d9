// A whole review as plain data: what `review --format json` prints and every other format is made from.

import type { Analysis, FileResult } from "../analysis/analysis";
import type { Snapshot } from "../analysis/snapshot";
import type { Finding } from "../rules/finding";
import type { Model } from "../schema/replay";
import { LineIndex } from "../text/line-index";
import type { Span } from "../text/span";
import type { DatabaseReport, FindingReport, Range, ReviewReport } from "./report";

/** Lines of a finding that a text report shows. */
const MOST_SOURCE_LINES = 5;

/** `results` are all files of the snapshot; `only` names the rules to report, all where it is empty. `ms` is given, since core has no clock. */
export function reviewReport(analysis: Analysis, snapshot: Snapshot, results: readonly FileResult[], only: readonly string[], ms: number): ReviewReport {
  const lines = new LineIndexes(snapshot);
  const findings = results.flatMap((result) =>
    result.findings.filter((finding) => only.length === 0 || only.includes(finding.rule)).map((finding) => findingReport(finding, lines)),
  );
  const sites = results.flatMap((result) => result.review?.sites ?? []);
  const status = (wanted: string): number => sites.filter((site) => site.status === wanted).length;
  return {
    version: 1,
    databases: analysis.databases(snapshot).map(({ model }) => databaseReport(model, lines)),
    findings: withFingerprints(findings, lines),
    summary: {
      files: snapshot.code.length,
      queries: sites.length,
      resolved: status("resolved"),
      partial: status("partial"),
      unresolved: status("unresolved"),
      foreign: status("foreign"),
      findings: tally(findings.map((finding) => finding.rule)),
      ms,
    },
  };
}

/** Line indexes of the snapshot's files, each made once. */
export class LineIndexes {
  readonly #snapshot: Snapshot;
  readonly #indexes = new Map<string, LineIndex>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  text(path: string): string {
    return this.#snapshot.files.get(path)?.text ?? "";
  }

  of(path: string): LineIndex {
    let index = this.#indexes.get(path);
    if (index === undefined) this.#indexes.set(path, (index = new LineIndex(this.text(path))));
    return index;
  }

  range(path: string, span: Span): Range {
    const index = this.of(path);
    return { start: index.place(span.start), end: index.place(span.end) };
  }
}

/** Findings as every report shows them. */
export function findingReports(findings: readonly Finding[], lines: LineIndexes): readonly FindingReport[] {
  return withFingerprints(findings.map((finding) => findingReport(finding, lines)), lines);
}

function databaseReport(model: Model, lines: LineIndexes): DatabaseReport {
  const { schema, source } = model;
  return {
    binding: source.binding,
    migrationsDir: source.migrationsDir ?? null,
    baseSchema: model.base ?? null,
    tables: schema.tables.length,
    indexes: schema.indexes.length,
    views: schema.views.length,
    triggers: schema.triggers.length,
    migrations: model.migrations.map((migration) => {
      const failure = migration.failures[0];
      return {
        file: migration.file,
        status: migration.status,
        ...(failure === undefined ? {} : { error: failure.message, line: lines.of(failure.file).place(failure.span.start).line }),
      };
    }),
  };
}

function findingReport(finding: Finding, lines: LineIndexes): Omit<FindingReport, "fingerprint"> {
  const range = lines.range(finding.file, finding.span);
  const text = lines.text(finding.file);
  const index = lines.of(finding.file);
  const last = Math.min(range.end.line, range.start.line + MOST_SOURCE_LINES - 1);
  const source = [];
  for (let line = range.start.line; line <= last; line++) {
    const span = index.lineSpan(text, index.lineStart(line));
    source.push(text.slice(span.start, span.end));
  }
  return {
    rule: finding.rule,
    severity: finding.severity,
    file: finding.file,
    range,
    message: finding.message,
    ...(finding.why === undefined ? {} : { why: finding.why }),
    related: finding.related.map((related) => ({ file: related.file, range: lines.range(related.file, related.span), message: related.message })),
    fixes: finding.fixes().map(({ title, safety }) => ({ title, safety })),
    data: finding.data,
    source,
  };
}

/**
 * The name of a finding in a baseline: its rule, file, source lines without white space, and how many alike came before.
 * Lines that move keep their fingerprints; row counts in messages do not matter.
 */
function withFingerprints(findings: readonly Omit<FindingReport, "fingerprint">[], lines: LineIndexes): readonly FindingReport[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const index = lines.of(finding.file);
    const { start, end } = finding.range;
    const text = lines.text(finding.file).slice(index.lineStart(start.line) + start.column - 1, index.lineStart(end.line) + end.column - 1);
    const name = [finding.rule, finding.file, text.replace(/\s+/g, " ").trim()].join("|");
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return { ...finding, fingerprint: hash(count === 0 ? name : `${name}|${count}`) };
  });
}

/** 64-bit FNV-1a over UTF-16 units, as 16 hexadecimal digits. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at++) {
    value = ((value ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return value.toString(16).padStart(16, "0");
}

function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
