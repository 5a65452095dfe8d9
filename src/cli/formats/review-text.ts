// The review as people read it in a terminal: files, findings with their source, a summary, and what to do next.

import type { DatabaseReport, FindingReport, ReviewReport, Severity } from "../../protocol/report";
import type { Colors } from "../colors";
import { highlightNames, severityColor } from "../colors";
import type { LeftOut, Narrowed } from "../narrow";
import type { ShowPath } from "../paths";
import { count, duration, plain } from "../words";
import { sourceFrame } from "./source-frame";

export interface ReviewStyle {
  readonly colors: Colors;
  readonly width: number;
  readonly path: ShowPath;
  /** The folder as it was given, for the commands that are named. */
  readonly folder: string;
  /** The revision of `--since`. */
  readonly since: string | undefined;
}

export const severities: readonly Severity[] = ["error", "warning", "info", "hint"];

export function reviewText({ report, leftOut }: Narrowed, style: ReviewStyle): string {
  const files = new Map<string, FindingReport[]>();
  for (const finding of report.findings) files.set(finding.file, [...(files.get(finding.file) ?? []), finding]);
  const sections = [...files].map(([file, findings]) => fileSection(file, findings, style));
  return `${[...sections, summary(report, leftOut, style)].join("\n\n")}\n`;
}

function fileSection(file: string, findings: readonly FindingReport[], style: ReviewStyle): string {
  const { colors } = style;
  const header = colors.bold(colors.underline(plain(style.path(file))));
  const full = findings.filter(({ severity }) => severity !== "hint").map((finding) => inFull(finding, style));
  const hints = findings.filter(({ severity }) => severity === "hint").map((finding) => inOneLine(finding, style));
  return [header, [...full, ...(hints.length > 0 ? [hints.join("\n")] : [])].join("\n\n")].join("\n\n");
}

function inFull(finding: FindingReport, style: ReviewStyle): string {
  const { colors, width } = style;
  const color = severityColor(colors, finding.severity);
  const frame = sourceFrame(finding.source, finding.range, { width: width - 4, gutter: colors.dim, mark: color });
  const lines = [
    ...frame,
    highlightNames(colors, plain(finding.message)),
    ...(finding.why === undefined ? [] : [labelled(colors, "why", plain(finding.why))]),
    ...finding.related.map((place) => labelled(colors, "see", `${placeOf(place, style)}  ${plain(place.message)}`)),
    ...finding.fixes.map(({ title }) => labelled(colors, "fix", highlightNames(colors, plain(title)), colors.green)),
  ];
  const head = `  ${colors.bold(color(finding.severity))} ${finding.rule}  ${colors.dim(placeOf(finding, style))}`;
  return [head, ...lines.map((line) => `    ${line}`)].join("\n");
}

function inOneLine(finding: FindingReport, style: ReviewStyle): string {
  const { colors } = style;
  return `  ${colors.dim("hint")} ${finding.rule}  ${colors.dim(placeOf(finding, style))}  ${highlightNames(colors, plain(finding.message))}`;
}

function labelled(colors: Colors, label: string, text: string, color = colors.dim): string {
  return `${color(`${label}:`)} ${text}`;
}

/** `file:line:column`, which terminals and editors open. */
function placeOf({ file, range }: Pick<FindingReport, "file" | "range">, { path }: ReviewStyle): string {
  return `${plain(path(file))}:${range.start.line}:${range.start.column}`;
}

function summary(report: ReviewReport, leftOut: LeftOut, style: ReviewStyle): string {
  const { colors } = style;
  const lines = [
    ...report.databases.map((database) => databaseLine(database, colors)),
    `${count(report.summary.files, "file")}, ${queriesLine(report.summary)}`,
    `${findingsLine(report, colors)}${colors.dim(`  ${duration(report.summary.ms)}`)}`,
    ...leftOutLines(leftOut, style),
  ];
  const next = nextStep(report, style);
  return [...lines, ...(next.length > 0 ? ["", ...next] : [])].join("\n");
}

function databaseLine(database: DatabaseReport, colors: Colors): string {
  const where = database.migrationsDir ?? database.baseSchema;
  const failed = database.migrations.filter(({ status }) => status === "failed").length;
  const partly = database.migrations.filter(({ status }) => status === "partly").length;
  const broken = [
    ...(failed > 0 ? [colors.red(`${failed} failed`)] : []),
    ...(partly > 0 ? [colors.yellow(`${partly} applied in part`)] : []),
  ];
  const parts = [
    count(database.tables, "table"),
    ...(database.views > 0 ? [count(database.views, "view")] : []),
    `${count(database.migrations.length, "migration")}${broken.length > 0 ? ` (${broken.join(", ")})` : ""}`,
  ];
  return `${colors.bold(plain(database.binding))}${where === null ? "" : ` ${colors.dim(plain(where))}`}: ${parts.join(", ")}`;
}

function queriesLine(summary: ReviewReport["summary"]): string {
  const { resolved, partial, unresolved, foreign } = summary;
  const parts = [
    `${resolved} resolved`,
    ...(partial > 0 ? [`${partial} in part`] : []),
    ...(unresolved > 0 ? [`${unresolved} unresolved`] : []),
    ...(foreign > 0 ? [`${foreign} for other databases`] : []),
  ];
  return `${count(summary.queries, "query", "queries")}${summary.queries > 0 ? `: ${parts.join(", ")}` : ""}`;
}

function findingsLine({ findings }: ReviewReport, colors: Colors): string {
  if (findings.length === 0) return colors.green("no findings");
  return severityCounts(findings)
    .map(({ severity, words }) => severityColor(colors, severity)(words))
    .join(", ");
}

/** `2 errors`, `1 warning`, without the severities that nothing has. */
export function severityCounts(findings: readonly FindingReport[]): { readonly severity: Severity; readonly words: string }[] {
  return severities.flatMap((severity) => {
    const n = findings.filter((finding) => finding.severity === severity).length;
    const words = severity === "info" ? `${n} info` : count(n, severity);
    return n === 0 ? [] : [{ severity, words }];
  });
}

function leftOutLines({ baseline, unchanged }: LeftOut, { colors, since }: ReviewStyle): string[] {
  return [
    ...(unchanged !== undefined ? [colors.dim(`only what changed since ${plain(since ?? "")}: ${count(unchanged, "other finding")} left out`)] : []),
    ...(baseline !== undefined ? [colors.dim(`${count(baseline, "finding")} of the baseline left out`)] : []),
  ];
}

function nextStep({ databases, findings, summary }: ReviewReport, { colors, folder }: ReviewStyle): string[] {
  if (databases.length === 0 && summary.queries === 0) {
    return ["There is no D1 database here: no wrangler file that binds one, no migrations folder, no schema.sql, no query"];
  }
  const here = folder === "." ? "" : ` ${/^[\w./@:-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`}`;
  const fixable = (safety: "safe" | "review") => findings.filter(({ fixes }) => fixes.some((fix) => fix.safety === safety)).length;
  const [safe, review] = [fixable("safe"), fixable("review")];
  const command = (text: string) => colors.bold(`plumbline fix${here}${text}`);
  return [
    ...(safe > 0 ? [`${command("")} mends ${count(safe, "finding")}, with no change of results`] : []),
    ...(review > 0 ? [`${command(" --review-too --dry")} shows the fixes of ${count(review, "finding")} to read first`] : []),
  ];
}
