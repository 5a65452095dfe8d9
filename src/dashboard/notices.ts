// What every kind of page says of itself: that it works, when it was made, and why there is nothing to see.

import { type Html, html } from "./html";
import { icon } from "./icons";

export const spinner = html`<span class="spinner" aria-hidden="true"></span>`;

/** `iso` in the reader's own way to write times. */
export function timeOf(iso: string): Html {
  return html`<time datetime="${iso}">${new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}</time>`;
}

export function notice(kind: Parameters<typeof icon>[0], title: string, content: Html): Html {
  return html`<div class="notice notice-${kind}">${icon(kind)}<div><h2>${title}</h2>${content}</div></div>`;
}

/** `seen` is what was looked at nevertheless. */
export function noDatabaseNotice(seen: Html): Html {
  return notice(
    "database",
    "No database found",
    html`${seen}<p>Plumbline knows a database by any one of these; add what is true of this project:</p>
      <ul>
        <li><code>d1_databases</code> in <code>wrangler.toml</code>, <code>wrangler.json</code> or <code>wrangler.jsonc</code></li>
        <li>a folder <code>migrations</code> with <code>.sql</code> files</li>
        <li>a file <code>schema.sql</code></li>
        <li><code>databases</code> in <code>plumbline.json</code>, where the folders have other names</li>
      </ul>`,
  );
}
