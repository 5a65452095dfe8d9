// The map between an SQL text and the literals of the host file that hold it.
// Nothing here knows TypeScript: the host builds the segments, and this file only follows them.

import type { Span } from "../text/span";

/** How the literal that holds a stretch is written; `raw` is a template under `String.raw`. */
export type Quote = "'" | '"' | "`" | "raw";

/**
 * One stretch of the SQL text and where it comes from.
 * - `verbatim`: the same characters stand in the file, offset by offset.
 * - `escape`: an escape sequence (`\n`, `\u{41}`), or nothing at all for a line continuation: maps as a whole.
 * - `hole`: text that stands for an expression whose value is not known, such as a bound value; maps as a whole.
 * `source` is undefined where the text comes from another file, which findings then cannot point into.
 */
export interface Segment {
  readonly sql: Span;
  readonly source: Span | undefined;
  readonly kind: "verbatim" | "escape" | "hole";
  /** The literal's quote, which says how inserted text is escaped. None: a text that is its own source, or a number. */
  readonly quote?: Quote;
  /** The concatenation or template that the stretch is written in: within one, a finding may run over the joints. */
  readonly expression?: Span;
}

/** An SQL text with its origin. Segments are in order of `sql`, adjacent, and cover the text. */
export interface EmbeddedText {
  readonly text: string;
  readonly segments: readonly Segment[];
  /** The whole expression in the host file: what a finding widens to when its place is not exact. */
  readonly fragment: Span;
}

/** A `.sql` file, or any text that is its own source. */
export function plainText(text: string): EmbeddedText {
  const whole = { start: 0, end: text.length };
  return { text, segments: [{ sql: whole, source: whole, kind: "verbatim" }], fragment: whole };
}
