// What the pages of one folder share: its name, how far its review is, and the button that reviews it again.

import type { FolderPage } from "../protocol/pages";
import { action } from "./asks";
import { type Html, html, nothing } from "./html";
import { icon } from "./icons";
import { spinner, timeOf } from "./notices";
import type { Region } from "./region";

/** `kicker` says what kind of page it is; `more` are actions of its own. */
export function folderHeading(page: FolderPage<unknown>, kicker: string, more: Html = nothing): Region {
  const heading = html`<h1>${page.folderName}<span class="kicker">${kicker}</span></h1>
    <p class="reviewed" role="status">${progress(page)}</p>
    ${page.kind === "waiting" ? nothing : action({ kind: "review" }, "review", html`${icon("refresh")}Review Again`)}${more}`;
  return { id: "heading", html: heading };
}

function progress(page: FolderPage<unknown>): Html {
  switch (page.kind) {
    case "waiting":
      return html`${spinner}Reviewing schema and queries…`;
    case "failed":
      return nothing;
    case "reviewed":
      return page.working ? html`${spinner}Reviewing again…` : html`Reviewed ${timeOf(page.reviewedAt)}`;
  }
}
