// What an editor shows beside a file's text: the lenses over its queries and indexes, and what a hover tells. It answers
// from reviews that are there; what asks all the code is known once a whole review is done, and kept until the next.

import type { Analysis } from "../core/analysis/analysis";
import type { ReviewedDatabase } from "../core/analysis/databases";
import type { Snapshot } from "../core/analysis/snapshot";
import { databaseKey } from "../core/analysis/snapshot";
import { explainReport } from "../core/report/explain-report";
import type { ExplainFacts } from "../core/report/explain-report";
import { indexHover, indexLenses, indexUsers } from "../core/report/index-lenses";
import type { IndexUsers } from "../core/report/index-lenses";
import { indexStatements } from "../core/report/index-statements";
import { queryLenses } from "../core/report/query-lenses";
import { LineIndexes } from "../core/report/review-report";
import { recordedReport } from "../core/report/recorded-words";
import type { MeasuredReport } from "../core/report/report";
import { queryKey } from "../core/telemetry/query-key";
import { contains } from "../core/text/span";
import type { HoverData, LensData } from "../protocol/worker";
import { textAt } from "./statement-at";

export class EditorViews {
  readonly #analysis: Analysis;
  readonly #measured: (sql: string) => MeasuredReport | undefined;
  #reviewed: Snapshot | undefined;
  #lines: { readonly snapshot: Snapshot; readonly lines: LineIndexes } | undefined;
  /** By `databaseKey`, as of the last whole review that somebody asked about. */
  readonly #users = new Map<string, { readonly snapshot: Snapshot; readonly users: IndexUsers }>();

  constructor(analysis: Analysis, measured: (sql: string) => MeasuredReport | undefined) {
    this.#analysis = analysis;
    this.#measured = measured;
  }

  /** All the code of the snapshot has been reviewed. */
  reviewed(snapshot: Snapshot): void {
    this.#reviewed = snapshot;
  }

  lenses(snapshot: Snapshot, path: string): readonly LensData[] {
    const result = this.#analysis.file(snapshot, path);
    if (result === undefined) return [];
    if (result.review !== undefined) return queryLenses(result.review, this.#measured, snapshot.traffic).map(({ at, title }) => ({ kind: "query", span: { start: at, end: at }, title }));
    const databases = this.#analysis.databases(snapshot);
    const isMigration = databases.some(({ model }) => model.stages.some(({ file }) => file.file === path));
    const top: readonly LensData[] = isMigration ? [{ kind: "migration", span: { start: 0, end: 0 }, title: "Dry-run" }] : [];
    const statements = indexStatements(databases, snapshot.files, path);
    const indexes = indexLenses(statements, (database) => this.#knownUsersOf(snapshot, database), this.facts(snapshot).lineOf).map((lens): LensData => ({ kind: "index", ...lens }));
    return [...top, ...indexes];
  }

  hover(snapshot: Snapshot, path: string, offset: number): HoverData | null {
    const result = this.#analysis.file(snapshot, path);
    if (result === undefined) return null;
    const databases = this.#analysis.databases(snapshot);
    if (result.review === undefined) {
      const statement = indexStatements(databases, snapshot.files, path).find(({ span }) => contains(span, { start: offset, end: offset }));
      const hover = statement && indexHover(statement, this.#knownUsersOf(snapshot, statement.database));
      return hover === undefined ? null : { kind: "index", ...hover };
    }
    const found = textAt(result.review, offset);
    if (found === undefined) return null;
    const { span, sql, database, form } = found;
    const report = explainReport(databases, sql, database, this.facts(snapshot));
    return report.ok && report.plan.length > 0 ? { kind: "query", span, form, report } : null;
  }

  facts(snapshot: Snapshot): ExplainFacts & { readonly measured: (sql: string) => MeasuredReport | undefined } {
    if (this.#lines?.snapshot !== snapshot) this.#lines = { snapshot, lines: new LineIndexes(snapshot) };
    const { lines } = this.#lines;
    const recorded = (sql: string) => {
      const figures = snapshot.traffic?.byKey.get(queryKey(sql));
      return figures && recordedReport(figures);
    };
    return { lineOf: (file, offset) => lines.of(file).place(offset).line, measured: this.#measured, recorded };
  }

  #knownUsersOf(snapshot: Snapshot, database: ReviewedDatabase): IndexUsers | undefined {
    const key = databaseKey(database.model.source);
    const known = this.#users.get(key);
    if (this.#reviewed !== snapshot || known?.snapshot === snapshot) return known?.users;
    const found = this.usersOf(snapshot, database);
    this.#users.set(key, { snapshot, users: found });
    return found;
  }

  /** For what may wait for a review of all the code. */
  usersOf(snapshot: Snapshot, database: ReviewedDatabase): IndexUsers {
    const { users, unknown } = this.#analysis.indexUse(snapshot, database);
    return indexUsers(database, users, unknown, this.facts(snapshot).lineOf);
  }
}
