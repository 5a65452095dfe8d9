// What a rule is: a value with a name, a document and a check over one kind of subject. A rule sees the subject's facts
// alone; it never sees the host file, an editor, or another rule. Spans are offsets in the subject's own text.

import type { BindPlace, BoundValue, Execution, Hole, Interpolation, LoopVerdict } from "../host/call-site";
import type { CacheMap, CacheRead, CacheWrite, Forgotten } from "../caching/cache-map";
import type { Advice } from "../planner/advice";
import type { JudgedPlan, Planner } from "../planner/planner";
import type { ProposedIndex } from "../planner/proposed-index";
import type { MigrationRun } from "../migration/run-migration";
import type { SchemaCourse } from "../migration/schema-course";
import type { RowStyle } from "../migration/stage-rows";
import type { Step, Steps } from "../schema/migration-steps";
import type { MigrationOutcome, Model } from "../schema/replay";
import type { Schema } from "../schema/schema";
import type { SqlError } from "../schema/engine";
import type { Statement, SyntaxError } from "../sql/statement";
import type { CacheFigures, QueryFigures } from "../telemetry/recorded-traffic";
import type { TextEdit } from "../text/edit";
import type { Span } from "../text/span";
import type { Settings } from "../analysis/settings";
import type { ProjectProblem } from "../analysis/snapshot";
import type { Related, Severity } from "./finding";

export interface RuleFix {
  readonly title: string;
  /** `safe`: edits the text of the finding and keeps every result. `review`: a person reads it first. */
  readonly safety: "safe" | "review";
  /** Edits of the subject's text. */
  readonly edits?: readonly TextEdit[];
  /** Edits of the code around the text. */
  readonly hostEdits?: readonly TextEdit[];
  /** Edits of other files of the project. */
  readonly elsewhere?: readonly { readonly file: string; readonly edits: readonly TextEdit[] }[];
  /** A new migration of the subject's database. */
  readonly migration?: { readonly name: string; readonly sql: string };
}

export interface RuleFinding {
  readonly span: Span;
  /** A part of `span` to stand at instead where the whole comes from several places of the file. */
  readonly focus?: Span;
  /** Where it stands in the code instead, such as a bound value. */
  readonly host?: Span;
  readonly message: string;
  readonly why?: string;
  readonly related?: readonly Related[];
  readonly data?: Readonly<Record<string, unknown>>;
  /** Where it is not the rule's own. */
  readonly severity?: Severity;
  readonly fixes?: () => readonly RuleFix[];
}

/** A finding in a file that the rule names, such as a migration. */
export interface FileFinding extends RuleFinding {
  readonly file: string;
}

/** One text that one call site executes, judged against its database. */
export interface QuerySubject {
  readonly sql: string;
  readonly holes: readonly Hole[];
  readonly statement: Statement | SyntaxError;
  /** The binding of the database; undefined where the project has none. */
  readonly database: string | undefined;
  /** The plan, or SQLite's error; undefined where there is no schema, or the statement is none that can be planned. */
  readonly verdict: JudgedPlan | SqlError | undefined;
  readonly planner: Planner | undefined;
  /** True for scripts and one-off tools, whose cost nobody pays twice. */
  readonly tooling: boolean;
  /** True where it runs on D1, as far as the settings and the call tell. */
  readonly d1: boolean;
  readonly method: "prepare" | "exec";
  /** Every call that runs the statement. */
  readonly executions: readonly Execution["method"][];
  /** The function that the call stands in. */
  readonly functionName: string | undefined;
  /** Undefined where they are not all known. */
  readonly binds: readonly BoundValue[] | undefined;
  readonly bindPlace: BindPlace | undefined;
  /** What a bound template text, or a constant of the file that is one, begins with, as far as that is written. */
  beginningOf(value: BoundValue): string | undefined;
  /** The statements of all texts that the call can execute, this one included. */
  readonly texts: readonly Pick<QuerySubject, "sql" | "holes" | "statement">[];
  /** The text holds this statement only. */
  readonly alone: boolean;
  /** The receiver is certainly a SQLite database, by its binding, its type, its making or its import. */
  readonly engineKnown: boolean;
  /** False where a stretch of the text comes from another file, such as a helper that knows several engines. */
  isWrittenHere(span: Span): boolean;
  /** The expression behind a hole that stands for a value or a list. */
  interpolation(hole: Hole): Interpolation | undefined;
  /** Edits of the code that bind what is behind a hole at a parameter in its place, a list as JSON; undefined where that
   * is uncertain. */
  bindHole(hole: Hole): readonly TextEdit[] | undefined;
  /** Proven indexes that the statement lacks. Worked out once, when first asked for. */
  advice(): readonly Advice[];
  /** The migration's statement that dropped or renamed a table, or a column of it; none or one, to be shown with a finding. */
  takenBy(table: string, column?: string): readonly Related[];
  /** The places of all queries of the project that the same index would serve: `functions/api/x.js:12`. */
  servedBy(index: ProposedIndex): readonly string[];
}

