// The SQL statement at a place of a file: in code that of the query which surrounds it, in an SQL file its own.

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

/** The statement around the offset. The cursor after a semicolon still means the statement before it. */
export function statementInSql(text: string, offset: number): StatementPlace | null {
  const found = splitStatements(text).find(({ span }) => span.start <= offset && offset <= span.end + 1);
  return found ? { sql: found.text, database: undefined } : null;
}

/** That of the smallest text around the offset, else of the call that executes one. */
export function statementInCode({ review }: FileResult, offset: number): StatementPlace | null {
  const at = { start: offset, end: offset };
  const candidates = (review?.sites ?? []).flatMap(({ site, statements }) =>
    statements.flatMap((statement) => [textSpan(statement), site.call].map((span) => ({ span, statement }))),
  );
  const around = candidates.filter(({ span }) => contains(span, at)).sort((a, b) => length(a.span) - length(b.span));
  const statement = around[0]?.statement;
  return statement ? { sql: statement.fact.statement.text, database: statement.database?.model.source.binding } : null;
}

function textSpan({ fact: { variant, offset, statement } }: JudgedStatement): Span {
  return toSource(variant, { start: offset, end: offset + statement.text.length }).span;
}

function length({ start, end }: Span): number {
  return end - start;
}
