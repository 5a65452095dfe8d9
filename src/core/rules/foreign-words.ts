// Which texts are written for PostgreSQL or MySQL: shared by the rule that says so and by those that then keep silent.

import { foreignMarks } from "../sql/foreign-dialect";
import type { ForeignMark } from "../sql/foreign-dialect";
import { isValidIn } from "../sql/other-dialects";
import type { Dialect } from "../sql/other-dialects";
import { codeOnly } from "../sql/quoted";
import { applyEdits } from "../text/edit";
import type { QuerySubject } from "./rule";

/** The marks of another engine; none where the text may as well be SQLite's with a slip. */
export function foreignWords({ sql, statement, holes, planner, verdict }: QuerySubject): readonly ForeignMark[] {
  if (holes.some((hole) => hole.kind === "fragment" || hole.kind === "identifier")) return [];
  const marks = foreignMarks(sql);
  if (marks.length === 0) return [];
  if (statement.ok) {
    // SQLite takes the text, so only what then means something else counts.
    const unknown = verdict === undefined || !("plan" in verdict);
    return marks.filter((mark) => mark.kind === "parameter" || (mark.kind === "meaning" && (unknown || !/^NOW/i.test(mark.words))));
  }
  if (planner?.accepts(sql).ok === true) return [];
  // In CREATE TABLE the words leave no doubt, and the other grammars know few of their own options.
  if (/^\s*(?:--[^\n]*\n\s*)*CREATE\s+TABLE\b/i.test(sql)) return marks;
  // Some words are of both, and neither grammar at hand is whole.
  const dialects = [...new Set<Dialect>([...marks.map((mark) => mark.dialect), "PostgreSQL", "MySQL"])];
  return dialects.some((dialect) => isValidIn(dialect, withoutParameters(sql))) ? marks : [];
}

/** The other grammars do not all know `?`. */
function withoutParameters(sql: string): string {
  const places = [...codeOnly(sql).matchAll(/\?\d*/g)].map((match) => ({ span: { start: match.index, end: match.index + match[0].length }, newText: "1" }));
  return applyEdits(sql, places);
}
