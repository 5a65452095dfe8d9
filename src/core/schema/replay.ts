// (replaced by the schema work)
import type { Origin, Schema } from "./schema";
import type { Database, Engine } from "./engine";
import type { DatabaseSource, SourceFile } from "./sources";
import type { Span } from "../text/span";

export interface MigrationFailure {
  readonly file: string;
  /** The statement that failed. */
  readonly span: Span;
  readonly message: string;
  /** What the product did about it. */
  readonly salvaged: "nothing" | "partly" | "satisfied";
}

export interface MigrationOutcome {
  readonly file: string;
  readonly status: "applied" | "partly" | "failed";
  readonly failures: readonly MigrationFailure[];
}

/** The result of replaying one database. `open` makes a fresh engine database with this schema and no rows. */
export interface Model {
  readonly source: DatabaseSource;
  readonly base: string | undefined;
  readonly schema: Schema;
  readonly migrations: readonly MigrationOutcome[];
  /** Statements that rebuild the schema in an empty engine database, stand-ins included, in order. */
  readonly ddl: readonly string[];
  open(engine: Engine): Database;
}

export declare function replay(engine: Engine, source: DatabaseSource, files: ReadonlyMap<string, SourceFile>): Model;
export type { Origin };
