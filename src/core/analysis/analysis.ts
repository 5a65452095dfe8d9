// The facade of the core: a snapshot in, findings out. Each step is cached by the identity of its input, so that a
// change in one file redoes that file's work; `counters` tells what was worked out anew.

import { rules as allRules, ruleIds } from "../rules/index";
import { indexUse } from "../rules/index-use";
import type { IndexUse } from "../rules/index-use";
import type { Finding } from "../rules/finding";
import type { CachingSubject, DatabaseSubject, MigrationSubject, ProjectQueries, Rule } from "../rules/rule";
import type { Engine } from "../schema/engine";
import { replay } from "../schema/replay";
import type { Model } from "../schema/replay";
import { filesOf, type DatabaseSource, type SourceFile } from "../schema/sources";
import { indexName } from "../planner/proposed-index";
import type { ProposedIndex } from "../planner/proposed-index";
import { LineIndex } from "../text/line-index";
import { CacheFixes } from "./cache-fixes";
import { CacheMaps } from "./cache-maps";
import { CachingFindings } from "./caching-findings";
import { openDatabase } from "./databases";
import type { ReviewedDatabase } from "./databases";
import type { FileFacts } from "./file-facts";
import { reviewFile } from "./file-review";
import type { FileReview, ReviewContext } from "./file-review";
import { indexSets } from "./index-sets";
import type { IndexSet } from "./index-sets";
import { codeFiles, isCode, LinkedCode, sameItems } from "./linked-code";
import { migrationSubjects } from "./migration-subjects";
import type { SentQuery } from "../migration/broken-queries";
import { MigrationTrials } from "../migration/trials";
import type { CacheMap } from "../caching/cache-map";
import { projectCode } from "./project-code";
import { projectQueries } from "./project-queries";
import type { WorkloadFacts } from "./repository-workload";
import { seededTables } from "./seeded-tables";
import { inOrder, withoutRepeats } from "./finding-lists";
import { severitySet } from "./settings";
import { databaseKey } from "./snapshot";
import type { Snapshot } from "./snapshot";
import { trafficFindings } from "./traffic-findings";
import { wholeFinding } from "./whole-finding";
import { allow, readSuppressions, sqlComments } from "./suppressions";

export interface AnalysisOptions {
  /** Told of a rule that threw. Without it the error is thrown on, as tests want it. */
  readonly onRuleError?: (rule: string, error: unknown) => void;
}

/** What was computed since the start, for tests and the bench. */
export interface Counters {
  facts: number;
  models: number;
  databases: number;
  reviews: number;
}

/** The findings of one file, in the order of the text. */
export interface FileResult {
  readonly file: SourceFile;
  readonly findings: readonly Finding[];
  /** Undefined for files that are no code. */
  readonly review: FileReview | undefined;
}

/** All that hangs on the schema: made anew when a migration, the settings or the code's own DDL change. */
interface Context extends ReviewContext {
  readonly key: readonly unknown[];
  readonly reviews: WeakMap<FileFacts, FileReview>;
}

export class Analysis {
  readonly counters: Counters = { facts: 0, models: 0, databases: 0, reviews: 0 };
  readonly #engine: Engine;
  readonly #trials: MigrationTrials;
  readonly #options: AnalysisOptions;
  readonly #code = new LinkedCode(() => this.counters.facts++);
  readonly #caches = new CacheMaps(this.#code);
  readonly #caching = new CachingFindings();
  readonly #models = new Map<string, { readonly key: readonly unknown[]; readonly model: Model }>();
  #context: Context | undefined;
  #snapshot: Snapshot | undefined;

  constructor(engine: Engine, options: AnalysisOptions = {}) {
    this.#engine = engine;
    this.#trials = new MigrationTrials(engine);
    this.#options = options;
  }

