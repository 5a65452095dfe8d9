// Source lines with their numbers and carets under what is meant, as wide as the terminal allows.

import type { Range } from "../../protocol/report";

export interface FrameStyle {
  readonly width: number;
  readonly gutter: (text: string) => string;
  readonly mark: (text: string) => string;
}

/**
 * `source` starts at the range's first line and may end before its last. On one line carets stand under the range;
 * over several lines each is marked with `>`, and carets only show where it starts.
 */
export function sourceFrame(source: readonly string[], range: Range, style: FrameStyle): string[] {
  const several = range.end.line > range.start.line;
  const length = range.end.line - range.start.line + 1;
  const lines = source.slice(0, length).map(cellsOf);
  if (lines.every((line) => line.every(isBlank))) return [];
  const indent = Math.min(...lines.filter((line) => !line.every(isBlank)).map((line) => line.findIndex((cell) => !isBlank(cell))));
  const digits = String(range.start.line + lines.length - 1).length;
  const room = Math.max(20, style.width - digits - 5);

  const framed: string[] = [];
  lines.forEach((line, i) => {
    const number = String(range.start.line + i).padStart(digits);
    const from = i === 0 ? cellAt(line, range.start.column) : 0;
    const to = several ? line.length : Math.max(from + 1, cellAt(line, range.end.column));
    const { text, before, marked } = windowOf(line.slice(indent), Math.max(0, from - indent), to - indent, room);
    framed.push(`${several ? style.mark(">") : " "} ${style.gutter(`${number} │`)} ${text}`.trimEnd());
    const whole = several && line.slice(indent, from).every(isBlank);
    if (i === 0 && !whole) framed.push(`  ${style.gutter(`${" ".repeat(digits)} │`)} ${" ".repeat(before)}${style.mark("^".repeat(marked))}`);
  });
  if (length > lines.length) framed.push(`  ${style.gutter(`${" ".repeat(digits)} │`)} …`);
  return framed;
}

/** A part of a line that is shown as one, with the UTF-16 offset where it stands and the columns that it takes. */
interface Cell {
  readonly text: string;
  readonly offset: number;
  readonly width: number;
}

const TAB = 4;

function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  let offset = 0;
  let column = 0;
  for (const character of line.replace(/[\r\n]+$/, "")) {
    const made = shown(character, column);
    for (const text of made.text === " " ? made.repeat : [made.text]) {
      cells.push({ text, offset, width: made.width });
      column += made.width;
    }
    offset += character.length;
  }
  return cells;
}

/** Tabs become spaces, control characters dots; wide and combining characters keep their width. */
function shown(character: string, column: number): { readonly text: string; readonly width: number; readonly repeat: readonly string[] } {
  if (character === "\t") return { text: " ", width: 1, repeat: Array<string>(TAB - (column % TAB)).fill(" ") };
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(character)) return { text: "·", width: 1, repeat: [] };
  if (/[\p{M}\u200b-\u200d\ufeff]/u.test(character)) return { text: character, width: 0, repeat: [] };
  const wide = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(character);
  return { text: character, width: wide ? 2 : 1, repeat: [" "] };
}

function isBlank(cell: Cell): boolean {
  return cell.text === " ";
}

/** The cell of a column that counts UTF-16 units from 1. */
function cellAt(line: readonly Cell[], column: number): number {
  const found = line.findIndex((cell) => cell.offset >= column - 1);
  return found < 0 ? line.length : found;
}

/** As much of the line as there is room for, around the marked cells. */
function windowOf(line: readonly Cell[], from: number, to: number, room: number) {
  const widthOf = (cells: readonly Cell[]) => cells.reduce((sum, cell) => sum + cell.width, 0);
  const textOf = (cells: readonly Cell[]) => cells.map((cell) => cell.text).join("");
  let first = 0;
  if (widthOf(line.slice(0, to)) >= room) {
    // A quarter of the room stays for what stands before the carets.
    first = from;
    for (let left = Math.floor(room / 4); first > 0 && left > 0; ) left -= line[--first]!.width;
  }
  let last = line.length;
  const free = room - (first > 0 ? 1 : 0);
  if (widthOf(line.slice(first)) > free) for (last = first; last < line.length && widthOf(line.slice(first, last + 1)) < free; ) last++;
  return {
    text: `${first > 0 ? "…" : ""}${textOf(line.slice(first, last))}${last < line.length ? "…" : ""}`,
    before: (first > 0 ? 1 : 0) + widthOf(line.slice(first, from)),
    marked: Math.max(1, widthOf(line.slice(from, Math.min(to, last)))),
  };
}
