// The health of a project as `plumbline health --format json` prints it: targets, checks, what was recorded, and what to
// do about it. Fields are only ever added.

import type { PlaceReport } from "./report";

export type TargetId = "cheaper" | "fast" | "cached" | "load" | "n-plus-one" | "migrations";

export interface HealthTarget {
  readonly id: TargetId;
  readonly title: string;
  /** What is to be reached, in words. */
  readonly goal: string;
  /** A share from 0 to 1, milliseconds, or a number of places, as the goal has it; null where it is not known. */
  readonly value: number | null;
  /** The figure as people read it. */
  readonly shown: string;
  readonly state: "met" | "missed" | "unknown";
  /** How the figure comes about. */
  readonly measured: string;
  /** What to do next, or how to get the figure. */
  readonly next: string;
  /** Where to begin, where that is a place. */
  readonly place?: PlaceReport;
}

const checkIds = [
  "missing-indexes",
  "redundant-indexes",
  "unused-indexes",
  "foreign-keys",
  "slow-queries",
  "hungry-queries",
  "n-plus-one",
  "failing-queries",
  "cache-misses",
  "failed-migrations",
  "pending-migrations",
  "irreversible-migrations",
  "drift",
  "limits",
] as const;

export type CheckId = (typeof checkIds)[number];

export interface HealthFinding {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  /** Of the finding of the review that says it. */
  readonly rule?: string;
}

/** A call that sends a query. */
export interface HealthPlace extends PlaceReport {
  readonly column: number;
}

/** A migration that is not written yet. */
export interface HealthMigration {
  readonly database: string;
  /** Of the migrations of the database. */
  readonly folder: string;
  readonly name: string;
  readonly sql: string;
  readonly rollback: string;
}

export interface HealthCheck {
  readonly id: CheckId;
  readonly title: string;
  readonly state: "ok" | "warning" | "error" | "unknown";
  /** One line: what was found, or why it is not known. */
  readonly summary: string;
  readonly findings: readonly HealthFinding[];
}

/** Times in milliseconds, rows of one call; null where they were not recorded. */
export interface HealthQuery {
  readonly sql: string;
  /** The calls of the code that send it; empty where none is known. */
  readonly places: readonly HealthPlace[];
  readonly calls: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Only an average was recorded, which stands for all three. */
  readonly averaged: boolean;
  readonly rowsRead: number | null;
  readonly rowsReturned: number | null;
  readonly rowsWritten: number | null;
  /** Of all rows that were read. */
  readonly share: number;
  /** The most calls in one request, batches apart; null where requests were not told apart. */
  readonly mostInRequest: number | null;
  /** Requests that send it, the most calls first; of many the first. */
  readonly endpoints: readonly string[];
}

export interface HealthEndpoint {
  readonly endpoint: string;
  readonly requests: number;
  /** Of one request, on the average and at most. */
  readonly queries: number;
  readonly mostQueries: number;
  readonly errors: number;
  /** Of one request. */
  readonly rowsRead: number;
  /** In the database, all queries of a request together. */
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface HealthCache {
  readonly name: string;
  readonly reads: number;
  /** The share that the cache answered. */
  readonly hitRate: number;
  readonly errors: number;
  readonly hitMs: number | null;
  readonly missMs: number | null;
}

export interface Saving {
  /** Rows read that go away, of the recorded traffic, or of one turn of the code where none was recorded. */
  readonly rows: number;
  readonly ms: number;
  /** Dollars for a month of such traffic at D1's prices, before what is included; null where its period is not known. */
  readonly perMonth: number | null;
}

export interface HealthRecommendation {
  readonly kind: "index" | "n-plus-one" | "cache" | "drop-index" | "query" | "cache-key";
  readonly title: string;
  /** How to go about it. */
  readonly how: string;
  readonly file?: string;
  readonly line?: number;
  /** The migration that does it; missing where none can be written. */
  readonly migration?: HealthMigration;
  /** Rules whose findings at the place have fixes that do it. */
  readonly rules?: readonly string[];
  readonly saves: Saving;
  /** `derived`: from plans and table sizes. */
  readonly basis: "recorded" | "derived";
}

export interface HealthAlert {
  /** The setting of `alerts` in plumbline.json. */
  readonly setting: "p95Ms" | "rowsRead" | "errorRate" | "hitRate" | "queriesPerRequest";
  readonly limit: number;
  readonly value: number;
  /** A query, a kind of request, or a cache. */
  readonly subject: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

export interface HealthSource {
  /** A file's name, or what it is. */
  readonly name: string;
  readonly form: "events" | "insights" | "traces";
  readonly events: number;
  /** What could not be read, by reason. */
  readonly skipped: readonly { readonly reason: string; readonly count: number }[];
  /** Why nothing came of it. */
  readonly why?: string;
}

export interface HealthMoment {
  /** ISO 8601, the begin of a minute or an hour. */
  readonly time: string;
  readonly calls: number;
  readonly errors: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly p95: number | null;
  /** Reads through caches, and those that they answered. */
  readonly reads: number;
  readonly hits: number;
}

export interface HealthTraffic {
  readonly sources: readonly HealthSource[];
  /** ISO 8601; null where no time was recorded. */
  readonly from: string | null;
  readonly to: string | null;
  readonly calls: number;
  readonly errors: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Dollars for what was recorded, before what is included. */
  readonly dollars: number;
  readonly perMonth: number | null;
  /** By minute for the last day, by hour before. */
  readonly minutes: readonly HealthMoment[];
  readonly hours: readonly HealthMoment[];
}

export interface HealthIndex {
  readonly database: string;
  readonly index: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly usedBy: number;
  /** Those queries; of many the first. */
  readonly by: readonly PlaceReport[];
  /** Recorded calls of those queries; null where none was recorded. */
  readonly calls: number | null;
}

export interface HealthReport {
  readonly version: 1;
  /** Null where nothing was recorded. */
  readonly traffic: HealthTraffic | null;
  readonly targets: readonly HealthTarget[];
  readonly checks: readonly HealthCheck[];
  readonly alerts: readonly HealthAlert[];
  /** What saves most first. */
  readonly recommendations: readonly HealthRecommendation[];
  /** Those that read most first. */
  readonly queries: readonly HealthQuery[];
  readonly endpoints: readonly HealthEndpoint[];
  readonly caches: readonly HealthCache[];
  readonly indexes: readonly HealthIndex[];
  /** How many migrations have been judged, of all that there are. */
  readonly proved: { readonly done: number; readonly total: number };
  /** Dollars for a million rows, on the paid plan, beyond what is included. */
  readonly prices: { readonly read: number; readonly written: number };
}
