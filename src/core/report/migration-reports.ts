// The public shapes of what concerns migrations, as `--format json` prints them. Fields are only ever added.

import type { FindingReport, PlaceReport, PlanRowReport } from "./report";

export interface DryRunStatementReport {
  readonly line: number;
  readonly sql: string;
  /** In SQLite on this machine, on the rows of the dry run. */
  readonly ms: number;
  readonly rowsChanged: number;
  /** On a table of the size that it has in use. `rowsRead` and `rowsWritten` are what D1 would bill: derived, not measured. */
  readonly estimate?: { readonly table: string; readonly rows: number; readonly ms: number; readonly rowsRead: number; readonly rowsWritten: number };
  readonly plan?: readonly PlanRowReport[];
}

export interface LostRowsReport {
  readonly table: string;
  readonly before: number;
  readonly after: number;
  /** Rows, or rows whose value in `column` is gone. */
  readonly lost: number;
  readonly column?: string;
  readonly cause: string;
  /** The line of the statement; missing where it is none alone. */
  readonly line?: number;
  /** False where the statement does not name the table: a foreign key, or a copy that left rows behind. */
  readonly stated: boolean;
}

/** `risky`: it runs and loses no row by itself, and something about it wants a look. */
export type MigrationVerdict = "safe" | "risky" | "loses-rows" | "fails";

export interface MigrationDryRunReport {
  readonly file: string;
  readonly database: string;
  readonly ok: boolean;
  readonly verdict: MigrationVerdict;
  /** What the verdict rests on, in one line; missing where it is safe. */
  readonly because?: string;
  readonly error?: { readonly message: string; readonly line: number; readonly statement: string };
  readonly ms: number;
  readonly statements: readonly DryRunStatementReport[];
  /** Of the tables that the file can change; `now` is the new name of one that it renames. */
  readonly rows: readonly { readonly table: string; readonly now?: string; readonly before: number; readonly after: number }[];
  readonly lost: readonly LostRowsReport[];
  readonly schema: readonly { readonly change: "added" | "dropped" | "changed"; readonly object: string; readonly detail: string }[];
  readonly breaks: readonly (PlaceReport & { readonly error: string; readonly sql: string })[];
  /** It runs on plain rows, and fails on rows that its constraints allow: NULLs, equal values, text in numbers. */
  readonly risk?: { readonly message: string; readonly line: number; readonly statement: string };
  /** What it would take on tables of the size that they have in use; D1 ends a call after 30 seconds. */
  readonly estimatedMs: number;
  /** The sums of its statements. */
  readonly estimatedRows: { readonly read: number; readonly written: number; readonly basis: "derived" };
  readonly findings: readonly FindingReport[];
  /** Fingerprints of the findings that say nothing but what `breaks` lists; missing where there are none. */
  readonly saidByBreaks?: readonly string[];
}

export interface DryRunReport {
  readonly version: 1;
  /** What it ran on, in words. */
  readonly data: string;
  readonly migrations: readonly MigrationDryRunReport[];
}

export type MigrationState = "applied" | "pending" | "failed" | "edited" | "missing" | "out-of-order";

export interface MigrationStatusReport {
  readonly file: string;
  readonly state: MigrationState;
  /** As the local database records it. */
  readonly appliedAt?: string;
  readonly error?: string;
  readonly line?: number;
  /** Relative to the folder, where there is one. */
  readonly rollbackFile?: string;
}

export interface StatusReport {
  readonly version: 1;
  readonly databases: readonly {
    readonly binding: string;
    readonly migrationsDir: string | null;
    /** The local database that was read; null where there is none, and `why` says so. */
    readonly local: string | null;
    readonly why?: string;
    readonly migrations: readonly MigrationStatusReport[];
  }[];
}

export interface CompareReport {
  readonly version: 1;
  readonly databases: readonly {
    readonly binding: string;
    readonly migrationsDir: string | null;
    readonly local: string | null;
    readonly why?: string;
    /** What the live database has otherwise than the migrations say: `added` is in the database alone. */
    readonly schema: MigrationDryRunReport["schema"];
    /** Statements that would make the database what the migrations say; undefined where some change needs a rebuild. */
    readonly closing?: string;
    /** Migrations that the local database lacks, which explain a part of it. */
    readonly pending: readonly string[];
  }[];
}

export interface ValidateReport {
  readonly version: 1;
  readonly migrations: readonly {
    readonly file: string;
    readonly database: string;
    readonly verdict: MigrationVerdict;
    /** One line. */
    readonly because?: string;
    readonly line?: number;
    readonly rollback?: "exact" | "structure" | "irreversible";
    readonly errors: number;
    readonly warnings: number;
    readonly breaks: number;
    readonly estimatedMs: number;
  }[];
  /** Why there are none: a clause, such as `the schema comes from schema.sql alone`. */
  readonly nothing?: string;
  readonly summary: { readonly safe: number; readonly risky: number; readonly losesRows: number; readonly fails: number };
}
