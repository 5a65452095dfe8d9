// A part of a page that is drawn by itself: the same HTML as before need not be drawn again.

import type { Html } from "./html";

export interface Region {
  /** Of the element of the page's skeleton that it stands in. */
  readonly id: string;
  readonly html: Html;
}
