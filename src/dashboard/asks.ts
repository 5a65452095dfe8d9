// What a press asks of the extension, as buttons and links that carry the question with them.

import type { PageAsk } from "../protocol/pages";
import type { Range } from "../protocol/report";
import { type Html, html, nothing } from "./html";

/** A link to a place in a file of the folder. */
export function place(file: string, range: Range, content: Html, id?: string): Html {
  return html`<button type="button" role="link" class="link"${id === undefined ? nothing : html` id="${id}"`} ${asking({ kind: "open", file, range })}>${content}</button>`;
}

/** The same to a line as a whole. */
export function linePlace(file: string, line: number, content: Html): Html {
  const start = { line, column: 1 };
  return place(file, { start, end: start }, content);
}

/** A link to a line, named by file and line. */
export function lineLink(file: string, line: number | undefined): Html {
  return linePlace(file, line ?? 1, html`${file}${line === undefined ? "" : `:${line}`}`);
}

/** A link to the document of a rule. */
export function ruleLink(rule: string, id: string): Html {
  return html`<button type="button" class="plain" id="${id}" ${asking({ kind: "explainRule", rule })} title="Explain this rule">${rule}</button>`;
}

/** A button of the page's bar of actions. `id` keeps the focus where the bar is drawn again. */
export function action(ask: PageAsk, id: string, content: Html | string): Html {
  return html`<button type="button" class="secondary" id="${id}" ${asking(ask)}>${content}</button>`;
}

/** What the page would have the user press first. */
export function mainAction(ask: PageAsk, id: string, content: Html | string): Html {
  return html`<button type="button" class="primary" id="${id}" ${asking(ask)}>${content}</button>`;
}

/** The same within a row of a table. */
export function rowAction(ask: PageAsk, id: string, content: Html): Html {
  return html`<button type="button" class="plain" id="${id}" ${asking(ask)}>${content}</button>`;
}

/** The attributes of an element that asks; the script reads them with `askOf`. */
export function asking(ask: PageAsk): Html {
  return html`data-do="ask" data-ask="${JSON.stringify(ask)}"`;
}

export function askOf(data: string): PageAsk {
  return JSON.parse(data) as PageAsk;
}
