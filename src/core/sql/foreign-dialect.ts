// What marks a text as PostgreSQL or MySQL, and what the same is in SQLite. Words are looked for outside of strings and
// comments; whether SQLite takes the text is for others to say.

import type { TextEdit } from "../text/edit";
import type { Span } from "../text/span";
import type { Dialect } from "./other-dialects";
import { codeOnly } from "./quoted";

export interface ForeignMark {
  readonly dialect: Dialect;
  readonly span: Span;
  /** As written, white space collapsed. */
  readonly words: string;
  /** `syntax`: SQLite's grammar refuses it. `meaning`: it is accepted and means something else, or nothing. `parameter`: works by chance. */
  readonly kind: "syntax" | "meaning" | "parameter";
  /** What it is in SQLite; undefined where that is not certain. */
  readonly edit: TextEdit | undefined;
}

interface Pattern {
  readonly dialect: Dialect;
  readonly kind: ForeignMark["kind"];
  readonly pattern: RegExp;
  /** What takes the place of the whole match. */
  readonly by?: string | ((match: RegExpExecArray) => string);
  /** Only in CREATE TABLE. */
  readonly inTable?: true;
}

const patterns: readonly Pattern[] = [
  { dialect: "PostgreSQL", kind: "meaning", pattern: /\bNOW\s*\(\s*\)/gi, by: "CURRENT_TIMESTAMP" },
  { dialect: "PostgreSQL", kind: "syntax", pattern: /\bILIKE\b/gi, by: "LIKE" },
  { dialect: "PostgreSQL", kind: "parameter", pattern: /\$(\d+)\b/g, by: (match) => `?${match[1]}` },
  { dialect: "PostgreSQL", kind: "meaning", pattern: /(?<=[\w"`\]]\s+)(?:BIG|SMALL)?SERIAL\s+(?:NOT\s+NULL\s+)?PRIMARY\s+KEY\b/gi, by: "INTEGER PRIMARY KEY", inTable: true },
  { dialect: "PostgreSQL", kind: "meaning", pattern: /(?<=[\w"`\]]\s+)(?:BIG|SMALL)?SERIAL\b(?!\s+(?:NOT\s+NULL\s+)?PRIMARY)/gi, inTable: true },
  { dialect: "PostgreSQL", kind: "syntax", pattern: /(?<!:)::\s*[a-z_]\w*(?:\s*\(\s*\d+\s*\))?(?:\[\])?/gi },
  { dialect: "PostgreSQL", kind: "syntax", pattern: /\bDISTINCT\s+ON\s*\(/gi },
  { dialect: "PostgreSQL", kind: "syntax", pattern: /\bON\s+CONFLICT\s+ON\s+CONSTRAINT\b/gi },
  { dialect: "PostgreSQL", kind: "syntax", pattern: /\bINTERVAL\s+(?=')/gi },
  { dialect: "PostgreSQL", kind: "syntax", pattern: /(?:=|<>)\s*(?:ANY|ALL)\s*\(/gi },
  { dialect: "PostgreSQL", kind: "syntax", pattern: /\bARRAY\s*\[/gi },
  { dialect: "PostgreSQL", kind: "syntax", pattern: /\bDELETE\s+FROM\s+\w+\s+USING\b/gi },
  { dialect: "PostgreSQL", kind: "syntax", pattern: /(?<!\s)\s*\bFOR\s+UPDATE(?:\s+(?:NOWAIT|SKIP\s+LOCKED))?(?=\s*;?\s*$)/gi, by: "" },
  { dialect: "MySQL", kind: "meaning", pattern: /\bINT(?:EGER)?(?:\s*\(\s*\d+\s*\))?(?:\s+UNSIGNED)?(?:\s+NOT\s+NULL)?\s+AUTO_INCREMENT\s+PRIMARY\s+KEY\b/gi, by: "INTEGER PRIMARY KEY", inTable: true },
  { dialect: "MySQL", kind: "syntax", pattern: /\bINT(?:EGER)?(?:\s*\(\s*\d+\s*\))?(?:\s+UNSIGNED)?(?:\s+NOT\s+NULL)?\s+PRIMARY\s+KEY\s+AUTO_INCREMENT\b/gi, by: "INTEGER PRIMARY KEY", inTable: true },
  { dialect: "MySQL", kind: "syntax", pattern: /\bAUTO_INCREMENT\b(?!\s*=)/gi, inTable: true },
  { dialect: "MySQL", kind: "syntax", pattern: /(?<=\))\s*ENGINE\s*=\s*\w+(?:\s+(?:DEFAULT\s+)?(?:CHARSET|COLLATE|CHARACTER\s+SET|AUTO_INCREMENT)\s*=?\s*\w+)*/gi, by: "", inTable: true },
  { dialect: "MySQL", kind: "syntax", pattern: /,\s*(?:UNIQUE\s+)?(?:INDEX|KEY)\s+\w*\s*\(/gi, inTable: true },
  { dialect: "MySQL", kind: "syntax", pattern: /\bON\s+DUPLICATE\s+KEY\s+UPDATE\b/gi },
  { dialect: "MySQL", kind: "syntax", pattern: /\bINSERT\s+IGNORE\b/gi, by: "INSERT OR IGNORE" },
  { dialect: "MySQL", kind: "syntax", pattern: /\bINTERVAL\s+(?:\d+|\?)\s+(?:SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|YEAR)\b/gi },
  { dialect: "MySQL", kind: "syntax", pattern: /^\s*TRUNCATE\s+(?:TABLE\s+)?/gi, by: "DELETE FROM " },
];

/** All marks, in the order of the text. A stretch has one mark. */
export function foreignMarks(sql: string): readonly ForeignMark[] {
  const code = codeOnly(sql);
  const table = /^\s*CREATE\s+TABLE\b/i.test(code);
  const found: ForeignMark[] = [];
  for (const { dialect, kind, pattern, by, inTable } of patterns) {
    if (inTable === true && !table) continue;
    for (const match of code.matchAll(pattern)) {
      const leading = match[0].length - match[0].trimStart().length;
      const span = { start: match.index + leading, end: match.index + match[0].length };
      if (found.some((other) => other.span.start < span.end && span.start < other.span.end)) continue;
      const newText = typeof by === "function" ? by(match as RegExpExecArray) : by;
      const words = sql.slice(span.start, span.end).replace(/\s+/g, " ").replace(/^[,=]\s*|\s*[([]$/g, "").trim();
      found.push({ dialect, span, words, kind, edit: newText === undefined ? undefined : { span: { start: match.index + (newText === "" ? 0 : leading), end: span.end }, newText } });
    }
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}
