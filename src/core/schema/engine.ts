// The port through which core runs SQL. It is synchronous, so that rules, fixes and proofs are plain functions.
// Errors of the SQL are values; an exception means a bug or an engine that is gone.

export type SqlValue = string | number | Uint8Array | null;

export interface SqlError {
  readonly ok: false;
  /** SQLite's message, such as `no such column: x`, without prefix. */
  readonly message: string;
  /** True where the statement was not run, because it missed its deadline in an earlier run. */
  readonly setAside?: true;
}

export interface SqlRows {
  readonly ok: true;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** Rows changed by an INSERT, UPDATE or DELETE; 0 for all else. */
  readonly changes: number;
  /** Milliseconds that the statement took. */
  readonly ms: number;
}

/** What a statement did whose rows nobody wants. */
export interface Measured {
  readonly ok: true;
  /** Rows that it gave. */
  readonly returned: number;
  /** Rows changed by an INSERT, UPDATE or DELETE; 0 for all else. */
  readonly changes: number;
  /** Milliseconds that it took, without its preparation. */
  readonly ms: number;
}

/** One row of EXPLAIN QUERY PLAN. `cost` is SQLite's raw LogEst (10·log2) for one run of that loop; 0 for sorts. */
export interface PlanRow {
  readonly id: number;
  readonly parent: number;
  readonly cost: number;
  readonly detail: string;
}

export interface Explained {
  readonly ok: true;
  readonly rows: readonly PlanRow[];
}

/** Limits of SQLite that a platform lowers: https://sqlite.org/limits.html */
export interface Limits {
  readonly columns: number;
  readonly depth: number;
  readonly compoundTerms: number;
  readonly functionArguments: number;
  readonly patternBytes: number;
  readonly parameters: number;
  readonly triggerDepth: number;
}

/** What a platform leaves of SQLite. */
export interface Surface {
  readonly limits: Limits;
  /** Names in lower case of the functions that can be called, also by views, triggers and constraints; undefined: all. */
  readonly functions: ReadonlySet<string> | undefined;
}

/** One in-memory database with foreign keys enforced. Closed by its owner. */
export interface Database {
  /**
   * Holds the statements from now on to a surface; undefined: all of SQLite. A function outside it fails as one that does
   * not exist, or as one of another number of arguments.
   */
  restrict(surface: Surface | undefined): void;
  /** Runs exactly one statement, with positional parameters. Text after the first statement is an error. */
  run(sql: string, params?: readonly SqlValue[]): SqlRows | SqlError;
  /** Runs one statement to its end and lets go of its rows. */
  measure(sql: string, params?: readonly SqlValue[]): Measured | SqlError;
  /** Runs one statement, prepared once, for each row of parameters; ends at the first row that fails. */
  runEach(sql: string, rows: Iterable<readonly SqlValue[]>): Measured | SqlError;
  /** The plan of one statement; nothing is executed. Unbound parameters count as NULL-like unknowns. */
  explain(sql: string, params?: readonly SqlValue[]): Explained | SqlError;
  /** The database file's bytes. Functions and connection pragmas of this database survive. */
  bytes(): Uint8Array;
  close(): void;
}

export interface Engine {
  /** SQLite's version, such as `3.54.1`. */
  readonly version: string;
  /** Opens an empty database, or one with the given file's bytes (copied). Throws where the bytes are no database. */
  open(bytes?: Uint8Array): Database;
}
