// The SQL statement at a place of a file: in code the one of the query that surrounds it, in an SQL file its own.

import type { FileResult } from "../core/analysis/analysis";
import type { JudgedStatement } from "../core/analysis/file-review";
import { toSource } from "../core/embed/source-map";
import { splitStatements } from "../core/sql/split";
import { contains, type Span } from "../core/text/span";

export interface StatementPlace {
  readonly sql: string;
  /** Undefined where it may be any database. */
  readonly database: string | undefined;
}

/** Null where the place is in no statement. */
export function statementAt({ file, review }: FileResult, offset: number): StatementPlace | null {
  return review === undefined ? inSql(file.text, offset) : inCode(review.sites.flatMap(({ site, statements }) => statements.map((statement) => ({ call: site.call, statement }))), offset);
}

function inSql(text: string, offset: number): StatementPlace | null {
  // The cursor after a semicolon still means the statement before it.
  const found = splitStatements(text).find(({ span }) => span.start <= offset && offset <= span.end + 1);
  return found ? { sql: found.text, database: undefined } : null;
}

/** The smallest text around the place, else the call that executes one. */
function inCode(all: readonly { readonly call: Span; readonly statement: JudgedStatement }[], offset: number): StatementPlace | null {
  const at = { start: offset, end: offset };
  const candidates = all.flatMap(({ call, statement }) => [
    { span: textSpan(statement), statement },
    { span: call, statement },
  ]);
  const around = candidates.filter(({ span }) => contains(span, at)).sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start));
  const statement = around[0]?.statement;
  return statement ? { sql: statement.fact.statement.text, database: statement.database?.model.source.binding } : null;
}

function textSpan({ fact: { variant, offset, statement } }: JudgedStatement): Span {
  return toSource(variant, { start: offset, end: offset + statement.text.length }).span;
}