/** One call in a loop that reaches the database. */
export interface LoopSubject {
  readonly verdict: LoopVerdict;
  /** The call inside the loop. */
  readonly call: Span;
  readonly loop: { readonly span: Span; readonly keyword: Span; readonly form: string; readonly line: number };
  /** What is called: `all`, `run`, or a helper's name. */
  readonly callee: string;
  /** The statement, shortened to a line; undefined where its text is not known. */
  readonly sql: string | undefined;
  /** Where the statement was prepared, if outside the loop. */
  readonly prepared: Span | undefined;
  readonly because: string | undefined;
  /** The database is a file that this process reads: a query costs no round trip. */
  readonly inProcess: boolean;
  /** The loop runs in one transaction. */
  readonly transacted: boolean;
  readonly file: string;
  /** Where the loop calls a helper: the calls from its body down to the statement, the last. Empty for a statement itself. */
  readonly via: readonly { readonly file: string; readonly span: Span; readonly line: number }[];
  /** The loop written so that it sends fewer queries. Worked out once, when first asked for. */
  rewrites(): readonly RuleFix[];
  /** Why there is no rewrite; reads after "since". Undefined where there is one. */
  withheld(): string | undefined;
  /** True where every turn reads the same, so that the query belongs before the loop. */
  invariant(): boolean;
  /** The query moved before the loop. */
  hoisting(): readonly RuleFix[];
}

/** One loop with a turn per element, and all that it sends in a turn. Loops within another are part of the outermost. */
export interface LoadSubject {
  readonly loop: { readonly span: Span; readonly keyword: Span; readonly form: string; readonly line: number };
  /** In order; `queries` is how many one call sends at least. */
  readonly calls: readonly { readonly span: Span; readonly callee: string; readonly queries: number }[];
  /** The most that one turn sends, of calls on different sides of a condition those of one side. */
  readonly queries: number;
  /** The keywords of loops inside it that send queries too. */
  readonly inner: readonly Span[];
  readonly file: string;
}

/** Queries on one path of the code, as far as one function tells. */
export interface PathSubject {
  /** `sequence`: waited for one after the other, though none needs the one before; `repeat`: the same one again. */
  readonly what: "sequence" | "repeat";
  /** Where each is prepared, in order; of a repeat, the first and the one again. */
  readonly calls: readonly Span[];
  /** The statements, shortened to a line. */
  readonly statements: readonly string[];
  /** The database as written. */
  readonly receiver: string;
  readonly file: string;
  rewrites(): readonly RuleFix[];
  /** Why there is no rewrite; reads after "since". */
  withheld(): string | undefined;
}

/** What was recorded of something in the code. `span` is the call that sends the query, or the name of the cache entry. */
export type TrafficSubject = (
  | {
      readonly what: "query";
      readonly figures: QueryFigures;
      /** It has to read all the rows that it counts or sums up. */
      readonly aggregates: boolean;
      /** Of the loops around the call. */
      readonly loops: readonly LoopVerdict[];
      /** Proven indexes that the statement lacks. */
      advice(): readonly Advice[];
    }
  | { readonly what: "cache"; readonly figures: CacheFigures }
) & { readonly span: Span; readonly limits: Pick<Settings, "slowMs" | "alerts"> };

/** A statement that the code sends to a database, tests apart. */
export interface KnownQuery {
  readonly statement: Statement | SyntaxError;
  /** A part of its text, such as the list of its columns, is not known. */
  readonly partial: boolean;
  /** Undefined where too much of the text is not known, or SQLite refuses it. */
  readonly plan: JudgedPlan | undefined;
  /** `functions/api/x.js:12` */
  readonly place: string;
  /** The name of the call in the code; undefined for what a trigger sends. */
  readonly call: { readonly file: string; readonly span: Span } | undefined;
}

/** What all the code sends to one database. */
export interface ProjectQueries {
  readonly known: readonly KnownQuery[];
  /** How many calls send a text of which nothing is known, such as what a query builder writes. */
  readonly unknown: number;
}

/** One database with its migrations replayed. */
export interface DatabaseSubject {
  readonly model: Model;
  readonly planner: Planner;
  readonly schema: Schema;
  /** The settings say that it is a D1 database. */
  readonly d1: boolean;
  /** Lower-case names of the tables whose rows the code deletes or replaces. */
  readonly deletedFrom: ReadonlySet<string>;
  /** The text of a file of the project; empty where there is none. */
  textOf(file: string): string;
  /** Worked out once, when first asked for. */
  queries(): ProjectQueries;
}

