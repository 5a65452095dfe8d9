// The public shapes of reports, as `--format json` prints them. Fields are only ever added.
// Lines and columns count from 1; columns are UTF-16 units; paths are relative to the folder, with `/`.

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export type Severity = "error" | "warning" | "info" | "hint";

export interface MigrationReport {
  readonly file: string;
  readonly status: "applied" | "partly" | "failed";
  readonly error?: string;
  readonly line?: number;
}

export interface DatabaseReport {
  readonly binding: string;
  readonly migrationsDir: string | null;
  readonly baseSchema: string | null;
  readonly tables: number;
  readonly indexes: number;
  readonly views: number;
  readonly triggers: number;
  readonly migrations: readonly MigrationReport[];
}

export interface FindingReport {
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  readonly range: Range;
  readonly message: string;
  readonly why?: string;
  readonly related: readonly { readonly file: string; readonly range: Range; readonly message: string }[];
  readonly fixes: readonly { readonly title: string; readonly safety: "safe" | "review" }[];
  readonly data: Readonly<Record<string, unknown>>;
  /** Stable across unrelated edits: rule, file, the finding's own source text and message. Names it in a baseline. */
  readonly fingerprint: string;
  /** The source lines of the finding (at most five), for text reports. */
  readonly source: readonly string[];
}

export interface ReviewReport {
  readonly version: 1;
  readonly databases: readonly DatabaseReport[];
  readonly findings: readonly FindingReport[];
  readonly summary: {
    readonly files: number;
    readonly queries: number;
    readonly resolved: number;
    readonly partial: number;
    readonly unresolved: number;
    readonly foreign: number;
    readonly findings: Readonly<Record<string, number>>;
    readonly ms: number;
  };
}

export interface PlanRowReport {
  readonly detail: string;
  readonly cost: number;
  readonly depth: number;
}

export interface StatementReport {
  readonly sql: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly plan: readonly PlanRowReport[];
  readonly rowsRead?: number;
}

export interface QueryReport {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string | null;
  readonly database: string | null;
  readonly via: string;
  readonly status: "resolved" | "partial" | "unresolved" | "foreign";
  readonly why?: string;
  readonly statements: readonly StatementReport[];
  readonly loop: null | { readonly line: number; readonly verdict: string };
}

export interface QueriesReport {
  readonly version: 1;
  readonly queries: readonly QueryReport[];
}

/** What a profile measured for a statement on made-up rows. */
export interface MeasuredReport {
  readonly ms: number;
  /** Rows that D1 would count as read. */
  readonly rows: number;
}

/** Recorded calls of a statement. Milliseconds and rows of one call; null where they were not recorded. */
export interface RecordedReport {
  readonly calls: number;
  readonly errors: number;
  readonly p50: number | null;
  /** Null where only averages were recorded, which `p50` then is. */
  readonly p95: number | null;
  readonly rowsRead: number | null;
  readonly mostInRequest: number | null;
}

export interface UsedIndexReport {
  readonly name: string;
  /** Null for the index of a constraint, and where the code makes it at run time. */
  readonly madeIn: { readonly file: string; readonly line: number } | null;
}

/** A plan of a statement with its price. */
export interface ExplainedPlan {
  readonly plan: readonly PlanRowReport[];
  readonly cost: number;
  readonly rowsRead: number;
  /** The plan in a few words; empty where it reads no table. */
  readonly words: string;
}

/** `plumbline explain`: one statement against one database of the folder. */
export interface ExplainReport {
  readonly version: 1;
  readonly database: string | null;
  readonly sql: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly plan: readonly PlanRowReport[];
  readonly cost?: number;
  readonly rowsRead?: number;
  readonly words?: string;
  /** The existing indexes that the plan uses. */
  readonly indexes?: readonly UsedIndexReport[];
  /** Where the row counts come from, in words. */
  readonly statistics: string;
  readonly measured?: MeasuredReport;
  readonly recorded?: RecordedReport & { /** In a line. */ readonly words: string };
  /** The index that would help most, proven by the planner. */
  readonly better?: ExplainedPlan & { readonly index: string };
  /**
   * With all the indexes that the code of the project asks for. `indexes` are those of them that this plan uses; empty
   * where the plan stays as it is. Missing where nobody asked.
   */
  readonly set?: ExplainedPlan & { readonly indexes: readonly string[] };
}

export interface SchemaColumnReport {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly primaryKey: number;
  readonly generated: boolean;
  readonly madeIn: { readonly file: string; readonly line: number } | null;
}

export interface SchemaTableReport {
  readonly name: string;
  readonly kind: "table" | "virtual";
  readonly sql: string;
  readonly columns: readonly SchemaColumnReport[];
  readonly foreignKeys: readonly {
    readonly columns: readonly string[];
    readonly parent: string;
    readonly parentColumns: readonly string[];
    readonly onDelete: string;
    readonly onUpdate: string;
  }[];
  readonly indexes: readonly {
    readonly name: string;
    readonly columns: readonly string[];
    readonly unique: boolean;
    readonly where: string | null;
    readonly made: "c" | "u" | "pk";
    readonly sql: string | null;
    readonly madeIn: { readonly file: string; readonly line: number } | null;
  }[];
  readonly madeIn: { readonly file: string; readonly line: number } | null;
}

