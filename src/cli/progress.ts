// How far long work is: one line on standard error that is written over, on a terminal only.

import type { Output } from "./context";

const EVERY_MS = 80;

export class Progress {
  readonly #output: Output;
  readonly #now: () => number;
  #shown = false;
  #last = -Infinity;

  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#now = now;
  }

  show(text: string): void {
    const now = this.#now();
    if (!this.#output.isTTY || now - this.#last < EVERY_MS) return;
    this.#last = now;
    this.#shown = true;
    void this.#output.write(`\r\u001b[K${text.slice(0, (this.#output.columns ?? 80) - 1)}`);
  }

  /** Takes the line away; must come before anything else is written to the terminal. */
  clear(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#last = -Infinity;
    void this.#output.write("\r\u001b[K");
  }
}