/** One migration, in the schema that it meets. Spans are offsets in the file. */
export interface MigrationSubject {
  readonly file: string;
  readonly text: string;
  readonly d1: boolean;
  /** Its statements as D1 runs them. */
  readonly steps: readonly Step[];
  /** Why wrangler refuses the whole file. */
  readonly refusal: Steps["refusal"];
  /** The `migrationHash` that was kept when it was applied to the local database; undefined where that is not known. */
  readonly appliedHash: string | undefined;
  /** What came of it in the replay. */
  readonly outcome: MigrationOutcome;
  /** Of the database, with all its migrations. */
  readonly model: Model;
  readonly planner: Planner;
  /** The statement of a step, parsed; its own spans are offsets in the step's text. */
  parsed(step: Step): Statement | SyntaxError;
  /** The schemas before it, after it, and as each statement meets it. Takes about as long as replaying the file: ask only once something was found that needs it. */
  course(): SchemaCourse;
  /** The file run on a few made-up rows in every table that it can change. Takes longer: ask only where it decides. */
  trial(style: RowStyle): MigrationRun;
  /** Whether ALTER TABLE adds a column to one row of a table without others; not so where it speaks of another column. Quick. */
  addsAlone(table: string, alter: string): boolean;
  /** The course and the trial of another text of the file. */
  edited(text: string): Pick<MigrationSubject, "steps" | "course" | "trial">;
  /** The migrations after it, in order. */
  later(): readonly MigrationSubject[];
  /** The migrations before it, in order. */
  earlier(): readonly MigrationSubject[];
  /** What the code sends to the database. */
  queries(): ProjectQueries;
}

/** What all the code caches, could cache, and ends again. Spans are offsets in the files that it names. */
export interface CachingSubject {
  readonly map: CacheMap;
  /** The project has the cache helper that fixes use. */
  readonly hasHelper: boolean;
  /** The read put behind the project's cache helper. */
  wrap(read: CacheRead): CacheFix;
  /** What is forgotten purged after the write, on each way of a request. */
  purge(write: CacheWrite, forgotten: readonly Forgotten[]): CacheFix;
}

/** Worked out when first asked for. */
export interface CacheFix {
  fixes(): readonly RuleFix[];
  /** Why there is none; reads after "since". */
  withheld(): string | undefined;
}

interface RuleBase<Kind extends string, Subject, Found> {
  readonly kind: Kind;
  readonly id: string;
  /** A few words, capitalised, no full stop: the title of its document. */
  readonly summary: string;
  readonly severity: Severity;
  readonly docs: string;
  check(subject: Subject): Iterable<Found>;
}

export type QueryRule = RuleBase<"query", QuerySubject, RuleFinding>;
export type LoopRule = RuleBase<"loop", LoopSubject, RuleFinding>;
export type LoadRule = RuleBase<"load", LoadSubject, RuleFinding>;
export type PathRule = RuleBase<"path", PathSubject, RuleFinding>;
export type TrafficRule = RuleBase<"traffic", TrafficSubject, RuleFinding>;
export type DatabaseRule = RuleBase<"database", DatabaseSubject, FileFinding>;
export type MigrationRule = RuleBase<"migration", MigrationSubject, RuleFinding>;
export type CachingRule = RuleBase<"caching", CachingSubject, FileFinding>;
export type ProjectRule = RuleBase<"project", { readonly problems: readonly ProjectProblem[] }, FileFinding>;
export type SuppressionRule = RuleBase<"suppression", { readonly span: Span; readonly problem: string }, RuleFinding>;
export type Rule = QueryRule | LoopRule | LoadRule | PathRule | TrafficRule | DatabaseRule | MigrationRule | CachingRule | ProjectRule | SuppressionRule;

type Definition<R extends Rule> = Omit<R, "kind">;

export function queryRule(definition: Definition<QueryRule>): QueryRule {
  return { kind: "query", ...definition };
}

export function loopRule(definition: Definition<LoopRule>): LoopRule {
  return { kind: "loop", ...definition };
}

export function loadRule(definition: Definition<LoadRule>): LoadRule {
  return { kind: "load", ...definition };
}

export function pathRule(definition: Definition<PathRule>): PathRule {
  return { kind: "path", ...definition };
}

/** A rule about recorded traffic: it has nothing to say where none is known. */
export function trafficRule(definition: Definition<TrafficRule>): TrafficRule {
  return { kind: "traffic", ...definition };
}

export function databaseRule(definition: Definition<DatabaseRule>): DatabaseRule {
  return { kind: "database", ...definition };
}

export function migrationRule(definition: Definition<MigrationRule>): MigrationRule {
  return { kind: "migration", ...definition };
}

export function cachingRule(definition: Definition<CachingRule>): CachingRule {
  return { kind: "caching", ...definition };
}

export function projectRule(definition: Definition<ProjectRule>): ProjectRule {
  return { kind: "project", ...definition };
}

export function suppressionRule(definition: Definition<SuppressionRule>): SuppressionRule {
  return { kind: "suppression", ...definition };
}
