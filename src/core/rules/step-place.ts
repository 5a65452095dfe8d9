// Where a finding about a part of a statement stands in the migration file.

import type { Step } from "../schema/migration-steps";
import type { Span } from "../text/span";

/** The span of a part of the statement, as an offset in the file. */
export function within({ span }: Pick<Step, "span">, part: Span): Span {
  return { start: span.start + part.start, end: span.start + part.end };
}

/** For what concerns the whole file: its first line with something on it. */
export function firstLine(text: string): Span {
  const start = Math.max(0, text.search(/\S/));
  const length = text.slice(start).search(/[\r\n]/);
  const line = length < 0 ? text.slice(start) : text.slice(start, start + length);
  return { start, end: start + line.trimEnd().length };
}
