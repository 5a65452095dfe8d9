// What is typed into a filter box: words that all have to occur, in any order and case.

import { type Html, html } from "./html";
import { icon } from "./icons";

/** Whether all words of `typed` occur in these texts, as a page shows them: back-ticks are not seen there. */
export function hasWords(texts: readonly string[], typed: string): boolean {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return true;
  const text = texts.join("\n").replaceAll("`", "").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Its text is the script's to set: drawing the box again would take the cursor from it. `controls` is the id of what it filters. */
export function filterBox(label: string, placeholder: string, controls: string, id = "filter-text"): Html {
  return html`<label class="search" for="${id}"><span class="unseen">${label}</span>${icon("search")}
    <input id="${id}" type="text" placeholder="${placeholder}" autocomplete="off" spellcheck="false" aria-controls="${controls}" /></label>`;
}
