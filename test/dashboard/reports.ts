// Reports to show, with what a test cares for.
import type { DashboardPage } from "../../src/protocol/pages";
import type { DatabaseReport, FindingReport, HealthReport, ReviewReport } from "../../src/protocol/report";

let made = 0;

export function finding(given: Partial<FindingReport> = {}): FindingReport {
  return {
    rule: "unindexed-filter",
    severity: "warning",
    file: "src/api.ts",
    range: { start: { line: 3, column: 5 }, end: { line: 3, column: 9 } },
    message: "`orders` is scanned for `email`",
    related: [],
    fixes: [],
    data: {},
    fingerprint: String(++made).padStart(16, "0"),
    source: [],
    ...given,
  };
}

export function database(given: Partial<DatabaseReport> = {}): DatabaseReport {
  return { binding: "DB", migrationsDir: "migrations", baseSchema: null, tables: 4, indexes: 3, views: 2, triggers: 1, migrations: [], ...given };
}

export function report({ databases = [database()], findings = [], summary = {} }: { databases?: readonly DatabaseReport[]; findings?: readonly FindingReport[]; summary?: Partial<ReviewReport["summary"]> } = {}): ReviewReport {
  return { version: 1, databases, findings, summary: { files: 2, queries: 7, resolved: 7, partial: 0, unresolved: 0, foreign: 0, findings: {}, ms: 1, ...summary } };
}

export function reviewed(of: ReviewReport | null, health: HealthReport | null = null): DashboardPage {
  return { kind: "reviewed", folderName: "shop", reviewedAt: "2026-01-02T03:04:05.000Z", working: false, report: of && { review: of, health, work: null } };
}
