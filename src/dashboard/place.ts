// A link to a place in a file of the folder.

import type { Range } from "../protocol/report";
import { type Html, html } from "./html";

export interface Place {
  readonly file: string;
  readonly range: Range;
}

/** The script reads the place with `placeOf`. */
export function place(file: string, range: Range, content: Html, id?: string): Html {
  const data: Place = { file, range };
  return html`<button type="button" role="link" class="link"${id === undefined ? html`` : html` id="${id}"`} data-do="open" data-place="${JSON.stringify(data)}">${content}</button>`;
}

export function placeOf(data: string): Place {
  return JSON.parse(data) as Place;
}
