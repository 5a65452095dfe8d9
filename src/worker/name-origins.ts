// Where a part of the schema was made, and the queries whose plan uses an index.

import type { ReviewedDatabase } from "../core/analysis/databases";
import type { FileReview } from "../core/analysis/file-review";
import type { NamePlace } from "../core/analysis/name-places";
import { toSource } from "../core/embed/source-map";
import type { Meaning } from "../core/language/name-use";
import type { IndexUsers } from "../core/report/index-lenses";
import { findColumn, findTable, findView, type Origin, type Schema } from "../core/schema/schema";
import { LineIndex } from "../core/text/line-index";
import { contains, type Span } from "../core/text/span";
import type { PlaceData } from "../protocol/worker";

/** The name in the statement that made it; for what is gone, the last one that made it. */
export function placeOfOrigin({ schema }: ReviewedDatabase, meaning: Meaning, declared: () => readonly NamePlace[]): PlaceData | undefined {
  const origin = originOf(schema, meaning);
  const made = declared();
  const found = origin === undefined ? made.at(-1) : (made.find(({ file, span }) => file === origin.file && contains(origin.span, span)) ?? origin);
  return found && { file: found.file, span: found.span };
}

function originOf(schema: Schema, meaning: Meaning): Origin | undefined {
  switch (meaning.kind) {
    case "table":
      return (findTable(schema, meaning.table) ?? findView(schema, meaning.table))?.origin;
    case "column": {
      const table = findTable(schema, meaning.table);
      return table === undefined ? findView(schema, meaning.table)?.origin : findColumn(table, meaning.column)?.origin;
    }
    case "index":
      return schema.indexes.find(({ name }) => isSame(name, meaning.name))?.origin;
    case "trigger":
      return schema.triggers.find(({ name }) => isSame(name, meaning.name))?.origin;
    default:
      return undefined;
  }
}

/** The texts of the queries that use an index; of a trigger the line. */
export function usersPlaces(index: string, { users }: IndexUsers, reviewOf: (file: string) => FileReview | undefined): readonly PlaceData[] {
  return (users.get(index.toLowerCase()) ?? []).flatMap(({ file, line }): readonly PlaceData[] => {
    const review = reviewOf(file);
    if (review === undefined) return [];
    const lines = new LineIndex(review.file.text);
    return review.sites.filter(({ site }) => lines.place(site.name.start).line === line).map(({ site, statements }) => ({ file, span: textSpan(statements) ?? site.call }));
  });
}

function textSpan([first]: FileReview["sites"][number]["statements"]): Span | undefined {
  if (first === undefined) return undefined;
  const { variant, offset, statement } = first.fact;
  return toSource(variant, { start: offset, end: offset + statement.text.trimEnd().length }).span;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
