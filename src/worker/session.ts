// One opened folder inside the worker: its files, its analysis, and the answers to the requests of `protocol/worker.ts`.
// Long work pauses often, so that a newer request is seen; what it made useless then ends with "cancelled".

import { Analysis } from "../core/analysis/analysis";
import type { FileResult } from "../core/analysis/analysis";
import { indexChanges } from "../core/analysis/index-migration";
import type { ReviewedDatabase } from "../core/analysis/databases";
import type { AppliedMemory, Snapshot } from "../core/analysis/snapshot";
import { explainReport } from "../core/report/explain-report";
import { indexesMarkdown } from "../core/report/indexes-markdown";
import { indexesReport } from "../core/report/indexes-report";
import { queriesReport } from "../core/report/queries-report";
import type { ExplainReport, ProfileReport, QueriesReport, ReviewReport, SchemaReport } from "../core/report/report";
import { reviewReport } from "../core/report/review-report";
import { schemaReport } from "../core/report/schema-report";
import { ruleIds, rules } from "../core/rules/index";
import type { Finding } from "../core/rules/finding";
import type { Engine } from "../core/schema/engine";
import { readInsights, recordedCalls, recordedRows } from "../core/telemetry/insights";
import { touches } from "../core/text/span";
import type { EventMessage, FileFindings, FixData, Requests, RuleData, Status } from "../protocol/worker";
import { ProjectFiles } from "../workspace/project";
import { EditorViews } from "./editor-views";
import { Cancelled, UsageError } from "./errors";
import { CacheRequests } from "./cache-requests";
import { withoutBadSettings, withTables } from "./checked-snapshots";
import { ChosenSets } from "./chosen-sets";
import { fileFindings, fixesOf } from "./finding-data";
import { HealthRequests } from "./health-requests";
import { indexRules, joinOfFile, joinWithSets } from "./index-fixes";
import { joinFixes } from "./join-fixes";
import { LanguageRequests } from "./language-requests";
import { MigrationRequests } from "./migration-requests";
import type { FolderAtHand, OpenedFolder } from "./migration-requests";
import { NavigationRequests } from "./navigation-requests";
import { Profiling, withRows } from "./profiling";
import type { MeasuredStatement } from "./profiling";
import { statementInCode, statementInSql } from "./statement-at";
import { statusOf } from "./status";
import { TrafficRequests } from "./traffic-requests";
import { ViewRequests } from "./view-requests";

type Params<M extends keyof Requests> = Requests[M]["params"];

/** How long a piece of work may keep a newer request waiting, in milliseconds. */
const PAUSE_EVERY_MS = 15;

export class Session {
  readonly #engine: Engine;
  readonly #send: (event: EventMessage) => void;
  #files: ProjectFiles | undefined;
  #analysis: Analysis;
  /** Goes up with every change of the input: a review that sees another number than it began with ends. */
  #generation = 0;
  /** What was last sent for each path, to send only what changed. */
  readonly #sent = new Map<string, string>();
  /** What the editor keeps of the migrations in the local databases. */
  #told: AppliedMemory = {};
  readonly #profiling: Profiling;
  /** Answers the requests about migrations. */
  readonly migrations: MigrationRequests;
  /** And those about caches, traffic, health, names, what is typed, and the views beside the code. */
  readonly caching: CacheRequests;
  readonly traffic: TrafficRequests;
  readonly health: HealthRequests;
  readonly navigation: NavigationRequests;
  readonly language: LanguageRequests;
  readonly lists: ViewRequests;
  /** Absolute; empty before a folder is open. */
  #folder = "";
  #views: EditorViews;
  readonly #sets = new ChosenSets();
  /** Goes up with every request for the indexes, and with every one that nobody waits for any more. */
  #indexRun = 0;

