// Edits as a unified diff that `git apply` takes. The edits are known, so nothing has to be compared.

import type { EditData } from "../../protocol/worker";

const CONTEXT = 3;

/** The diff of one file. `edits` stand in the order of the text and do not overlap. */
export function editedDiff(file: string, before: string, edits: readonly EditData[]): string {
  const lines = linesOf(before);
  const starts: number[] = [];
  for (let i = 0, at = 0; i < lines.length; at += lines[i++]!.length) starts.push(at);
  const lineAt = (offset: number) => Math.max(0, starts.findLastIndex((start) => start <= offset));

  const hunks: { first: number; last: number; edits: EditData[] }[] = [];
  for (const edit of edits) {
    const [first, last] = [lineAt(edit.span.start), lineAt(Math.max(edit.span.start, edit.span.end - 1))];
    const previous = hunks.at(-1);
    if (previous && first <= previous.last + 2 * CONTEXT) {
      previous.last = Math.max(previous.last, last);
      previous.edits.push(edit);
    } else hunks.push({ first, last, edits: [edit] });
  }
  let shift = 0;
  const body = hunks.map((hunk) => {
    const from = Math.max(0, hunk.first - CONTEXT);
    const to = Math.min(lines.length, hunk.last + 1 + CONTEXT);
    const start = starts[from] ?? 0;
    const end = starts[to] ?? before.length;
    const old = lines.slice(from, to);
    const changed = linesOf(edited(before, hunk.edits, start, end));
    const text = hunkText(from, old, shift, changed);
    shift += changed.length - old.length;
    return text;
  });
  return `--- ${name("a", file)}\n+++ ${name("b", file)}\n${body.join("")}`;
}

export function newFileDiff(file: string, text: string): string {
  const lines = linesOf(text);
  return `--- /dev/null\n+++ ${name("b", file)}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => marked("+", line)).join("")}`;
}

function edited(text: string, edits: readonly EditData[], start: number, end: number): string {
  let result = "";
  let at = start;
  for (const { span, newText } of edits) {
    result += text.slice(at, span.start) + newText;
    at = span.end;
  }
  return result + text.slice(at, end);
}

/** Lines that both sides have at the start and the end are context; between them the old ones go and the new ones come. */
function hunkText(from: number, old: readonly string[], shift: number, changed: readonly string[]): string {
  const shortest = Math.min(old.length, changed.length);
  let head = 0;
  while (head < shortest && old[head] === changed[head]) head++;
  let tail = 0;
  while (tail < shortest - head && old.at(-1 - tail) === changed.at(-1 - tail)) tail++;
  const lines = [
    ...old.slice(0, head).map((line) => marked(" ", line)),
    ...old.slice(head, old.length - tail).map((line) => marked("-", line)),
    ...changed.slice(head, changed.length - tail).map((line) => marked("+", line)),
    ...old.slice(old.length - tail).map((line) => marked(" ", line)),
  ];
  const place = (first: number, length: number) => `${length === 0 ? first : first + 1},${length}`;
  return `@@ -${place(from, old.length)} +${place(from + shift, changed.length)} @@\n${lines.join("")}`;
}

function marked(mark: string, line: string): string {
  return line.endsWith("\n") ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`;
}

/** Lines with their line breaks. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Git quotes names that hold quotes or control characters. */
function name(side: "a" | "b", file: string): string {
  if (!/["\\\u0000-\u001f]/.test(file)) return `${side}/${file}${file.includes(" ") ? "\t" : ""}`;
  return JSON.stringify(`${side}/${file}`);
}
