// The multi-line SQL texts of a code file, to be folded to their first line.

import { toSource } from "../embed/source-map";
import type { Span } from "../text/span";
import type { FileReview } from "./file-review";

export function foldsOfCode({ file, sites }: FileReview): readonly Span[] {
  const spans = sites.flatMap(({ site, status }) => (status === "foreign" ? [] : site.sql.variants)).map((variant) => toSource(variant, { start: 0, end: variant.text.length }));
  const folds = spans.filter(({ span, exact }) => exact && file.text.slice(span.start, span.end).includes("\n")).map(({ span }) => span);
  return [...new Map(folds.map((span) => [span.start, span])).values()];
}
