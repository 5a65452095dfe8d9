// SQL of PostgreSQL or MySQL that is sent to SQLite.

import { parseStatement } from "../sql/statement";
import type { ForeignMark } from "../sql/foreign-dialect";
import { foreignMarks } from "../sql/foreign-dialect";
import { applyEdits } from "../text/edit";
import docs from "./foreign-dialect.md";
import { foreignWords } from "./foreign-words";
import { queryRule } from "./rule";
import type { RuleFix } from "./rule";

export const foreignDialect = queryRule({
  id: "foreign-dialect",
  summary: "SQL of another database engine",
  severity: "error",
  docs,
  *check(subject) {
    // A text that is also written for SQLite is made by a helper that knows both engines.
    if (!subject.statement.ok && subject.alone && subject.texts.some((other) => other.statement.ok)) return;
    const marks = foreignWords(subject);
    // A database of an unknown kind may well be of the engine that the text is written for.
    if (!subject.engineKnown && marks.every((mark) => mark.kind === "syntax")) return;
    if (marks.some((mark) => !subject.isWrittenHere(mark.span))) return;
    const [first] = marks.filter((mark) => mark.kind !== "parameter").concat(marks);
    if (first === undefined) return;
    const words = [...new Set(marks.map((mark) => `\`${mark.words}\``))];
    const shown = `${words.slice(0, 3).join(", ")}${words.length > 3 ? " …" : ""}`;
    yield {
      span: first.span,
      ...(first.kind === "parameter" ? { severity: "warning" as const } : {}),
      message: `This is SQL of ${first.dialect}, not of SQLite: ${shown}`,
      why: consequence(first),
      data: { dialect: first.dialect },
      fixes: () => converted(subject.sql, marks, first),
    };
  },
});

function consequence({ kind, words }: ForeignMark): string {
  if (kind === "syntax") return "SQLite refuses the statement";
  if (kind === "parameter") return "D1 documents `?` and `?1`; `$1` is a name to SQLite, and numbered in the order in which such names come";
  return /SERIAL|AUTO_INCREMENT/i.test(words) ? "SQLite takes it for a type without meaning, and the key is not filled" : "SQLite has no such function";
}

/** All marks at once, and only if SQLite's grammar then takes the text. */
function converted(sql: string, marks: readonly ForeignMark[], { dialect }: ForeignMark): readonly RuleFix[] {
  const edits = marks.flatMap((mark) => mark.edit ?? []);
  if (edits.length < marks.length) return [];
  const after = applyEdits(sql, edits);
  return parseStatement(after).ok && foreignMarks(after).length === 0 ? [{ title: `Convert it from ${dialect}`, safety: "review", edits }] : [];
}
