// What the analysis worker is asked and what it answers. Messages are plain data. Every request has an id and gets
// exactly one answer with it; events come without an id.
// Offsets cross this boundary, never editor positions.

import type { AppliedMemory } from "../core/analysis/snapshot";
import type { LanguageRequests } from "./language";
import type { PlaceReport, Severity } from "./report";

export interface SpanData {
  readonly start: number;
  readonly end: number;
}

export interface EditData {
  readonly span: SpanData;
  readonly newText: string;
}

/** See `core/rules/finding.ts`; `key` names the finding within its file and version, to ask for its fixes. */
export interface FindingData {
  readonly key: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly span: SpanData;
  /** A `plumbline-allow` comment goes above the line of this offset. */
  readonly anchor: number;
  readonly message: string;
  readonly why: string | undefined;
  readonly related: readonly { readonly file: string; readonly span: SpanData; readonly message: string }[];
  readonly data: Readonly<Record<string, unknown>>;
}

export type ChangeData =
  | { readonly kind: "edit"; readonly file: string; readonly version: number; readonly edits: readonly EditData[] }
  | {
      readonly kind: "migration";
      readonly database: string;
      readonly folder: string;
      readonly name: string;
      readonly sql: string;
      /** What takes it back, for the rollback file beside it. */
      readonly rollback?: string;
    };

export type MigrationChange = Extract<ChangeData, { readonly kind: "migration" }>;

export interface FixData {
  readonly title: string;
  readonly safety: "safe" | "review";
  /** The finding that it mends. */
  readonly rule: string;
  readonly key: number;
  readonly changes: readonly ChangeData[];
}

/** A line of words over a place of a file. */
export type LensData =
  /** Over a migration, to be run without being applied. */
  | { readonly kind: "migration"; readonly span: SpanData; readonly title: string }
  /** `span` is empty, where the call begins. */
  | { readonly kind: "query"; readonly span: SpanData; readonly title: string }
  /** `span` is the name; `places` are the queries that use the index, or the statement that dropped it. */
  | { readonly kind: "index"; readonly span: SpanData; readonly title: string; readonly places: readonly PlaceReport[] };

export type HoverData =
  /** `form` says which of several forms of the text it is. */
  | { readonly kind: "query"; readonly span: SpanData; readonly form: string | undefined; readonly report: import("./report").ExplainReport }
  | ({ readonly kind: "index" } & import("../core/report/index-lenses").IndexHover);

export interface RuleData {
  readonly id: string;
  readonly summary: string;
  /** The rule's document, Markdown. */
  readonly docs: string;
  /** The default, before `plumbline.json`. */
  readonly severity: Severity;
}

export interface FileFindings {
  readonly path: string;
  /** The version of the text that was reviewed; 0 for a file from disk. */
  readonly version: number;
  readonly findings: readonly FindingData[];
}

/** Numbers for the status bar. */
export interface Status {
  readonly databases: number;
  readonly tables: number;
  readonly queries: number;
  readonly findings: Readonly<Record<Severity, number>>;
  /** What passes the limits of `alerts` in plumbline.json, the worst first. */
  readonly alerts: readonly import("../core/report/health").HealthAlert[];
}

/** A text that an editor holds open: it wins over the disk. */
export interface Overlay {
  readonly path: string;
  readonly text: string;
  readonly version: number;
}

export interface DryRunRequest {
  readonly files: readonly string[];
  readonly all: boolean;
  readonly data: "seeded" | "local" | { readonly file: string };
  readonly rows: number | undefined;
}

/** How well the migration can be taken back, by its rollback run up and down; its file is asked for once the migration has a name. */
export interface ChangeRollback {
  readonly grade: import("../core/migration/rollback/rollback").RollbackGrade;
  readonly reasons: readonly string[];
}

/** What was recorded elsewhere: events of a tail or of logs, or the output of `wrangler d1 insights --json`. */
export interface RecordedText {
  /** For people, such as the file's. */
  readonly name: string;
  readonly text: string;
}

/** A place of a name, relative to the folder. */
export interface PlaceData {
  readonly file: string;
  readonly span: SpanData;
}

