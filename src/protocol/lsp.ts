// Our own requests, notifications and commands between an editor and the language server, beside LSP's: names and
// types only. Positions are LSP's and count from 0; uris are strings.

import type { AppliedMemory } from "../core/analysis/snapshot";
import type { TableChange } from "../core/migration/definition-change";
import type { ChangeableTable } from "../core/migration/table-change";
import type { HealthAlert, HealthSource } from "../core/report/health";
import type { ChangeRollback } from "./worker";
import type { CacheReport, CompareReport, DryRunReport, ExplainReport, HealthReport, ProfileReport, QueryList, RecommendationList, ReviewReport, SchemaDiagram, SchemaMap, SchemaReport, StatusReport, ValidateReport } from "./report";

export type { AppliedMemory } from "../core/analysis/snapshot";
export type { ForeignKeyAction, TableChange } from "../core/migration/definition-change";
export type { ChangeableTable } from "../core/migration/table-change";

export interface LspPosition {
  readonly line: number;
  readonly character: number;
}

export interface LspRange {
  readonly start: LspPosition;
  readonly end: LspPosition;
}

/** `initializationOptions`: what the editor's side does itself. */
export interface InitializationOptions {
  /** The client has the commands below, and writes new files itself. */
  readonly writesFiles?: boolean;
  /** What the last `plumbline/applied` said of each workspace folder, by its uri. */
  readonly applied?: Readonly<Record<string, AppliedMemory>>;
  /** A folder of the editor's own for what belongs to the workspace, absolute: recorded traffic is kept there, else nowhere. */
  readonly storage?: string;
}

/** Which migrations the local databases of a folder have, with a hash of what each file was when it was first seen there. */
export interface FolderApplied {
  /** Uri of the workspace folder. */
  readonly folder: string;
  readonly applied: AppliedMemory;
}

/** A new migration as a fix proposes it; its number is given when it is written. */
export interface ProposedMigration {
  /** Uri of the workspace folder. */
  readonly folder: string;
  readonly database: string;
  /** Its folder of migrations, which tells it from others by the same binding. */
  readonly migrations?: string;
  readonly name: string;
  readonly sql: string;
  /** What takes it back, for the rollback file beside it. */
  readonly rollback?: string;
}

/** Where a suppression goes: `before` + the reason + `after` is inserted at `position`, in this version of the text. */
export interface AllowPlace {
  readonly uri: string;
  readonly version: number;
  readonly rule: string;
  readonly position: LspPosition;
  readonly before: string;
  readonly after: string;
}

export interface ServerStatus {
  /** `off`: switched off by the setting `plumbline.enable`. */
  readonly state: "idle" | "working" | "failed" | "off";
  /** Why it failed, for a person to read. */
  readonly message: string | null;
  readonly databases: number;
  readonly tables: number;
  readonly queries: number;
  readonly findings: { readonly error: number; readonly warning: number; readonly info: number; readonly hint: number };
  /** What passes the limits of `alerts` in plumbline.json: the worst of each folder, and how many there are. */
  readonly alerts: readonly FolderAlert[];
  readonly alertCount: number;
}

export interface FolderAlert extends HealthAlert {
  /** Uri of the workspace folder. */
  readonly folder: string;
}

export interface DatabaseChoice {
  /** Uri of the workspace folder. */
  readonly folder: string;
  readonly folderName: string;
  readonly binding: string;
  /** What Cloudflare calls it; null where no wrangler file says so. */
  readonly name: string | null;
  /** The wrangler file, relative to the workspace folder. */
  readonly declaredIn: string | null;
  readonly migrationsDir: string | null;
}

export interface FolderSchema {
  readonly folder: string;
  readonly folderName: string;
  readonly schema: SchemaReport;
}

/** What a view shows of a folder. */
export interface OfFolder<Found> {
  /** Uri of the workspace folder. */
  readonly folder: string;
  readonly folderName: string;
  readonly found: Found;
}

export interface FolderProfile {
  readonly folder: string;
  readonly folderName: string;
  readonly profile: ProfileReport;
}

export interface FolderDryRun {
  /** Uri of the workspace folder. */
  readonly folder: string;
  readonly folderName: string;
  readonly report: DryRunReport;
  /** The report, to be kept beside a pull request. */
  readonly markdown: string;
}

export interface FolderVerdicts {
  readonly folder: string;
  readonly folderName: string;
  readonly report: ValidateReport;
  readonly markdown: string;
}

export interface FolderMigrations {
  readonly folder: string;
  readonly folderName: string;
  readonly status: StatusReport;
}

export interface FolderComparison {
  readonly folder: string;
  readonly folderName: string;
  readonly comparison: CompareReport;
}

/** What to explain: the selected text, or the statement at the place where nothing is selected. */
export interface ExplainPlace {
  readonly uri: string;
  readonly range: LspRange;
}

/** A list of places to show at a position of a document. */
export interface Places {
  readonly uri: string;
  readonly position: LspPosition;
  readonly locations: readonly { readonly uri: string; readonly range: LspRange }[];
}

