// What the workspace hands to the replay: the files of one database, as text.

/** One text, frozen: a change makes a new object, so identity serves as the key of every cache. */
export interface SourceFile {
  /** Relative to the workspace folder, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The version at which an editor first showed this text, 0 for disk. A later version may have the same text: ask the workspace. */
  readonly version: number;
}

/** One database of the project, as the configuration names it. */
export interface DatabaseSource {
  /** The binding (`DB`), or a name made up from the folder where no configuration names one. */
  readonly binding: string;
  /** Relative to the workspace folder; undefined where only a schema file exists. */
  readonly migrationsDir: string | undefined;
  /** Paths of the migration files in the order in which wrangler applies them. */
  readonly migrations: readonly string[];
  /** Paths that may hold the base schema (`schema.sql` and its like), the likeliest first. The replay decides. */
  readonly baseCandidates: readonly string[];
  /** Paths of other SQL files that make tables, in the order of their names: nobody knows which of them were run, and when. */
  readonly others?: readonly string[];
  /** Files that insert rows and are no migrations, such as `seed.sql`; absent where there are none. */
  readonly seeds?: readonly string[];
  /** The file that names this database, for findings about the configuration. */
  readonly declaredIn: string | undefined;
  /** `database_id` and its like, for the local database file; undefined without a wrangler file. */
  readonly localId: string | undefined;
  /** What Cloudflare calls it, where a wrangler file says so. */
  readonly databaseName?: string;
  /** Where wrangler notes what it applied, where that is not `d1_migrations`. */
  readonly migrationsTable?: string;
  /** Where rollback files go, which wrangler does not run; absent where there is no migrations folder. */
  readonly rollbacksDir?: string;
}

/** All files whose text the schema of a database depends on. */
export function filesOf({ migrations, baseCandidates, others = [], seeds = [] }: DatabaseSource): readonly string[] {
  return [...migrations, ...baseCandidates, ...others, ...seeds];
}