/** A place of a text that the worker knows in this version. */
export interface OffsetRequest {
  readonly path: string;
  readonly version: number;
  readonly offset: number;
}

export interface Requests extends LanguageRequests {
  /** Discovers the project in `folder` (absolute) and reads its files. Must come first. `applied` is what the last `applied` event said. `storage` is where its recorded traffic is kept (absolute), else it is not. */
  open: { params: { readonly folder: string; readonly overlays: readonly Overlay[]; readonly quarantine: readonly string[]; readonly applied?: AppliedMemory; readonly storage?: string }; result: null };
  /** An open document changed, or was closed (`text: null`). Answers with the findings of that file alone, at once. */
  overlay: { params: { readonly path: string; readonly text: string | null; readonly version: number }; result: FileFindings | null };
  /** Files were made, changed or deleted on disk (relative paths); looks again at what they touch. */
  changed: { params: { readonly paths: readonly string[] }; result: null };
  /** Reviews the whole project; `findings` events carry each file whose findings changed, `progress` the way. */
  review: { params: null; result: Status };
  /** The same, as one report. */
  report: { params: { readonly rules: readonly string[] }; result: import("./report").ReviewReport };
  queries: { params: null; result: import("./report").QueriesReport };
  schema: { params: null; result: import("./report").SchemaReport };
  /** For the views beside the code. `recommendations` chooses indexes first, which takes seconds; cancelled by newer input. */
  schemaMap: { params: null; result: import("./report").SchemaMap };
  schemaDiagram: { params: null; result: import("./report").SchemaDiagram };
  queryList: { params: null; result: import("./report").QueryList };
  recommendations: { params: null; result: import("./report").RecommendationList };
  /** Mermaid's text of a database, by its place in the diagram; of these tables, or of all where none is named. */
  mermaid: { params: { readonly database: number; readonly tables: readonly string[] }; result: string };
  /**
   * The indexes that all code of the project asks for; as a report, as a Markdown document, and as one migration for
   * each database. `recorded` is the output of `wrangler d1 insights --json`, to weigh queries by their calls. Cancelled by
   * `stopIndexes`, by another one, and by a schema that changes.
   */
  indexes: { params: { readonly recorded: string | undefined }; result: { readonly report: import("./report").IndexesReport; readonly markdown: string; readonly migrations: readonly MigrationChange[] } };
  /** What the code caches, what it could, and which writes end it; as a report and as a Markdown document. */
  cache: { params: null; result: { readonly report: import("./report").CacheReport; readonly markdown: string } };
  /**
   * Runs every statement of the code on made-up rows, with and without the recommended indexes. `rows` is how many each
   * table gets that has no number of its own. Cancelled by `stopProfile`, by another one, and by input that changes
   * before the rows are made.
   */
  profile: { params: { readonly rows: number | undefined }; result: import("./report").ProfileReport };
  /**
   * Runs migrations without applying them. `files` are paths of migrations; empty means the pending ones by the local
   * database, or all of them where there is none (`all`: all in any case). `data` is made-up rows, a copy of the local D1
   * database, or of another file (absolute). `rows` is how many made-up ones each table gets. Cancelled by `stopDryRun`
   * and by another one.
   */
  dryRun: { params: DryRunRequest; result: { readonly report: import("./report").DryRunReport; readonly markdown: string } };
  /** Judges migrations: those among `files`, or (undefined) all. Cancelled like a dry run. */
  validate: { params: { readonly files: readonly string[] | undefined }; result: { readonly report: import("./report").ValidateReport; readonly markdown: string } };
  /** Proves every migration that is not proved yet; one at a time, and what is proved stays known. Cancelled by `stopProofs` and by another one. */
  prove: { params: null; result: null };
  stopProofs: { params: null; result: null };
  /**
   * The health of the project: targets, checks, recorded traffic, recommendations; as a report, as Markdown, and as an
   * HTML page of its own. `traces`: also what `wrangler dev` has recorded in this folder. The verdicts on migrations take
   * seconds for each; with `proofs` those that are known already have to do. Cancelled like a dry run.
   */
  health: { params: { readonly recorded: readonly RecordedText[]; readonly traces: boolean; readonly proofs?: "known" }; result: { readonly report: import("../core/report/health").HealthReport; readonly markdown: string; readonly html: string } };
  /**
   * Looks for recorded traffic that is new: kept by other windows and, with `traces`, recorded by `wrangler dev`. Where it
   * `changed`, a review says more. `busy`: another try will find more. `watched` are the folders to look at (absolute),
   * which need not exist.
   */
  takeTraffic: { params: { readonly traces: boolean }; result: { readonly changed: boolean; readonly busy: boolean; readonly watched: readonly string[] } };
  /** Adds a recorded text, or a file (absolute) of one, to what is kept; the same name takes the place of what was imported before. */
  importTraffic: { params: { readonly name: string; readonly source: { readonly text: string } | { readonly file: string } }; result: import("../core/report/health").HealthSource };
  /** Forgets all recorded traffic, and says how much it was. */
  clearTraffic: { params: null; result: { readonly calls: number; readonly queries: number } };
  stopDryRun: { params: null; result: null };
  /** Which migrations the local databases have. */
  status: { params: null; result: import("./report").StatusReport };
  /** The local databases, or a SQLite file (absolute), against what their migrations say. */
  compare: { params: { readonly file: string | undefined }; result: import("./report").CompareReport };
  stopProfile: { params: null; result: null };
  stopIndexes: { params: null; result: null };
  /** `set`: also with the indexes that the whole project asks for, which takes seconds the first time. */
  explain: { params: { readonly sql: string; readonly database: string | undefined; readonly set?: boolean }; result: import("./report").ExplainReport };
  /** What stands over the lines of a file. */
  lenses: { params: { readonly path: string; readonly version: number }; result: readonly LensData[] };
  /** What a hover tells of the query text, or of the index, at a place of a file; null where there is none. */
  hover: { params: { readonly path: string; readonly version: number; readonly offset: number }; result: HoverData | null };
  /**
   * The statement at a place of a file, and its database where that is known; null where there is none.
   * `text` is that of an SQL file, which need not belong to the project.
   */
  statementAt: { params: { readonly path: string; readonly version: number; readonly offset: number; readonly text: string | null }; result: { readonly sql: string; readonly database: string | undefined } | null };
  /** Where the thing was made whose name stands at a place, in code or in an SQL file; `origin` is the name there. */
  definition: { params: OffsetRequest; result: { readonly origin: SpanData; readonly places: readonly PlaceData[] } | null };
  /** Every query and migration that names it, or whose plan uses the index; `*` and what is ambiguous do not count. */
  references: { params: OffsetRequest & { readonly declarations: boolean }; result: readonly PlaceData[] };
  /** The same name in the same statement. */
  highlights: { params: OffsetRequest; result: readonly { readonly span: SpanData; readonly declares: boolean }[] };
  /** The name that `rename` would change; `name` is empty for an alias. Null outside of SQL; in it rejects, with the reason, where there is none. */
  renameAt: { params: OffsetRequest; result: { readonly span: SpanData; readonly name: string } | null };
  /** The migration that renames a table or column with the edits of all queries, or the edits of an alias. `starred` are queries whose rows get the new name. */
  rename: { params: OffsetRequest & { readonly name: string }; result: { readonly name: string; readonly changes: readonly ChangeData[]; readonly starred: readonly string[] } };
  /** What an SQL text makes. */
  outline: { params: { readonly text: string }; result: readonly import("../core/language/sql-outline").OutlineItem[] };
  /** Stretches of several lines: the statements of an SQL text, or (`text: null`) the SQL of a code file. */
  folds: { params: { readonly path: string; readonly version: number; readonly text: string | null }; result: readonly SpanData[] };
  /** The words of the SQL in a code file that its grammar cannot know. */
  tokens: { params: { readonly path: string; readonly version: number }; result: readonly import("../core/analysis/sql-tokens").SqlToken[] };
  /** The fixes of the findings that touch a span; or of every finding of the file where `span` is null. */
  fixes: { params: { readonly path: string; readonly version: number; readonly span: SpanData | null }; result: readonly FixData[] };
  /** The indexes that the findings of a file ask for, as one fix; null where they are not several. */
  fileIndexes: { params: { readonly path: string; readonly version: number }; result: FixData | null };
  /** The rules that there are, in the order of their list: for `--rule`, and for formats that describe their rules. */
  rules: { params: null; result: readonly RuleData[] };
  /** Every fix of the project, by rule, joined: what `plumbline fix` applies. */
  allFixes: { params: { readonly rules: readonly string[]; readonly review: boolean }; result: readonly FixData[] };
  /** The file that a command writes into the project, and where it goes. `exists`: the project has it already, at this path. */
  helperFile: {
    params: { readonly kind: "cache" | "telemetry" };
    result: {
      readonly path: string;
      readonly text: string;
      readonly exists: boolean;
      /** The KV namespace that the wrangler file does not declare yet, with the edits that do; without a file where none can be edited. */
      readonly namespace: { readonly binding: string; readonly file: string | undefined; readonly version: number; readonly edits: readonly EditData[] } | undefined;
    };
  };
  /**
   * What lets a scheduled handler make the value that is asked of the cache helper at a place of a file; `withheld` reads
   * after "not offered, since". Null where none is asked for.
   */
  warmUp: {
    params: { readonly path: string; readonly version: number; readonly span: SpanData };
    result: { readonly title: string; readonly changes: readonly ChangeData[] } | { readonly title: string; readonly withheld: string } | null;
  };
  changeableTables: { params: { readonly database: string }; result: readonly import("../core/migration/table-change").ChangeableTable[] };
  /** Writes the migration for a change of a table and tries it, and its rollback, on made-up rows. */
  changeTable: {
    params: { readonly database: string; readonly table: string; readonly change: import("../core/migration/definition-change").TableChange };
    result:
      | { readonly ok: true; readonly migration: MigrationChange; readonly way: "in place" | "rebuild"; readonly carried: readonly string[]; readonly refuses: string | undefined; readonly rollback: ChangeRollback | undefined }
      | { readonly ok: false; readonly message: string };
  };
  /** What takes migrations back, each run up and down. They are named by path or as wrangler notes them; `unknown` are those that are none. */
  rollbacks: { params: { readonly migrations: readonly string[] }; result: { readonly report: import("../core/report/rollbacks-report").RollbacksReport; readonly unknown: readonly string[] } };
  /** The folder, style and next number of a new migration of a database (the only one where undefined). */
  /** `migrations`: the folder, where several databases share a binding. */
  newMigration: { params: { readonly database: string | undefined; readonly name: string; readonly migrations?: string }; result: { readonly path: string; readonly header: string; /** Its rollback file. */ readonly rollbackPath: string } };
}

