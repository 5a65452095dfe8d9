// Where the code, the migrations and the other SQL files of a database name its tables, columns and indexes. Each file's
// names are kept as long as its review, or the schema, is the same.

import { toSource } from "../embed/source-map";
import type { SqlVariant } from "../host/call-site";
import { knownTables } from "../language/known-tables";
import { type Meaning, meaningKey, type NameUse } from "../language/name-use";
import { namesOf } from "../language/statement-names";
import { namesOfSteps } from "../language/table-lives";
import { readSteps } from "../schema/migration-steps";
import type { SourceFile } from "../schema/sources";
import type { Statement } from "../sql/statement";
import type { Span } from "../text/span";
import type { ReviewedDatabase } from "./databases";
import type { StatementFact } from "./file-facts";
import type { FileReview } from "./file-review";

export interface NamePlace {
  readonly file: string;
  /** In the file: the name as written, or the whole text where its place is not exact. */
  readonly span: Span;
  readonly exact: boolean;
  readonly role: NameUse["role"];
  /** What is declared in the statement is known by its place in the file. */
  readonly meanings: readonly Meaning[];
  readonly database: ReviewedDatabase;
  /** The statement of the code, and the name in its text; undefined in an SQL file. */
  readonly code: { readonly fact: StatementFact & { readonly statement: Statement }; readonly span: Span } | undefined;
  /** Of the statement: names of the same one have the same. */
  readonly statement: object;
}

/** Of all statements of a code file that are known to be SQL of one of the databases; several forms of a text repeat what they share. */
export function codePlaces(review: FileReview): readonly NamePlace[] {
  let places = ofCode.get(review);
  if (places === undefined) ofCode.set(review, (places = review.sites.flatMap(({ status, statements }) => (status === "foreign" ? [] : statements.flatMap(({ fact, database }) => (database === undefined ? [] : statementPlaces(review.file.path, fact, database)))))));
  return places;
}

const ofCode = new WeakMap<FileReview, readonly NamePlace[]>();

function statementPlaces(file: string, fact: StatementFact, database: ReviewedDatabase): readonly NamePlace[] {
  const { statement, variant, offset } = fact;
  if (!statement.ok) return [];
  return namesOf(statement, knownTables(database.schema)).flatMap((use): readonly NamePlace[] => {
    const place = toSource(variant, shifted(use.span, offset));
    const meanings = use.meanings.flatMap((meaning) => inDocument(meaning, variant, offset) ?? []);
    return meanings.length === 0 ? [] : [{ file, ...place, role: use.role, meanings, database, code: { fact: { ...fact, statement }, span: use.span }, statement: fact }];
  });
}

function inDocument(meaning: Meaning, variant: SqlVariant, offset: number): Meaning | undefined {
  if (meaning.kind !== "local") return meaning;
  const place = toSource(variant, shifted(meaning.declared, offset));
  return place.exact ? { ...meaning, declared: place.span } : undefined;
}

/** Of the base schema, the migrations and the seeds of a database. */
export function sqlPlaces(database: ReviewedDatabase, files: ReadonlyMap<string, SourceFile>): readonly NamePlace[] {
  const known = ofSql.get(database);
  if (known !== undefined) return known;
  const { source, base } = database.model;
  const steps = (path: string) => (files.has(path) ? readSteps(files.get(path)!).steps : []);
  const made = [...new Set([...(base === undefined ? [] : [base]), ...source.migrations])];
  const places = namesOfSteps(made.flatMap(steps)).flatMap(({ step, uses }) => uses.map((use): NamePlace => ({ ...use, file: step.file, exact: true, database, code: undefined, statement: step })));
  const seeds = (source.seeds ?? []).filter((path) => !made.includes(path)).flatMap((path) => plainPlaces(files.get(path), database));
  const all = [...places, ...seeds];
  ofSql.set(database, all);
  return all;
}

const ofSql = new WeakMap<ReviewedDatabase, readonly NamePlace[]>();

/** Of an SQL file that is run when all migrations are applied. */
export function plainPlaces(file: SourceFile | undefined, database: ReviewedDatabase): readonly NamePlace[] {
  if (file === undefined) return [];
  return namesOfSteps(readSteps(file).steps, knownTables(database.schema)).flatMap(({ step, uses }) => uses.map((use): NamePlace => ({ ...use, file: file.path, exact: true, database, code: undefined, statement: step })));
}

export function hasMeaning({ meanings }: Pick<NamePlace, "meanings">, wanted: Meaning): boolean {
  const key = meaningKey(wanted);
  return meanings.some((meaning) => meaningKey(meaning) === key);
}

export function shifted({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}
