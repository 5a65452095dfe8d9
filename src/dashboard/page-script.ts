// What a kind of page is to the script that draws it: where its regions stand, what stands in them, and what the user can
// choose to see without asking the extension.

import type { PageAsk } from "../protocol/pages";
import type { Html } from "./html";
import type { Region } from "./region";

export interface PageScript<Page> {
  /** Where the regions stand; drawn once. */
  readonly skeleton: Html;
  regions(page: Page): readonly Region[];
  /** What the user chose to see, to be remembered; undefined where a page offers no choice. */
  readonly chosen?: unknown;
  /** A page arrived. `isSameFolder` is false where what was chosen was of another. */
  receive?(page: Page, isSameFolder: boolean): void;
  /** An element with `data-do` was pressed that asks nothing of the extension. */
  press?(data: DOMStringMap): void;
  input?(target: EventTarget | null): void;
  /** True where the key is used up. */
  key?(event: KeyboardEvent): boolean;
  /** The regions have been drawn. */
  drawn?(): void;
}

/** What the script of a page may do to the page. */
export interface Canvas {
  readonly root: HTMLElement;
  /** Draws the page again, as what is chosen has changed. */
  draw(): void;
  /** Asks something of the extension. */
  ask(ask: PageAsk): void;
}