  constructor(engine: Engine, send: (event: EventMessage) => void) {
    this.#engine = engine;
    this.#send = send;
    this.#profiling = new Profiling(send);
    const at: FolderAtHand = { present: () => this.#snapshot(), version: (path) => this.#version(path), opened: () => this.#opened(), reviewed: () => this.#reviewed(), paused: (work, what) => this.#paused(work, what) };
    this.migrations = new MigrationRequests(engine, send, at);
    this.caching = new CacheRequests(at);
    this.language = new LanguageRequests(at);
    this.traffic = new TrafficRequests(engine, send, { ...at, folder: () => this.#folder, record: (traffic) => this.#project().record(traffic) });
    this.health = new HealthRequests(engine, this.migrations, { ...at, kept: () => this.traffic.kept(), results: (snapshot) => this.#results(snapshot, false), indexSets: (snapshot, calls) => this.#paused(this.#whileOpen(snapshot, this.#analysis.indexSets(snapshot, calls)), "choosing indexes"), usersOf: (snapshot, database) => this.#views.usersOf(snapshot, database) });
    this.navigation = new NavigationRequests(engine, { ...at, presentWith: (path, version) => this.#snapshotWith(path, version), version: (path) => this.#version(path), usersOf: (snapshot, database) => this.#views.usersOf(snapshot, database), analysis: () => this.#analysis });
    this.lists = new ViewRequests({ ...at, results: (snapshot) => this.#results(snapshot, false), chosenSets: (snapshot, results) => this.#paused(this.#whileOpen(snapshot, this.#sets.of(this.#analysis, snapshot, results)), "choosing indexes", this.#generation), usersOf: (snapshot, database) => this.#views.usersOf(snapshot, database), measured: (sql) => this.measured(sql) });
    this.#analysis = this.#newAnalysis();
    this.#views = this.#newViews();
  }

  async open({ folder, overlays, applied = {}, storage }: Params<"open">): Promise<null> {
    this.#generation++;
    this.#folder = folder;
    this.#analysis.close();
    this.#analysis = this.#newAnalysis();
    this.#views = this.#newViews();
    this.language.forget();
    const files = new ProjectFiles(folder, (seen) => this.#send({ event: "progress", done: 0, total: seen, what: "looking for files" }), [...ruleIds], this.#engine);
    this.#files = files;
    for (const { path, text, version } of overlays) void files.overlay(path, text, version);
    await files.open(applied);
    this.traffic.keepIn(storage);
    this.#told = applied;
    this.#tellApplied(files);
    return null;
  }

  async overlay({ path, text, version }: Params<"overlay">): Promise<FileFindings | null> {
    this.#generation++;
    await this.#project().overlay(path, text, version);
    // Where a newer text is already here, its own request will answer.
    const snapshot = await this.#linked(() => text === null || !this.#snapshot().files.has(path) || this.#version(path) === version);
    const result = this.#analysis.file(snapshot, path);
    if (result === undefined) return null;
    this.language.reviewed(this.#analysis, snapshot, [result]);
    const found = this.#fileFindings(result);
    this.#sent.set(path, signature(found));
    return found;
  }

  async changed({ paths }: Params<"changed">): Promise<null> {
    this.#generation++;
    await this.#project().changed(paths);
    this.#tellApplied(this.#project());
    return null;
  }

  async review(): Promise<Status> {
    await this.#project().remeasured();
    await this.traffic.load();
    this.#tellApplied(this.#project());
    const snapshot = this.#snapshot();
    const results = await this.#results(snapshot, true);
    for (const path of [...this.#sent.keys()]) {
      if (!results.some(({ file }) => file.path === path)) {
        this.#sent.delete(path);
        this.#send({ event: "findings", files: [{ path, version: this.#version(path), findings: [] }] });
      }
    }
    this.#views.reviewed(snapshot);
    return statusOf(this.#analysis, snapshot, results);
  }

  async report({ rules: only }: Params<"report">): Promise<ReviewReport> {
    const unknown = only.find((rule) => !ruleIds.has(rule));
    if (unknown !== undefined) throw new UsageError(`There is no rule "${unknown}". The rules are: ${[...ruleIds].join(", ")}`);
    const began = performance.now();
    const snapshot = this.#checkedSnapshot();
    const results = await this.#results(snapshot, false);
    return reviewReport(this.#analysis, snapshot, results, only, Math.round(performance.now() - began));
  }

  async queries(): Promise<QueriesReport> {
    return queriesReport(await this.#results(this.#checkedSnapshot(), false));
  }

  async indexes({ recorded }: Params<"indexes">): Promise<Requests["indexes"]["result"]> {
    const run = ++this.#indexRun;
    const insights = recorded === undefined ? undefined : readInsights(recorded);
    if (insights?.ok === false) throw new UsageError(insights.message);
    const plain = this.#snapshotWithTables();
    const queries = insights?.queries ?? [];
    const snapshot = queries.length === 0 ? plain : { ...plain, recordedRows: recordedRows(this.#analysis.databases(plain), queries) };
    const results = await this.#results(snapshot, false);
    const choosing = this.#analysis.indexSets(snapshot, queries.length === 0 ? undefined : recordedCalls(queries));
    const sets = await this.#paused(this.#whileOpen(snapshot, choosing, () => run === this.#indexRun), "choosing indexes");
    const report = indexesReport(snapshot, results, sets, (database) => this.#views.usersOf(snapshot, database));
    return { report, markdown: indexesMarkdown(report), migrations: indexChanges(sets) };
  }

  stopIndexes(): null {
    this.#indexRun++;
    return null;
  }

  async profile({ rows }: Params<"profile">): Promise<ProfileReport> {
    const run = this.#profiling.stop();
    const generation = this.#generation;
    const plain = this.#snapshotWithTables();
    const snapshot = rows === undefined ? plain : withRows(this.#analysis, plain, rows);
    const results = await this.#results(snapshot, false);
    if (generation !== this.#generation) throw new Cancelled();
    const sets = await this.#paused(this.#analysis.indexSets(snapshot), "choosing indexes", generation);
    const reviews = results.flatMap(({ review }) => review ?? []);
    const report = await this.#profiling.run(run, sets, reviews, { version: this.#engine.version, slowMs: snapshot.settings.slowMs });
    if (report === undefined) throw new Cancelled();
    return report;
  }

  stopProfile(): null {
    this.#profiling.stop();
    return null;
  }

  /** What the last profile measured for a statement, by its text; undefined where it did not run, or the schema changed. */
  measured(sql: string): MeasuredStatement | undefined {
    return this.#profiling.measured(this.#analysis.databases(this.#snapshot()), sql);
  }

  schema(): SchemaReport {
    return schemaReport(this.#analysis, this.#snapshot());
  }

  async explain({ sql, database, set }: Params<"explain">): Promise<ExplainReport> {
    const snapshot = this.#snapshot();
    const facts = this.#views.facts(snapshot);
    if (set !== true) return explainReport(this.#analysis.databases(snapshot), sql, database, facts);
    const choosing = this.#sets.of(this.#analysis, snapshot, await this.#results(snapshot, false));
    const sets = await this.#paused(this.#whileOpen(snapshot, choosing), "choosing indexes");
    const chosen = (of: ReviewedDatabase) => sets.find((one) => one.database === of)?.selection.chosen ?? [];
    return explainReport(this.#analysis.databases(snapshot), sql, database, { ...facts, set: chosen });
  }

  lenses({ path, version }: Params<"lenses">): Requests["lenses"]["result"] {
    return this.#views.lenses(this.#snapshotWith(path, version), path);
  }

  hover({ path, version, offset }: Params<"hover">): Requests["hover"]["result"] {
    return this.#views.hover(this.#snapshotWith(path, version), path, offset);
  }

  rules(): readonly RuleData[] {
    return rules.map(({ id, summary, severity, docs }) => ({ id, summary, severity, docs }));
  }

  statementAt({ path, version, offset, text }: Params<"statementAt">): Requests["statementAt"]["result"] {
    if (text !== null) return statementInSql(text, offset);
    const result = this.#analysis.file(this.#snapshot(), path);
    if (result === undefined) return null;
    if (this.#version(path) !== version) throw new Cancelled();
    return statementInCode(result, offset);
  }

  fixes({ path, version, span }: Params<"fixes">): readonly FixData[] {
    const snapshot = this.#snapshot();
    const result = this.#analysis.file(snapshot, path);
    if (result === undefined) return [];
    if (this.#version(path) !== version) throw new Cancelled();
    return result.findings.flatMap((finding, key) => (span === null || touches(finding.span, span) ? this.#fixesOf(finding, key) : []));
  }

  fileIndexes({ path, version }: Params<"fileIndexes">): FixData | null {
    const result = this.#analysis.file(this.#snapshotWith(path, version), path);
    const asking = (result?.findings ?? []).flatMap((finding, key) => (indexRules.has(finding.rule) ? [{ finding, key }] : []));
    if (asking.length < 2) return null;
    return joinOfFile(asking.flatMap(({ finding, key }) => this.#fixesOf(finding, key).slice(0, 1))) ?? null;
  }

  async allFixes({ rules: only, review }: Params<"allFixes">): Promise<readonly FixData[]> {
    const snapshot = this.#checkedSnapshot();
    const results = await this.#results(snapshot, false);
    const fixes = results.flatMap(({ findings }) =>
      findings.flatMap((finding, key) => (only.length === 0 || only.includes(finding.rule) ? this.#fixesOf(finding, key).slice(0, 1) : [])),
    );
    if (!review || only.length > 0) return joinFixes(fixes.filter((fix) => review || fix.safety === "safe"));
    const sets = await this.#paused(this.#analysis.indexSets(snapshot), "choosing indexes");
    return joinWithSets(fixes, indexChanges(sets));
  }

  /** The snapshot, where it has this text of the file. */
  #snapshotWith(path: string, version: number): Snapshot {
    if (this.#version(path) !== version) throw new Cancelled();
    return this.#snapshot();
  }

  /** The editor's version of an open document, 0 for a file from disk. A text that did not change keeps its `SourceFile`. */
  #version(path: string): number {
    return this.#project().version(path);
  }

  #fileFindings(result: FileResult): FileFindings {
    return fileFindings(result, this.#version(result.file.path));
  }

  /** Waits until everything that was said so far is in the snapshot. */
  async settled(): Promise<void> {
    await this.#files?.settled();
  }

  #opened(): OpenedFolder {
    return { analysis: this.#analysis, snapshot: this.#checkedSnapshot(), folder: this.#folder };
  }

  async #reviewed(): Promise<OpenedFolder> {
    const opened = this.#opened();
    await this.#results(opened.snapshot, false);
    return opened;
  }

  #newAnalysis(): Analysis {
    return new Analysis(this.#engine, {
      onRuleError: (rule, error) => this.#send({ event: "log", level: "error", message: `The rule ${rule} failed: ${(error as Error).stack ?? String(error)}` }),
    });
  }

  #newViews(): EditorViews {
    return new EditorViews(this.#analysis, (sql) => this.measured(sql));
  }

  #project(): ProjectFiles {
    if (this.#files === undefined) throw new UsageError("No folder is open");
    return this.#files;
  }

  #snapshot(): Snapshot {
    return this.#project().snapshot();
  }

  /** For the command line, which must not report by settings that it could not read. */
  #checkedSnapshot(): Snapshot {
    return withoutBadSettings(this.#snapshot());
  }

  /** For what is about indexes and times alone: without a schema there is nothing to say. */
  #snapshotWithTables(): Snapshot {
    return withTables(this.#analysis, this.#checkedSnapshot());
  }

  /** The snapshot, its code linked in pieces, as long as that is wanted. */
  async #linked(wanted: () => boolean): Promise<Snapshot> {
    for (;;) {
      if (!wanted()) throw new Cancelled();
      const snapshot = this.#snapshot();
      await this.#paused(this.#analysis.linking(snapshot));
      if (snapshot === this.#snapshot()) return snapshot;
    }
  }

  /** All files of the snapshot. With `announce`, what changed is sent as it is found, and newer input ends the work. */
  async #results(snapshot: Snapshot, announce: boolean): Promise<readonly FileResult[]> {
    const generation = this.#generation;
    let since = performance.now();
    const pause = async (done: number, total: number, what: string): Promise<void> => {
      if (performance.now() - since < PAUSE_EVERY_MS) return;
      this.#send({ event: "progress", done, total, what });
      await new Promise((resolve) => setImmediate(resolve));
      if (announce && this.#generation !== generation) throw new Cancelled();
      since = performance.now();
    };
    for (const { done, total } of this.#analysis.prepare(snapshot)) await pause(done, total, "reading code and migrations");
    const total = this.#analysis.paths(snapshot).length;
    const results: FileResult[] = [];
    for (const result of this.#analysis.files(snapshot)) {
      results.push(result);
      this.language.reviewed(this.#analysis, snapshot, [result]);
      if (announce) this.#announce(result);
      await pause(results.length, total, "reviewing");
    }
    return results;
  }

  /** Runs a generator to its end, with pauses in which newer requests are seen, told as `what`. What depends on the input as it was is cancelled with it. */
  async #paused<T>(work: Generator<void, T>, what?: string, generation?: number): Promise<T> {
    let since = performance.now();
    for (let done = 0; ; done++) {
      const step = work.next();
      if (step.done === true) return step.value;
      if (performance.now() - since < PAUSE_EVERY_MS) continue;
      if (what !== undefined) this.#send({ event: "progress", done, total: 0, what });
      await new Promise((resolve) => setImmediate(resolve));
      if (generation !== undefined && generation !== this.#generation) throw new Cancelled();
      since = performance.now();
    }
  }

  /** A schema that changes in a pause closes the databases that the work asks. It ends too where it is not `wanted` any more. */
  *#whileOpen<T>(snapshot: Snapshot, work: Generator<void, T>, wanted: () => boolean = () => true): Generator<void, T> {
    const databases = this.#analysis.databases(snapshot);
    for (let step = work.next(); ; step = work.next()) {
      if (step.done === true) return step.value;
      yield;
      if (!wanted() || !this.#analysis.isOpen(databases)) throw new Cancelled();
    }
  }

  #tellApplied({ memory }: ProjectFiles): void {
    if (memory === this.#told) return;
    this.#told = memory;
    this.#send({ event: "applied", applied: memory });
  }

  #announce(result: FileResult): void {
    const found = this.#fileFindings(result);
    const now = signature(found);
    const before = this.#sent.get(found.path);
    // Also where there is nothing to say at first: a worker before this one may have said something.
    if (before === now) return;
    this.#sent.set(found.path, now);
    this.#send({ event: "findings", files: [found] });
  }

  #fixesOf(finding: Finding, key: number): readonly FixData[] {
    return fixesOf(finding, key, (path) => this.#version(path));
  }
}

function signature({ version, findings }: FileFindings): string {
  return JSON.stringify([version, findings]);
}
