// The names of a statement in a literal that no review knows: a constant that nothing executes yet, a text that is still
// being typed. It counts only while it parses.

import type { ReviewedDatabase } from "../core/analysis/databases";
import { type NamePlace, shifted } from "../core/analysis/name-places";
import { toSource } from "../core/embed/source-map";
import { sqlAt } from "../core/language/cursor";
import { knownTables } from "../core/language/known-tables";
import type { Meaning } from "../core/language/name-use";
import { namesOf } from "../core/language/statement-names";
import type { SourceFile } from "../core/schema/sources";
import { parseStatement } from "../core/sql/statement";

export function placesOfUnknown(file: SourceFile | undefined, offset: number, database: ReviewedDatabase): readonly NamePlace[] {
  const found = file && sqlAt(file.path, file.text, offset);
  if (found === undefined) return [];
  const { text, statement: span } = found;
  const statement = parseStatement(text.text.slice(span.start, span.end));
  if (!statement.ok) return [];
  const fact = { statement, offset: span.start, variant: { ...text, conditions: new Map<string, boolean>() } };
  return namesOf(statement, knownTables(database.schema)).flatMap((use): readonly NamePlace[] => {
    const meanings = use.meanings.flatMap((meaning): readonly Meaning[] => {
      if (meaning.kind !== "local") return [meaning];
      const declared = toSource(text, shifted(meaning.declared, span.start));
      return declared.exact ? [{ ...meaning, declared: declared.span }] : [];
    });
    return meanings.length === 0 ? [] : [{ file: file!.path, ...toSource(text, shifted(use.span, span.start)), role: use.role, meanings, database, code: { fact, span: use.span }, statement: fact }];
  });
}
