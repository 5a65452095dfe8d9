// What an editor asks at a cursor in SQL. It is answered from the text that comes with the question and from the last
// review, whose schema may be a keystroke old: a completion that waits for the review of its own half-typed text is late.

import type { Analysis, FileResult } from "../core/analysis/analysis";
import { nearest, type ReviewedDatabase } from "../core/analysis/databases";
import type { FileReview } from "../core/analysis/file-review";
import { databaseKey } from "../core/analysis/snapshot";
import type { Snapshot } from "../core/analysis/snapshot";
import { editToSource, toSource } from "../core/embed/source-map";
import { completionAt, type CompletionItem } from "../core/language/completion";
import { nothingKnown, readStatement, sqlAt, type KnownCode, type SqlAt } from "../core/language/cursor";
import { describe, describeName, type DescribeFacts } from "../core/language/describe";
import { formatSql } from "../core/language/format";
import { nameAt } from "../core/language/names-at";
import { signatureAt } from "../core/language/signatures";
import { LineIndexes } from "../core/report/review-report";
import { findTable, findView } from "../core/schema/schema";
import { namedTables } from "../core/sql/named-tables";
import type { AskedPlace, CompletionData, LanguageRequests as Requests } from "../protocol/language";
import { UsageError } from "./errors";
import type { FolderAtHand } from "./migration-requests";

export type LanguageMethod = keyof Requests;

type Params<M extends LanguageMethod> = Requests[M]["params"];

/** What the last review left behind. */
interface Seen {
  readonly snapshot: Snapshot;
  readonly databases: readonly ReviewedDatabase[];
}

export class LanguageRequests {
  readonly #at: FolderAtHand;
  #seen: Seen | undefined;
  readonly #reviews = new Map<string, FileReview>();
  #uses: { readonly reviews: number; readonly uses: ReadonlyMap<string, number>; readonly wrappers: ReadonlySet<string> } | undefined;
  /** Goes up with every review of a file. */
  #reviewed = 0;

  constructor(at: FolderAtHand) {
    this.#at = at;
  }

  /** There is a schema to answer from. */
  get hasSeen(): boolean {
    return this.#seen !== undefined;
  }

  /** Another folder is opened, or the same anew. */
  forget(): void {
    this.#seen = undefined;
    this.#reviews.clear();
    this.#reviewed++;
  }

  /** Files were reviewed as of this snapshot, which the analysis has at hand. */
  reviewed(analysis: Analysis, snapshot: Snapshot, results: readonly FileResult[]): void {
    this.#seen = { snapshot, databases: analysis.databases(snapshot) };
    for (const { file, review } of results) {
      if (review === undefined) this.#reviews.delete(file.path);
      else {
        this.#reviews.set(file.path, review);
        // Now, not when somebody types.
        toldBy(review);
      }
    }
    this.#reviewed++;
  }

