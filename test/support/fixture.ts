// Source-text fixtures: what a test gives and what it expects, written as the user would see it.
//
//   //- /src/list.ts          starts a file; the path loses its leading slash. Text before the first is `main.ts`
//   db.prepare("SELECT <|>")  `<|>` is the cursor, at most one in a fixture
//      ^^^^^^^ prepare DB     carets under a line label the stretch above them; several such lines may follow a line
//
// Markup is removed before the text is used. Common indentation is removed too, so fixtures can stand in a test's own.

import assert from "node:assert/strict";
import type { Span } from "../../src/core/text/span";

export interface Mark {
  readonly path: string;
  readonly span: Span;
  /** What follows the carets; empty where nothing does. */
  readonly label: string;
}

export interface Fixture {
  /** In the order they are written. */
  readonly files: ReadonlyMap<string, string>;
  readonly cursor: { readonly path: string; readonly offset: number } | undefined;
  readonly marks: readonly Mark[];
}

const cursorMark = "<|>";

export function parseFixture(source: string): Fixture {
  const files = new Map<string, string>();
  const marks: Mark[] = [];
  let cursor: Fixture["cursor"];
  for (const { path, lines } of splitFiles(dedent(source))) {
    let text = "";
    let lineStart = 0;
    for (const line of lines) {
      const carets = /^(\s*)(\^+)(?:\s+(.*?))?\s*$/.exec(line);
      if (carets !== null && text !== "") {
        const start = lineStart + carets[1]!.length;
        const span = { start, end: start + carets[2]!.length };
        assert.ok(span.end <= text.length, `carets past the end of the line: ${line}`);
        marks.push({ path, span, label: carets[3] ?? "" });
        continue;
      }
      lineStart = text.length;
      const at = line.indexOf(cursorMark);
      if (at >= 0) {
        assert.equal(cursor, undefined, "a fixture has one cursor");
        cursor = { path, offset: lineStart + at };
      }
      text += `${line.replace(cursorMark, "")}\n`;
    }
    assert.ok(!files.has(path), `${path} stands twice in the fixture`);
    files.set(path, text);
  }
  return { files, cursor, marks };
}

/** The only file of a fixture that has one. */
export function onlyFile(fixture: Fixture): { readonly path: string; readonly text: string } {
  assert.equal(fixture.files.size, 1, "the fixture has more than one file");
  const [[path, text]] = [...fixture.files] as [[string, string]];
  return { path, text };
}

/** A text with labels under its lines, as fixtures write them: what a failing test prints. */
export function annotate(text: string, marks: readonly Pick<Mark, "span" | "label">[]): string {
  const ordered = [...marks].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end || (a.label < b.label ? -1 : 1));
  const lines: string[] = [];
  let start = 0;
  for (const line of text.split("\n")) {
    const end = start + line.length;
    lines.push(line);
    for (const { span, label } of ordered) {
      if (span.start < start || span.start > end) continue;
      const length = Math.max(1, Math.min(span.end, end) - span.start);
      lines.push(`${" ".repeat(span.start - start)}${"^".repeat(length)} ${label}`.trimEnd());
    }
    start = end + 1;
  }
  return lines.join("\n");
}

/** Asserts that exactly the labels of the fixture were found in one of its files. */
export function assertMarks(fixture: Fixture, path: string, found: readonly Pick<Mark, "span" | "label">[]): void {
  const text = fixture.files.get(path);
  assert.ok(text !== undefined, `${path} is not in the fixture`);
  const expected = fixture.marks.filter((mark) => mark.path === path);
  assert.equal(annotate(text, found), annotate(text, expected));
}

function splitFiles(lines: readonly string[]): { path: string; lines: string[] }[] {
  const files: { path: string; lines: string[] }[] = [];
  for (const line of lines) {
    const header = /^\s*\/\/- \/?(\S+)\s*$/.exec(line);
    if (header !== null) files.push({ path: header[1]!, lines: [] });
    else if (files.length > 0) files.at(-1)!.lines.push(line);
    else if (line.trim() !== "") files.push({ path: "main.ts", lines: [line] });
  }
  return files;
}

/** Lines without their common indentation, and without blank lines at the ends. */
function dedent(source: string): string[] {
  const lines = source.split("\n");
  while (lines[0]?.trim() === "") lines.shift();
  while (lines.at(-1)?.trim() === "") lines.pop();
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)![0].length);
  const common = Math.min(...indents);
  return lines.map((line) => line.slice(common));
}
