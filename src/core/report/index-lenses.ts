// What stands over each CREATE INDEX of an SQL file, and what a hover over its name tells: which queries use the index.

import type { ReviewedDatabase } from "../analysis/databases";
import type { CodePlace } from "../analysis/repository-workload";
import { indexBytes } from "../planner/index-size";
import { partText } from "../planner/proposed-index";
import { servesForeignKey } from "../rules/index-cover";
import type { IndexUse } from "../rules/index-use";
import { findTable } from "../schema/schema";
import type { Index } from "../schema/schema";
import type { Span } from "../text/span";
import type { IndexStatement } from "./index-statements";
import type { PlaceReport } from "./report";

/** Who uses the indexes of a database. */
export interface IndexUsers {
  /** By lower-case name: the places of the queries and triggers. */
  readonly users: ReadonlyMap<string, readonly CodePlace[]>;
  /** Calls that send a text that is not known. */
  readonly unknown: number;
}

export interface IndexLens {
  /** The name of the index. */
  readonly span: Span;
  readonly title: string;
  /** The queries that use it, or the statement that dropped it. */
  readonly places: readonly PlaceReport[];
}

type LineOf = (file: string, offset: number) => number;

/** `usersOf` is undefined as long as not all code has been read: then nothing is said of use. */
export function indexLenses(statements: readonly IndexStatement[], usersOf: (database: ReviewedDatabase) => IndexUsers | undefined, lineOf: LineOf): readonly IndexLens[] {
  return statements.flatMap(({ database, span, fate }): IndexLens[] => {
    switch (fate.kind) {
      case "dropped":
        return [{ span, title: "dropped later", places: fate.by === undefined ? [] : [{ file: fate.by.file, line: lineOf(fate.by.file, fate.by.start) }] }];
      case "live": {
        const users = usersOf(database);
        if (users === undefined) return [];
        const places = users.users.get(fate.index.name.toLowerCase()) ?? [];
        return [{ span, title: useWords(database, fate.index, places.length, users.unknown), places }];
      }
    }
  });
}

/** `used by 3 queries`, `unused`, or what else it is good for. */
export function useWords({ schema }: ReviewedDatabase, index: Index, uses: number, unknown: number): string {
  if (uses > 0) return `used by ${uses} ${uses === 1 ? "query" : "queries"}`;
  if (index.unique) return "keeps values unique; no query searches by it";
  const table = findTable(schema, index.table);
  if (table !== undefined && servesForeignKey(table, index)) return "serves a foreign key; no query uses it";
  return unknown === 0 ? "unused" : "unused by known queries";
}

/** The places of the rules' view of it, where a trigger is named instead of a line. */
export function indexUsers({ schema }: ReviewedDatabase, users: IndexUse, unknown: number, lineOf: LineOf): IndexUsers {
  const placeOf = (place: string): CodePlace | undefined => {
    const match = /^(.*):(\d+)$/.exec(place);
    if (match !== null) return { file: match[1]!, line: Number(match[2]) };
    const origin = schema.triggers.find(({ name }) => place === `trigger ${name}`)?.origin;
    return origin && { file: origin.file, line: lineOf(origin.file, origin.span.start) };
  };
  const found = [...users].map(([name, queries]): readonly [string, readonly CodePlace[]] => {
    const places = [...new Set(queries.map(({ place }) => place))].flatMap((place) => placeOf(place) ?? []);
    return [name, places.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))];
  });
  return { users: new Map(found), unknown };
}

/** One index as a hover tells of it. */
export interface IndexHover {
  readonly span: Span;
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  readonly where: string | null;
  /** Who uses it, in words; empty as long as not all code has been read. */
  readonly use: string;
  readonly places: readonly PlaceReport[];
  /** By estimate. */
  readonly bytes: number;
  /** Where the number of rows comes from, in words. */
  readonly statistics: string;
}

/** Undefined for what is not there at the end; `users` as for the lenses. */
export function indexHover({ database, span, fate }: IndexStatement, users: IndexUsers | undefined): IndexHover | undefined {
  if (fate.kind !== "live") return undefined;
  const { index } = fate;
  const { planner } = database;
  const places = users?.users.get(index.name.toLowerCase()) ?? [];
  return {
    span,
    name: index.name,
    table: index.table,
    columns: index.parts.map(partText),
    unique: index.unique,
    where: index.where ?? null,
    use: users === undefined ? "" : useWords(database, index, places.length, users.unknown),
    places,
    bytes: indexBytes(planner, { table: index.table, parts: index.parts.map((part) => ({ ...part, collation: undefined })), where: index.where }),
    statistics: planner.statistics.describe(index.table),
  };
}