  completion(asked: Params<"completion">): Requests["completion"]["result"] {
    const place = this.#place(asked);
    if (place === undefined) return null;
    const { at, database } = place;
    const found = completionAt(at, { schema: database.schema, uses: this.#known().uses });
    if (found === undefined) return null;
    const edit = editToSource(at.text, { span: found.span, newText: "" });
    // In the middle of an escape nothing can be written.
    if (edit === undefined || asked.offset < edit.span.start || asked.offset > edit.span.end) return null;
    return { span: edit.span, items: found.items.flatMap((item) => writtenIn(item, at, found.span)), database: databaseKey(database.model.source) };
  }

  about({ database, about }: Params<"about">): Requests["about"]["result"] {
    const found = this.#present().databases.find(({ model }) => databaseKey(model.source) === database);
    return (found && describe(about, this.#facts(found))) ?? null;
  }

  signature(asked: Params<"signature">): Requests["signature"]["result"] {
    const place = this.#place(asked);
    return (place && signatureAt(place.at, place.database.schema)) ?? null;
  }

  name(asked: Params<"name">): Requests["name"]["result"] {
    const place = this.#place(asked);
    const named = place && nameAt(place.at, readStatement(place.at), place.database.schema);
    if (place === undefined || named === undefined) return null;
    const described = describeName(named, this.#facts(place.database));
    const { span, exact } = toSource(place.at.text, named.span);
    return described === undefined || !exact ? null : { span, described };
  }

  formatSql({ indent, ...asked }: Params<"formatSql">): Requests["formatSql"]["result"] {
    const at = sqlAt(asked.path, asked.text, asked.offset, this.#code(asked.path));
    if (at === undefined) throw new UsageError("There is no SQL at the cursor");
    const formatted = formatSql(at, asked.text, { indent });
    if (!formatted.ok) throw new UsageError(formatted.message);
    return formatted.edits;
  }

  #place({ path, text, offset }: AskedPlace): { readonly at: SqlAt; readonly database: ReviewedDatabase } | undefined {
    const at = sqlAt(path, text, offset, this.#code(path));
    const database = at && this.#databaseOf(path, at);
    return at === undefined || database === undefined ? undefined : { at, database };
  }

  /** By the migration's folder or the binding; else the nearest that knows most of the tables that are named. */
  #databaseOf(path: string, at: SqlAt): ReviewedDatabase | undefined {
    const near = nearest(this.#present().databases, path);
    const named = near.filter(({ model: { source, stages } }) => (at.binding !== undefined && source.binding === at.binding) || stages.some(({ file }) => file.file === path));
    const possible = named.length > 0 ? named : near;
    if (possible.length < 2) return possible[0];
    const names = readStatement(at).tokens.flatMap(({ kind, text }) => (kind === "word" || kind === "name" ? [text.replace(/^["`[]|["`\]]$/g, "")] : []));
    const known = ({ schema }: ReviewedDatabase): number => names.filter((name) => findTable(schema, name) !== undefined || findView(schema, name) !== undefined).length;
    return possible.reduce((best, next) => (known(next) > known(best) ? next : best));
  }

  /** Before the first review the schema is made for the asking. */
  #present(): Seen {
    if (this.#seen !== undefined) return this.#seen;
    const { analysis, snapshot } = this.#at.opened();
    return { snapshot, databases: analysis.databases(snapshot) };
  }

  #code(path: string): KnownCode {
    const { wrappers } = this.#known();
    const review = this.#reviews.get(path);
    return review === undefined ? { ...nothingKnown, wrappers } : { text: review.file.text, sites: review.sites.map(({ site }) => site), wrappers };
  }

  #known(): { readonly uses: ReadonlyMap<string, number>; readonly wrappers: ReadonlySet<string> } {
    if (this.#uses?.reviews === this.#reviewed) return this.#uses;
    const uses = new Map<string, number>();
    const wrappers = new Set(this.#seen?.snapshot.settings.wrappers.map((name) => name.slice(name.lastIndexOf(".") + 1)) ?? []);
    for (const review of this.#reviews.values()) {
      const own = toldBy(review);
      for (const table of own.tables) uses.set(table, (uses.get(table) ?? 0) + 1);
      for (const wrapper of own.wrappers) wrappers.add(wrapper);
    }
    this.#uses = { reviews: this.#reviewed, uses, wrappers };
    return this.#uses;
  }

  #facts({ schema, planner }: ReviewedDatabase): DescribeFacts {
    const lines = new LineIndexes(this.#present().snapshot);
    return { schema, rowsOf: (table) => planner.statistics.describe(table), lineOf: (file, offset) => lines.of(file).place(offset).line };
  }
}

interface Told {
  /** Lower-case names, once for each query that names one. */
  readonly tables: readonly string[];
  readonly wrappers: readonly string[];
}

const told = new WeakMap<FileReview, Told>();

function toldBy(review: FileReview): Told {
  const known = told.get(review);
  if (known !== undefined) return known;
  const tables = review.sites.flatMap(({ statements }) => [...new Set(statements.flatMap(({ fact: { statement } }) => (statement.ok ? namedTables(statement).map((name) => name.toLowerCase()) : [])))]);
  const wrappers = review.sites.flatMap(({ site: { via, name } }) => (via.length > 0 ? [review.file.text.slice(name.start, name.end)] : []));
  const found: Told = { tables, wrappers };
  told.set(review, found);
  return found;
}

/** The item with its text as the literal holds it; nothing where it cannot. */
function writtenIn({ insert, ...item }: CompletionItem, { text }: SqlAt, span: { readonly start: number; readonly end: number }): readonly CompletionData[] {
  const edit = editToSource(text, { span, newText: insert });
  if (edit === undefined) return [];
  const { cursor, ...rest } = item;
  return [{ ...rest, newText: edit.newText, ...(cursor !== undefined && edit.newText === insert ? { cursor } : {}) }];
}