  close(): void {
    for (const { planner } of this.#context?.databases ?? []) planner.close();
    this.#context = undefined;
  }

  /** The facts of all code files, the schemas, the planners and the reviews. The generator pauses between pieces of work. */
  *prepare(snapshot: Snapshot): Generator<{ readonly done: number; readonly total: number }, void> {
    const total = snapshot.code.length;
    for (const [done, path] of snapshot.code.entries()) {
      const file = snapshot.files.get(path);
      if (file === undefined || this.#code.isRead(file)) continue;
      this.#code.read(file);
      yield { done, total };
    }
    for (const source of snapshot.databases) {
      this.#modelOf(source, snapshot);
      yield { done: total, total };
    }
    for (const work of this.#wholes(snapshot)) for (const _ of work) yield { done: total, total };
  }

  /** What takes all files into account, in pieces. */
  *#wholes(snapshot: Snapshot): Generator<Iterable<unknown>, void> {
    yield this.linking(snapshot);
    yield inTurn(codeFiles(snapshot), (file) => this.#reviewOf(snapshot, file.path, file));
    const active = this.#active(snapshot);
    // What is said of caches needs the statements of all files.
    if (active.some((rule) => rule.kind === "caching")) {
      yield this.#code.serving(snapshot);
      yield inTurn([() => this.cacheMap(snapshot), () => this.#reviewCaching(snapshot)], (step) => step());
    }
    yield inTurn(active, (rule) => this.#projectRule(snapshot, rule));
  }

  /** In pieces what `file` would do at once for the other files; the rest is that of the file itself. */
  linking(snapshot: Snapshot): Generator<void, void> {
    return this.#code.linking(snapshot);
  }

  databases(snapshot: Snapshot): readonly ReviewedDatabase[] {
    return this.#contextOf(snapshot).databases;
  }

  /** False where a later snapshot had another schema, and these were closed. */
  isOpen(databases: readonly ReviewedDatabase[]): boolean {
    return this.#context?.databases === databases;
  }

  /** One file of the snapshot: code, a migration, or a configuration file. Undefined where the snapshot has none such. */
  file(snapshot: Snapshot, path: string): FileResult | undefined {
    const file = snapshot.files.get(path);
    if (file === undefined) return undefined;
    const review = this.#reviewOf(snapshot, path, file);
    // What the schema's rules say stands in no file of code, and some of them ask what all the code sends.
    const found = review === undefined ? this.#projectFindings(snapshot).filter((finding) => finding.file === path) : inOrder(this.#withTraffic(snapshot, review), this.#caching.of(snapshot, path));
    return { file, findings: this.#allowed(snapshot, file, review, found), review };
  }

  /** Every file that can have findings, code first. Pauses after each. */
  *files(snapshot: Snapshot): Generator<FileResult, void> {
    this.#reviewCaching(snapshot);
    for (const path of this.paths(snapshot)) {
      const result = this.file(snapshot, path);
      if (result !== undefined) yield result;
    }
  }

  /** The paths that `files` goes through, in its order. */
  paths(snapshot: Snapshot): readonly string[] {
    const others = new Set<string>();
    for (const source of snapshot.databases) for (const path of filesOf(source)) others.add(path);
    for (const problem of snapshot.problems) others.add(problem.file);
    for (const path of snapshot.code) others.delete(path);
    return [...snapshot.code, ...[...others].sort()];
  }

  /** The indexes that all the code asks for, one set for each database. Pauses between pieces of work. */
  *indexSets(snapshot: Snapshot, calls?: WorkloadFacts["calls"]): Generator<void, readonly IndexSet[]> {
    const { databases, lineOf } = this.#contextOf(snapshot);
    return yield* indexSets(databases, this.#reviews(snapshot), { lineOf, ...(calls === undefined ? {} : { calls }) });
  }

  /** Which queries of the code use each index of a database, and how many send a text that is not known. Reviews all code. */
  indexUse(snapshot: Snapshot, database: ReviewedDatabase): { readonly users: IndexUse; readonly unknown: number } {
    const users = indexUse(this.#subjectOf(snapshot, database, new Set(), () => undefined));
    return { users, unknown: this.#queriesOf(snapshot, database).unknown };
  }

  /** What the code sends to a database that does not compile there once all migrations ran, in the order of the code. Reviews all code. */
  brokenIn(snapshot: Snapshot, database: ReviewedDatabase): readonly SentQuery[] {
    return this.#queriesOf(snapshot, database).known.flatMap(({ statement, partial, plan, place }) => (statement.ok && plan === undefined ? [{ statement, partial, place }] : []));
  }

  /** What all the code caches, could cache and forgets to end. Reviews all code; worked out once a snapshot. */
  cacheMap(snapshot: Snapshot): CacheMap {
    return this.#caches.of(snapshot, () => this.#reviews(snapshot));
  }

  #reviewCaching(snapshot: Snapshot): void {
    const context = this.#contextOf(snapshot);
    const rules = this.#active(snapshot).filter((rule) => rule.kind === "caching");
    if (rules.length === 0) return;
    this.#caching.review(snapshot, () => {
      const map = this.cacheMap(snapshot);
      const reviews = new Map(this.#reviews(snapshot).map((review) => [review.file.path, review]));
      const fixes = new CacheFixes(map, { files: context.files, snapshot, reviewOf: (path) => reviews.get(path) });
      const subject: CachingSubject = { map, hasHelper: fixes.hasHelper, wrap: (read) => fixes.wrap(read), purge: (write, forgotten) => fixes.purge(write, forgotten) };
      return rules.flatMap((rule) => this.#guard(rule.id, () => rule.check(subject)).map((found) => wholeFinding(rule, found, undefined, context)));
    });
  }

  #modelOf(source: DatabaseSource, snapshot: Snapshot): Model {
    const { target } = snapshot.settings;
    const key = [JSON.stringify(source), target, ...filesOf(source).map((path) => snapshot.files.get(path))];
    const name = databaseKey(source);
    const known = this.#models.get(name);
    if (known !== undefined && sameItems(known.key, key)) return known.model;
    this.counters.models++;
    const model = replay(this.#engine, source, snapshot.files, target);
    this.#models.set(name, { key, model });
    return model;
  }

  #contextOf(snapshot: Snapshot): Context {
    if (this.#snapshot === snapshot && this.#context !== undefined) return this.#context;
    this.#context = this.#contextFor(snapshot);
    this.#snapshot = snapshot;
    return this.#context;
  }

  #contextFor(snapshot: Snapshot): Context {
    const models = snapshot.databases.map((source) => this.#modelOf(source, snapshot));
    const facts = this.#code.all(snapshot);
    const ddl = facts.flatMap((file) => file.ddl);
    const { rows, rules, target } = snapshot.settings;
    const measured = models.map(({ source }) => snapshot.statistics?.get(databaseKey(source)));
    const seeded = models.map((model) => seededTables(model, facts));
    const key = [...models, ...measured, snapshot.recordedRows, JSON.stringify(seeded.map((tables) => [...tables])), ddl.join("\n;\n"), JSON.stringify([rows, rules, target])];
    if (this.#context !== undefined && sameItems(this.#context.key, key)) return this.#context;
    for (const { planner } of this.#context?.databases ?? []) planner.close();
    this.counters.databases += models.length;
    const databases = models.map((model, at) => openDatabase(this.#engine, model, ddl, rows, { measured: measured[at], insights: snapshot.recordedRows, seeded: seeded[at] }));
    const active = allRules.filter((rule) => rules[rule.id] !== "off");
    return {
      key,
      databases,
      reviews: new WeakMap(),
      target,
      queryRules: active.filter((rule) => rule.kind === "query"),
      loopRules: active.filter((rule) => rule.kind === "loop"),
      loadRules: active.filter((rule) => rule.kind === "load"),
      pathRules: active.filter((rule) => rule.kind === "path"),
      files: projectCode(() => this.#snapshot),
      lineOf: (file, offset) => new LineIndex(this.#snapshot?.files.get(file)?.text ?? "").place(offset).line,
      severityOf: (rule, own) => severitySet(rules[rule], own),
      servedBy: (database, index) => this.#servedBy(database, index),
      guard: (rule, check) => this.#guard(rule, check),
    };
  }

  /** Of all code. */
  #reviews(snapshot: Snapshot): readonly FileReview[] {
    return codeFiles(snapshot).flatMap((file) => this.#reviewOf(snapshot, file.path, file) ?? []);
  }

  #reviewOf(snapshot: Snapshot, path: string, file: SourceFile): FileReview | undefined {
    if (!isCode(snapshot, path)) return undefined;
    const context = this.#contextOf(snapshot);
    const facts = this.#code.facts(snapshot, file);
    const known = context.reviews.get(facts);
    if (known !== undefined) return known;
    this.counters.reviews++;
    const review = reviewFile(file, facts, context);
    context.reviews.set(facts, review);
    return review;
  }

  /** Not kept with the review: traffic changes without the code. */
  #withTraffic(snapshot: Snapshot, review: FileReview): readonly Finding[] {
    const { traffic, settings } = snapshot;
    if (traffic === undefined) return review.findings;
    const rules = this.#active(snapshot).filter((rule) => rule.kind === "traffic");
    return inOrder(review.findings, trafficFindings(review, traffic, { ...this.#contextOf(snapshot), rules, settings }));
  }

  /** Findings that belong to the project as a whole: its configuration, its migrations, its schema. */
  #projectFindings(snapshot: Snapshot): readonly Finding[] {
    if (this.#project?.snapshot === snapshot) return this.#project.findings;
    this.#project = { snapshot, findings: withoutRepeats(this.#active(snapshot).flatMap((rule) => this.#projectRule(snapshot, rule))) };
    return this.#project.findings;
  }

  #projectRule(snapshot: Snapshot, rule: Rule): readonly Finding[] {
    if (rule.kind !== "project" && rule.kind !== "migration" && rule.kind !== "database") return [];
    const context = this.#contextOf(snapshot);
    const facts = this.#code.all(snapshot);
    const deletedFrom = new Set(facts.flatMap((file) => file.deletedFrom));
    const own = [context, snapshot.problems, snapshot.applied, [...deletedFrom].sort().join()];
    const known = this.#ofRules.get(rule.id);
    if (known !== undefined && sameItems(known.key, known.asked ? [...own, ...facts] : own)) return known.findings;
    let asked = false;
    const found = this.#checkProject(rule, snapshot, context, deletedFrom, () => (asked = true));
    this.#ofRules.set(rule.id, { key: asked ? [...own, ...facts] : own, asked, findings: found });
    return found;
  }

  #project: { readonly snapshot: Snapshot; readonly findings: readonly Finding[] } | undefined;
  /** By rule; one that has asked for the queries depends on all the code. */
  readonly #ofRules = new Map<string, { readonly key: readonly unknown[]; readonly asked: boolean; readonly findings: readonly Finding[] }>();

  #checkProject(rule: Rule, snapshot: Snapshot, context: Context, deletedFrom: ReadonlySet<string>, asks: () => void): readonly Finding[] {
    if (rule.kind === "project") return this.#guard(rule.id, () => rule.check({ problems: snapshot.problems })).map((found) => wholeFinding(rule, found, undefined, context));
    if (rule.kind === "migration") {
      return context.databases.flatMap((database) =>
        this.#migrationsOf(snapshot, database, asks).flatMap((subject) =>
          this.#guard(rule.id, () => rule.check(subject)).map((found) => wholeFinding(rule, { ...found, file: subject.file }, database.model.source, context)),
        ),
      );
    }
    if (rule.kind !== "database") return [];
    return context.databases.flatMap((database) => {
      const subject = this.#subjectOf(snapshot, database, deletedFrom, asks);
      return this.#guard(rule.id, () => rule.check(subject)).map((found) => wholeFinding(rule, found, database.model.source, context));
    });
  }

  #migrationsOf(snapshot: Snapshot, database: ReviewedDatabase, asks: () => void): readonly MigrationSubject[] {
    const queries = (): ProjectQueries => {
      asks();
      return this.#queriesOf(snapshot, database);
    };
    return migrationSubjects(database, { trials: this.#trials, textOf: (file) => snapshot.files.get(file)?.text ?? "", applied: snapshot.applied?.get(databaseKey(database.model.source)), queries });
  }

  #subjectOf(snapshot: Snapshot, database: ReviewedDatabase, deletedFrom: ReadonlySet<string>, asks: () => void): DatabaseSubject {
    const { model, planner, schema } = database;
    return {
      model,
      planner,
      schema,
      d1: snapshot.settings.target === "d1",
      deletedFrom,
      textOf: (file) => snapshot.files.get(file)?.text ?? "",
      queries: () => {
        asks();
        return this.#queriesOf(snapshot, database);
      },
    };
  }

  /** For one snapshot, as several rules ask for them. */
  #queriesOf(snapshot: Snapshot, database: ReviewedDatabase): ProjectQueries {
    if (this.#asked.snapshot !== snapshot) this.#asked = { snapshot, queries: new Map() };
    const known = this.#asked.queries.get(database);
    if (known !== undefined) return known;
    const queries = projectQueries(database, this.#contextOf(snapshot).databases, this.#reviews(snapshot));
    this.#asked.queries.set(database, queries);
    return queries;
  }

  #asked: { readonly snapshot: Snapshot | undefined; readonly queries: Map<ReviewedDatabase, ProjectQueries> } = { snapshot: undefined, queries: new Map() };

  #allowed(snapshot: Snapshot, file: SourceFile, review: FileReview | undefined, findings: readonly Finding[]): readonly Finding[] {
    const comments = review === undefined ? (file.path.endsWith(".sql") ? sqlComments(file.text) : []) : this.#code.facts(snapshot, file).host.comments;
    const off = (rule: string): boolean => snapshot.settings.rules[rule] === "off";
    const { kept, unused } = allow(file.text, findings, readSuppressions(file.text, comments), ruleIds, (rule) => !off(rule));
    const context = this.#contextOf(snapshot);
    const hints = this.#active(snapshot).flatMap((rule) =>
      rule.kind === "suppression" ? unused.flatMap((subject) => this.#guard(rule.id, () => rule.check(subject)).map((found) => wholeFinding(rule, { ...found, file: file.path }, undefined, context))) : [],
    );
    return hints.length === 0 ? kept : [...kept, ...hints].sort((a, b) => a.span.start - b.span.start);
  }

  #active(snapshot: Snapshot): readonly Rule[] {
    return allRules.filter((rule) => snapshot.settings.rules[rule.id] !== "off");
  }

  #servedBy(database: ReviewedDatabase, index: ProposedIndex): readonly string[] {
    const snapshot = this.#snapshot;
    const context = this.#context;
    if (snapshot === undefined || context === undefined) return [];
    const wanted = indexName(index);
    return codeFiles(snapshot).flatMap((file) => {
      const sites = context.reviews.get(this.#code.facts(snapshot, file))?.sites ?? [];
      const served = sites.filter((site) => site.statements.some((statement) => statement.database === database && statement.advice().some((advice) => indexName(advice.index) === wanted)));
      if (served.length === 0) return [];
      const lines = new LineIndex(file.text);
      return served.map((site) => `${file.path}:${lines.place(site.site.name.start).line}`);
    });
  }

  #guard<T>(rule: string, check: () => Iterable<T>): readonly T[] {
    if (this.#options.onRuleError === undefined) return [...check()];
    try {
      return [...check()];
    } catch (error) {
      this.#options.onRuleError(rule, error);
      return [];
    }
  }
}

function* inTurn<T>(items: Iterable<T>, work: (item: T) => unknown): Generator<void, void> {
  for (const item of items) {
    work(item);
    yield;
  }
}
