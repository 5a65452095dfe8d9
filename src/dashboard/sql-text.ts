// A statement in one line of a table, which unfolds to all of its text.

import { type Html, html, nothing } from "./html";

/** Characters of a statement that a line shows. */
const mostOfLine = 200;
const fewOfLine = 56;

/** `more` stands below the whole text. */
export function foldedSql(sql: string, id: string, more: Html = nothing): Html {
  const line = sql.replace(/\s+/g, " ").trim();
  const short = line.length > mostOfLine ? `${line.slice(0, mostOfLine)}…` : line;
  if (more === nothing && line === sql && line.length <= fewOfLine) return html`<code class="one-line">${line}</code>`;
  return html`<details id="${id}"><summary><code class="one-line">${short}</code></summary><pre class="sql">${sql}</pre>${more}</details>`;
}
