// What a migration changes in the schema, as a difference is read: a sign, what it is, and its text.

import type { MigrationDryRunReport } from "../protocol/report";
import { type Html, html, nothing } from "./html";

type SchemaChange = MigrationDryRunReport["schema"][number];

/** By the report's words, of which there may be more some day. */
const signs: Readonly<Record<string, string>> = { added: "+", dropped: "−", changed: "~", renamed: "→" };

export function schemaChanges(changes: readonly SchemaChange[]): Html {
  if (changes.length === 0) return nothing;
  return html`<ul class="changes">${changes.map(change)}</ul>`;
}

function change({ change: how, object, detail }: SchemaChange): Html {
  const blank = object.indexOf(" ");
  return html`<li class="change change-${how}"><span class="sign" aria-hidden="true">${signs[how] ?? "~"}</span>
      <span class="what"><span class="unseen">${how} </span><span class="kind">${object.slice(0, blank)}</span> <span class="name">${object.slice(blank + 1)}</span></span>
      <span class="detail">${detailHtml(detail)}</span></li>`;
}

/** Core words a change as `was …, now …`. */
function detailHtml(detail: string): Html {
  const [, was, now] = /^was (.*), now (.*)$/s.exec(detail) ?? [];
  return was === undefined || now === undefined ? html`${detail}` : html`<del>${was}</del> <ins>${now}</ins>`;
}
