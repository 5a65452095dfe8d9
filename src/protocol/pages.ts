// What the extension and its webviews say to each other: whole pages one way, what the user asks for the other.

import type { FolderDryRun, FolderVerdicts } from "./lsp";
import type { CacheReport, HealthMigration, HealthReport, Range, ReviewReport, SchemaDiagram } from "./report";

/** The kinds of page, by the name that a message gives them. */
export interface Pages {
  readonly health: DashboardPage;
  readonly dryRun: DryRunPage;
  readonly validation: ValidationPage;
  readonly cacheMap: CacheMapPage;
  readonly schema: SchemaPage;
}

export type DashboardPage = FolderPage<DashboardReport>;

/** What is known of a folder so far: the review comes first, its health after it, and the proof of the migrations last. */
export interface DashboardReport {
  readonly review: ReviewReport;
  /** That of the review before, until it is known; null where none was. */
  readonly health: HealthReport | null;
  /** What is being done, and how much of it is (0 to 100); null where all is known. */
  readonly work: { readonly message: string; readonly percentage: number } | null;
}

export type CacheMapPage = FolderPage<CacheReport>;

/** `wanted` is what a command asked to be shown last, and when; null where it asked for no table. */
export type SchemaPage = FolderPage<SchemaDiagram> & { readonly wanted: WantedTable | null };

export interface WantedTable {
  /** The place of the database in the diagram. */
  readonly database: number;
  readonly table: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A report of one folder that follows the reviews. */
export type FolderPage<Report> =
  /** The first review is not done. */
  | { readonly kind: "waiting"; readonly folderName: string }
  | {
      readonly kind: "reviewed";
      readonly folderName: string;
      /** ISO 8601. */
      readonly reviewedAt: string;
      /** A newer review is under way. */
      readonly working: boolean;
      /** Null where the folder has nothing to review. */
      readonly report: Report | null;
    }
  | { readonly kind: "failed"; readonly folderName: string; readonly message: string };

/** How far a run is. What an earlier one found stays in sight until the next has ended. */
export type RunState =
  /** `message` says what is being done, and is empty at first. */
  | { readonly kind: "running"; readonly message: string }
  /** ISO 8601. */
  | { readonly kind: "done"; readonly at: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly message: string };

/** What a run found; null before the first has ended. */
export type Found<Folder> = readonly Omit<Folder, "markdown">[] | null;

export type DryRunData = "seeded" | "local";

export interface DryRunPage {
  /** What was asked for: the name of a migration, or which of them. */
  readonly subject: string;
  readonly state: RunState;
  /** The rows of this run, or of the one under way. */
  readonly data: DryRunData;
  /** There is a local database whose rows it could run on. */
  readonly hasLocal: boolean;
  readonly found: Found<FolderDryRun>;
}

export interface ValidationPage {
  readonly state: RunState;
  readonly found: Found<FolderVerdicts>;
}

/** A page with the name of its kind. */
export type ViewedPage = { readonly [View in keyof Pages]: { readonly view: View; readonly page: Pages[View] } }[keyof Pages];

/** To the webview. `folder` (a uri) is what places lie in where a part of the page names no other. */
export type ShowPage = ViewedPage & { readonly kind: "show"; readonly folder: string };

/** What a user can ask for. Files are relative to the folder of the part of the page in which it is asked. */
export type PageAsk =
  | { readonly kind: "open"; readonly file: string; readonly range: Range }
  | { readonly kind: "explainRule"; readonly rule: string }
  /** Review the folder again. */
  | { readonly kind: "review" }
  /** Run again, on these rows. */
  | { readonly kind: "run"; readonly data?: DryRunData }
  | { readonly kind: "stop" }
  | { readonly kind: "dryRun"; readonly file: string }
  | { readonly kind: "rollback"; readonly file: string }
  | { readonly kind: "createCacheHelper" }
  /** The plan of the query that is sent there. */
  | { readonly kind: "explain"; readonly file: string; readonly line: number; readonly column: number }
  /** Apply a fix of a finding of that line, of one of these rules. */
  | { readonly kind: "mend"; readonly file: string; readonly line: number; readonly rules: readonly string[] }
  | { readonly kind: "writeMigration"; readonly migration: HealthMigration }
  | { readonly kind: "runCommand"; readonly command: PageCommand }
  | { readonly kind: "export"; readonly format: "markdown" | "json" | "html" }
  /** The schema as a document. */
  | { readonly kind: "showSchemaText" }
  /** Of a database by its place in the diagram; of these tables, or of all where none is named. */
  | { readonly kind: "copyMermaid"; readonly database: number; readonly tables: readonly string[] }
  /** `name` is for the file. */
  | { readonly kind: "saveSvg"; readonly name: string; readonly svg: string }
  | { readonly kind: "copyMarkdown" }
  | { readonly kind: "exportJson" };

/** Commands of the extension that pages offer. */
export type PageCommand = "recommendIndexes" | "validateMigrations" | "profileQueries" | "cacheMap" | "compareWithLocal" | "createTelemetryHelper" | "importTraffic" | "readInsights" | "dryRunMigration";

/** From the webview. */
export type PageRequest =
  /** The script runs and can be shown a page. */
  | { readonly kind: "ready" }
  /** `folder` is a uri. */
  | (PageAsk & { readonly folder: string });

/** What the webview leaves behind for the next window, beside what is its own. */
export interface PageMemory {
  readonly folder: string;
}
