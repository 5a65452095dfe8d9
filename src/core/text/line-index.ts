// Offsets to lines and columns, for reports. Both count from 1; columns are UTF-16 units.
// A line ends at LF, CRLF or a lone CR, as editors count.

import type { Span } from "./span";

export interface Place {
  readonly line: number;
  readonly column: number;
}

export class LineIndex {
  readonly #starts: number[] = [0];
  readonly #length: number;

  constructor(text: string) {
    this.#length = text.length;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) this.#starts.push(i + 1);
    }
  }

  get lines(): number {
    return this.#starts.length;
  }

  /** The place of an offset; one outside the text is taken as the nearest end. */
  place(offset: number): Place {
    const at = Math.max(0, Math.min(offset, this.#length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - this.#starts[low]! + 1 };
  }

  /** The offset where a line starts; lines past the end give the text's length. */
  lineStart(line: number): number {
    return this.#starts[line - 1] ?? this.#length;
  }

  /** The whole line that holds an offset, its line break left out where `text` is the indexed text. */
  lineSpan(text: string, offset: number): Span {
    const { line } = this.place(offset);
    const start = this.lineStart(line);
    let end = line < this.#starts.length ? this.lineStart(line + 1) : this.#length;
    while (end > start && (text[end - 1] === "\n" || text[end - 1] === "\r")) end--;
    return { start, end };
  }
}