export interface SchemaReport {
  readonly version: 1;
  readonly databases: readonly {
    readonly binding: string;
    /** What Cloudflare calls it; null where no wrangler file says so. */
    readonly name: string | null;
    readonly declaredIn: string | null;
    readonly migrationsDir: string | null;
    readonly baseSchema: string | null;
    readonly tables: readonly SchemaTableReport[];
    readonly views: readonly { readonly name: string; readonly sql: string; readonly madeIn: { readonly file: string; readonly line: number } | null }[];
    readonly triggers: readonly { readonly name: string; readonly table: string; readonly sql: string; readonly madeIn: { readonly file: string; readonly line: number } | null }[];
  }[];
}

export interface PlaceReport {
  readonly file: string;
  readonly line: number;
}

/** One index of the set that the code of the project lacks. Costs and rows are of the queries that it serves, weighted by use. */
export interface RecommendedIndexReport {
  readonly database: string;
  readonly name: string;
  readonly table: string;
  /** Column names, or expressions as written. */
  readonly columns: readonly string[];
  readonly sql: string;
  readonly serves: readonly PlaceReport[];
  /** The statements among them that gain most. */
  readonly queries: readonly {
    readonly sql: string;
    readonly planBefore: readonly PlanRowReport[];
    readonly planAfter: readonly PlanRowReport[];
    readonly rowsBefore: number;
    readonly rowsAfter: number;
  }[];
  /** Existing indexes that it takes the place of. */
  readonly replaces: readonly string[];
  /** What the findings about single queries name, whose work it does in the set; absent where they name the same. */
  readonly insteadOf?: readonly { readonly sql: string; readonly places: readonly PlaceReport[] }[];
  readonly costBefore: number;
  readonly costAfter: number;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  /** The code makes the table, so that it has to make the index too: no migration can. */
  readonly madeAtRunTime?: true;
  /** Rows that D1 bills more for each row inserted, those of the indexes that it replaces apart; under 1 for a partial index. */
  readonly writesPerInsert: number;
  /** By estimate. */
  readonly bytes: number;
  /** Where the size of the table comes from, in words. */
  readonly statistics: string;
  /** What is different in a database where nobody has run ANALYZE or `PRAGMA optimize`; absent where nothing is. */
  readonly withoutStatistics?: string;
}

export interface IndexesReport {
  readonly version: 1;
  readonly recommended: readonly RecommendedIndexReport[];
  /** Indexes that would pay, but harm a query where SQLite has no statistics. `instead` is made in their place. */
  readonly leftOut: readonly { readonly database: string; readonly sql: string; readonly because: string; readonly instead: string | null }[];
  readonly redundant: readonly { readonly database: string; readonly index: string; readonly because: string }[];
  readonly unused: readonly { readonly database: string; readonly index: string; readonly because: string }[];
  readonly used: readonly { readonly database: string; readonly index: string; readonly by: readonly PlaceReport[] }[];
  /** Foreign keys that no index supports, and columns whose types keep an index from being used. */
  readonly foreignKeys: readonly (PlaceReport & { readonly message: string })[];
  readonly affinity: readonly (PlaceReport & { readonly message: string })[];
  readonly tables: readonly {
    readonly database: string;
    readonly name: string;
    readonly rows: number;
    readonly indexes: readonly { readonly name: string; readonly columns: readonly string[]; readonly unique: boolean; readonly where: string | null; readonly made: "c" | "u" | "pk"; readonly usedBy: number }[];
  }[];
  readonly workload: { readonly queries: number; readonly costBefore: number; readonly costAfter: number; readonly rowsBefore: number; readonly rowsAfter: number };
}

/** A place in the code that sends a statement. */
export interface ProfilePlaceReport extends PlaceReport {
  readonly column: number;
  readonly function: string | null;
}

/** One statement of the code, run on made-up rows. `null` where it did not run. Its own place is the first of `places`. */
export interface ProfiledQueryReport extends ProfilePlaceReport {
  readonly database: string;
  readonly sql: string;
  readonly places: readonly ProfilePlaceReport[];
  /** Median of several runs, in SQLite compiled to WebAssembly, on this machine. */
  readonly msBefore: number | null;
  readonly msAfter: number | null;
  /** Rows that D1 would count as read: derived from the plan, and counted on the made-up rows where that can be. */
  readonly rowsBefore: number | null;
  readonly rowsAfter: number | null;
  readonly rowsCounted: boolean;
  /** Rows that came back. */
  readonly returned: number | null;
  /** Over `slowMs`, or without an end. */
  readonly slow: boolean;
  readonly slowAfter: boolean;
  readonly planBefore: readonly PlanRowReport[];
  readonly planAfter: readonly PlanRowReport[];
  /** Why it stays slow with the indexes. */
  readonly why?: string;
  /** Why it did not run. */
  readonly error?: string;
}

export interface ProfileReport {
  readonly version: 1;
  /** Rows in each table, and why there are fewer than wanted. */
  readonly rows: Readonly<Record<string, number>>;
  readonly short: readonly { readonly database: string; readonly table: string; readonly wanted: number; readonly rows: number; readonly because: string }[];
  /** The share of the wanted rows that fit into memory. */
  readonly scale: number;
  readonly engine: string;
  readonly slowMs: number;
  /** The slowest first. */
  readonly queries: readonly ProfiledQueryReport[];
  readonly indexes: readonly string[];
  /** Sums are over the statements that ran both times; those of rows over the ones whose rows were counted. */
  readonly summary: {
    readonly queries: number;
    readonly failed: number;
    readonly slow: number;
    readonly slowAfter: number;
    readonly msBefore: number;
    readonly msAfter: number;
    readonly rowsBefore: number;
    readonly rowsAfter: number;
    /** What takes too long to count, by the planner's estimate. */
    readonly estimated: { readonly queries: number; readonly rowsBefore: number; readonly rowsAfter: number };
    readonly seedMs: number;
    readonly ms: number;
  };
}