/** The indexes that one folder asks for. */
export interface FolderIndexes {
  readonly folderName: string;
  /** The report, to be read or committed. */
  readonly markdown: string;
  /** How many are missing. */
  readonly recommended: number;
  readonly databases: number;
  /** One for each database that lacks some and has a migrations folder. */
  readonly migrations: readonly ProposedMigration[];
}

/** A change of a table as a migration that was tried, not yet written; or why there is none. */
export type ProposedChange =
  | {
      readonly ok: true;
      readonly migration: ProposedMigration;
      readonly way: "in place" | "rebuild";
      /** Tables that are copied along with a rebuilt one. */
      readonly carried: readonly string[];
      /** SQLite's message where rows may not fit: the migration then fails and changes nothing. */
      readonly refuses: string | null;
      /** Null where it has none, since it fails itself. */
      readonly rollback: ChangeRollback | null;
    }
  | { readonly ok: false; readonly message: string };

/** Commands that the light bulb and the lenses name; the client carries them out where `writesFiles` is set. */
export const clientCommands = {
  /** Arguments: `ProposedMigration`, one or more. */
  writeMigration: "plumbline.writeMigration",
  /** Argument: `AllowPlace`. */
  allowHere: "plumbline.allowHere",
  /** Argument: the id of a rule. */
  openRule: "plumbline.openRule",
  /** Argument: `ExplainPlace`; without one, the place of the cursor. */
  explainQuery: "plumbline.explainQuery",
  /** Argument: `Places`. */
  showPlaces: "plumbline.showPlaces",
  recommendIndexes: "plumbline.recommendIndexes",
  /** Argument: the uri of a migration; without one, that of the editor. */
  dryRunMigration: "plumbline.dryRunMigration",
  /** Argument: the uri of a migration; without one, the file at hand. */
  createRollback: "plumbline.createRollback",
  /** Argument: the uri of a workspace folder; without one, the only one or the one that is picked. */
  createCacheHelper: "plumbline.createCacheHelper",
  /** Argument: the uri of a workspace folder; without one, the only one or the one that is picked. */
  cacheMap: "plumbline.cacheMap",
} as const;

/** `workspace/executeCommand`, for editors without the commands above. */
export const serverCommands = {
  /** Arguments: `ProposedMigration`, one or more. */
  writeMigration: "plumbline.server.writeMigration",
} as const;

export const notifications = {
  /** Server to client, with `ServerStatus`. */
  status: "plumbline/status",
  /** Server to client, with `FolderApplied`, to be kept for the next session's `initializationOptions`. */
  applied: "plumbline/applied",
} as const;

export const requests = {
  whenIdle: "plumbline/whenIdle",
  review: "plumbline/review",
  databases: "plumbline/databases",
  newMigration: "plumbline/newMigration",
  schema: "plumbline/schema",
  report: "plumbline/report",
  explain: "plumbline/explain",
  formatSql: "plumbline/formatSql",
  indexes: "plumbline/indexes",
  profile: "plumbline/profile",
  changeableTables: "plumbline/changeableTables",
  changeTable: "plumbline/changeTable",
  dryRun: "plumbline/dryRun",
  migrations: "plumbline/migrations",
  compare: "plumbline/compare",
  validate: "plumbline/validate",
  rollback: "plumbline/rollback",
  helperFile: "plumbline/helperFile",
  cacheMap: "plumbline/cacheMap",
  importTraffic: "plumbline/importTraffic",
  clearTraffic: "plumbline/clearTraffic",
  health: "plumbline/health",
  prove: "plumbline/prove",
  schemaMap: "plumbline/schemaMap",
  queryList: "plumbline/queryList",
  recommendations: "plumbline/recommendations",
  schemaDiagram: "plumbline/schemaDiagram",
  mermaid: "plumbline/mermaid",
} as const;

