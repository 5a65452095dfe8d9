// The input of an analysis, frozen: one version of every file, the databases, the settings.

import type { MeasuredStatistics } from "../planner/measured";
import type { DatabaseSource, SourceFile } from "../schema/sources";
import type { RecordedTraffic } from "../telemetry/recorded-traffic";
import type { Span } from "../text/span";
import type { Settings } from "./settings";

/** Something wrong with the project's configuration, at its place. Becomes a finding of the rule `configuration`. */
export interface ProjectProblem {
  readonly file: string;
  readonly span: Span;
  /** One sentence that says what to do; no full stop. */
  readonly message: string;
  readonly severity: "error" | "warning";
}

/** By `databaseKey`. Databases that have no local file, or none that can be read, are missing. */
export type LocalStatistics = ReadonlyMap<string, MeasuredStatistics>;

/** What was applied to one local database: `migrationHash` of each file's text as it was then, by the name that wrangler notes. */
export type AppliedMigrations = ReadonlyMap<string, string>;

/**
 * The same of every local database of a folder, by `databaseKey`, as plain data to be kept from one session to the next.
 * `at` is when wrangler applied it, so that a file that is applied anew is looked at anew.
 */
export type AppliedMemory = Readonly<Record<string, Readonly<Record<string, { readonly hash: string; readonly at: string }>>>>;

/** Two databases of a project never share both their binding and their migrations. */
export function databaseKey({ binding, migrationsDir }: Pick<DatabaseSource, "binding" | "migrationsDir">): string {
  return JSON.stringify([binding, migrationsDir]);
}

export interface Snapshot {
  /** By path relative to the workspace folder: code, migrations, base schemas. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** Paths of the files whose queries are reviewed, sorted. */
  readonly code: readonly string[];
  readonly databases: readonly DatabaseSource[];
  /** What the local D1 databases hold; missing where none was looked for. */
  readonly statistics?: LocalStatistics;
  /** By `databaseKey`; missing where no local database was read. */
  readonly applied?: ReadonlyMap<string, AppliedMigrations>;
  /** Rows of tables by lower-case name, as recorded traffic tells. */
  readonly recordedRows?: ReadonlyMap<string, number>;
  /** Missing where nothing was recorded. */
  readonly traffic?: RecordedTraffic;
  readonly settings: Settings;
  readonly problems: readonly ProjectProblem[];
}