export type Method = keyof Requests;

export interface RequestMessage<M extends Method = Method> {
  readonly id: number;
  readonly method: M;
  readonly params: Requests[M]["params"];
}

export type AnswerMessage =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  /** `usage`: the user can mend it (exit status 2); `cancelled`: newer input arrived; `internal`: a bug. */
  | { readonly id: number; readonly ok: false; readonly error: "usage" | "cancelled" | "internal"; readonly message: string };

export type EventMessage =
  /** Of a review where no task is named; what is counted are files where no unit is. */
  | { readonly event: "progress"; readonly task?: "profile" | "dry-run" | "proof"; readonly unit?: "rows" | "queries" | "migrations"; readonly done: number; readonly total: number; readonly what: string }
  | { readonly event: "findings"; readonly files: readonly FileFindings[] }
  /** Migrations were seen as applied to a local database, or not any more; to be given to the next `open`. */
  | { readonly event: "applied"; readonly applied: AppliedMemory }
  | { readonly event: "log"; readonly level: "info" | "warning" | "error"; readonly message: string };

/**
 * Shared memory that the worker writes and its keeper reads, so that a statement that never ends can be named.
 * Int32 slots: [0] goes up by one when a statement starts and again when it ends (odd = running);
 * [1] and [2] are the halves of the running statement's 64-bit hash.
 */
export const watchSlots = 3;

/** The worker's exit status where SQLite ran out of memory: the statement that was last started is to blame. */
export const engineGone = 70;

/** The hash of a statement as the quarantine names it: 16 hexadecimal digits. */
export function hashName(high: number, low: number): string {
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}
