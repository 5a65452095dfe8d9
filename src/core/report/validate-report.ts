// The verdict on each migration, from its dry run, its findings and its rollback: what the CI gate says.

import { rules } from "../rules/index";
import type { MigrationDryRunReport, ValidateReport } from "./migration-reports";
import type { FindingReport } from "./report";

type Verdict = ValidateReport["migrations"][number];

export function validateReport(migrations: readonly Verdict[], nothing?: string): ValidateReport {
  const count = (verdict: Verdict["verdict"]): number => migrations.filter((one) => one.verdict === verdict).length;
  return { version: 1, migrations, ...(nothing === undefined ? {} : { nothing }), summary: { safe: count("safe"), risky: count("risky"), losesRows: count("loses-rows"), fails: count("fails") } };
}

/** `rollback` is undefined where none can be made. */
export function verdictOn(dryRun: MigrationDryRunReport, rollback: Verdict["rollback"]): Verdict {
  const { file, database, breaks, estimatedMs } = dryRun;
  const findings = ofMigration(dryRun.findings);
  const of = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
  return {
    file,
    database,
    ...judged(dryRun),
    ...(rollback === undefined ? {} : { rollback }),
    errors: of("error"),
    warnings: of("warning"),
    breaks: breaks.length,
    estimatedMs,
  };
}

/** What is worst. */
export function judged({ error, lost, breaks, findings, risk, estimatedMs }: Omit<MigrationDryRunReport, "verdict" | "because">): Pick<Verdict, "verdict" | "because" | "line"> {
  if (error !== undefined) return { verdict: "fails", because: error.message, line: error.line };
  const unsaid = lost.find(({ stated }) => !stated);
  if (unsaid !== undefined) return { verdict: "loses-rows", because: `${unsaid.table}: ${unsaid.cause}`, ...(unsaid.line === undefined ? {} : { line: unsaid.line }) };
  const said = ofMigration(findings);
  const worst = said.find(({ severity }) => severity === "error") ?? said.find(({ severity }) => severity === "warning");
  if (breaks.length > 0) return { verdict: "risky", because: `breaks ${breaks.length === 1 ? "a query" : `${breaks.length} queries`}, the first at ${breaks[0]!.file}:${breaks[0]!.line}` };
  if (worst !== undefined) return { verdict: "risky", because: worst.message, line: worst.range.start.line };
  if (risk !== undefined) return { verdict: "risky", because: `fails on some data: ${risk.message}`, line: risk.line };
  if (estimatedMs > CALL_MS) return { verdict: "risky", because: `may take ${Math.round(estimatedMs / 1000)} s, and D1 ends a call after 30 s` };
  return { verdict: "safe" };
}

/** What is said of the schema as a whole is no fault of the migration. */
function ofMigration(findings: readonly FindingReport[]): readonly FindingReport[] {
  return findings.filter(({ rule }) => ofMigrations.has(rule));
}

const CALL_MS = 30_000;
const ofMigrations: ReadonlySet<string> = new Set(rules.filter(({ kind, id }) => kind === "migration" || id === "failed-migration").map(({ id }) => id));