export interface OwnRequests {
  /** Answered when no analysis is pending. */
  readonly whenIdle: { readonly params: null; readonly result: null };
  /** Reviews every folder again. */
  readonly review: { readonly params: { readonly workDoneToken?: number | string }; readonly result: ServerStatus };
  readonly databases: { readonly params: null; readonly result: readonly DatabaseChoice[] };
  /** The uri and the first lines of the next migration; nothing is written. */
  readonly newMigration: {
    readonly params: Pick<ProposedMigration, "folder" | "database" | "migrations" | "name">;
    readonly result: {
      readonly uri: string;
      /** Relative to the workspace folder. */
      readonly path: string;
      readonly header: string;
      /** Of its rollback file, relative to the workspace folder. */
      readonly rollbackPath: string;
    };
  };
  /** What takes a migration back, by its uri. Fails where it is none, or fails itself. Nothing is written. */
  readonly rollback: {
    readonly params: { readonly uri: string };
    readonly result: Pick<import("../core/report/rollbacks-report").RollbackReport, "grade" | "verified" | "reasons" | "sql" | "withBackup"> & {
      /** Of the rollback file. */
      readonly uri: string;
      /** The same, relative to the workspace folder. */
      readonly path: string;
    };
  };
  /** The file that a command writes into a workspace folder, by its uri. Nothing is written. */
  readonly helperFile: {
    readonly params: { readonly folder: string; readonly kind: "cache" | "telemetry" };
    readonly result: {
      readonly uri: string;
      /** Relative to the workspace folder. */
      readonly path: string;
      readonly text: string;
      /** The project has the helper already, at this path. */
      readonly exists: boolean;
      /** The KV namespace that is not declared yet, and the edits that do; without a file where there is none to edit. */
      readonly namespace: { readonly binding: string; readonly file: { readonly uri: string; readonly path: string; readonly edits: readonly { readonly range: LspRange; readonly newText: string }[] } | null } | null;
    };
  };
  readonly schema: { readonly params: null; readonly result: readonly FolderSchema[] };
  /** The whole review of one workspace folder, by its uri; null where it has nothing to review. */
  readonly report: { readonly params: { readonly folder: string }; readonly result: ReviewReport | null };
  /**
   * The health of a workspace folder, by its uri, with what is known of its migrations so far, as a report and as documents;
   * null where it has nothing to review.
   */
  readonly health: { readonly params: { readonly folder: string }; readonly result: { readonly report: HealthReport; readonly markdown: string; readonly html: string } | null };
  /** Proves the migrations of a workspace folder that the health does not know yet. Cancelling it ends the work. */
  readonly prove: { readonly params: { readonly folder: string; readonly workDoneToken?: number | string }; readonly result: null };
  /** What the code of a workspace folder caches, by its uri; null where it has nothing to review. */
  readonly cacheMap: { readonly params: { readonly folder: string }; readonly result: CacheReport | null };
  /** For the views, of every folder that has something to review. */
  readonly schemaMap: { readonly params: null; readonly result: readonly OfFolder<SchemaMap>[] };
  readonly queryList: { readonly params: null; readonly result: readonly OfFolder<QueryList>[] };
  /** Takes seconds where a query or the schema has changed. */
  readonly recommendations: { readonly params: null; readonly result: readonly OfFolder<RecommendationList>[] };
  /** The schema of a workspace folder as a picture is made of it, by its uri; null where it has nothing to review. */
  readonly schemaDiagram: { readonly params: { readonly folder: string }; readonly result: SchemaDiagram | null };
  /** Mermaid's text of a database, by its place in the diagram; of these tables, or of all where none is named. */
  readonly mermaid: { readonly params: { readonly folder: string; readonly database: number; readonly tables: readonly string[] }; readonly result: string };
  /** Runs every query of every folder that has something to review on made-up rows; cancelling it ends the work. */
  readonly profile: { readonly params: { readonly workDoneToken?: number | string }; readonly result: readonly FolderProfile[] };
  /** The edits that lay out the SQL at a place; fails, with the reason, where that cannot be done. `indent` is one level. */
  readonly formatSql: { readonly params: { readonly uri: string; readonly position: LspPosition; readonly indent: string }; readonly result: { range: { start: LspPosition; end: LspPosition }; newText: string }[] };
  /**
   * Explains the selected text, or the statement at the cursor where nothing is selected; null where there is none.
   * `set`: also with the indexes that the whole folder asks for, which takes seconds the first time.
   */
  readonly explain: { readonly params: ExplainPlace & { readonly set?: boolean }; readonly result: ExplainReport | null };
  /**
   * Runs migrations without applying them: one by its uri, or (null) those of every folder that are pending or all. What an
   * editor holds open counts. Cancelling it ends the work.
   */
  readonly dryRun: { readonly params: { readonly uri: string | null; readonly all: boolean; readonly data: "seeded" | "local"; readonly workDoneToken?: number | string }; readonly result: readonly FolderDryRun[] };
  /** Judges every migration of every folder; cancelling it ends the work. */
  readonly validate: { readonly params: { readonly workDoneToken?: number | string }; readonly result: readonly FolderVerdicts[] };
  readonly migrations: { readonly params: null; readonly result: readonly FolderMigrations[] };
  readonly compare: { readonly params: null; readonly result: readonly FolderComparison[] };
  /** The indexes that a workspace folder asks for, by its uri; null where it has nothing to review. */
  readonly indexes: { readonly params: { readonly folder: string; readonly workDoneToken?: number | string }; readonly result: FolderIndexes | null };
  /** Adds recorded traffic, a text or a file (absolute), to what is kept of a workspace folder, in place of what was imported by that name before. */
  readonly importTraffic: { readonly params: { readonly folder: string; readonly name: string; readonly source: { readonly text: string } | { readonly file: string } }; readonly result: HealthSource };
  /** Forgets the recorded traffic of every folder, and says how much it was. */
  readonly clearTraffic: { readonly params: null; readonly result: { readonly calls: number; readonly queries: number } };
  /** The tables of a database that a change can be asked of. */
  readonly changeableTables: { readonly params: { readonly folder: string; readonly database: string }; readonly result: readonly ChangeableTable[] };
  /** Writes the migration for a change of a table and tries it; nothing is written to a file. */
  readonly changeTable: {
    readonly params: { readonly folder: string; readonly database: string; readonly table: string; readonly change: TableChange };
    readonly result: ProposedChange;
  };
}
