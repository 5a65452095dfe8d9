// What the pages of runs share: how far the run is, what can be done with it, and why there is nothing to see.

import type { RunState } from "../protocol/pages";
import { action } from "./asks";
import { type Html, html, nothing, prose } from "./html";
import { icon } from "./icons";
import { notice, spinner, timeOf } from "./notices";
import type { Region } from "./region";

/** Where the regions of a run's page stand. */
export const runSkeleton = html`<header id="heading"></header><div id="actions" class="actions" role="group" aria-label="Actions"></div><div id="notice"></div><div id="report"></div>`;

export interface Heading {
  readonly title: string;
  /** What kind of page it is. */
  readonly kicker: string;
  readonly state: RunState;
  /** An earlier run is in sight. */
  readonly hasEarlier: boolean;
}

export function runHeading({ title, kicker, state, hasEarlier }: Heading): Region {
  return { id: "heading", html: html`<h1>${title}<span class="kicker">${kicker}</span></h1><p class="reviewed" role="status">${progress(state, hasEarlier)}</p>` };
}

/** `others` stand between running again and taking the report away; there is a report where `isThere`. */
export function runActions(state: RunState, others: readonly Html[], isThere: boolean): Region {
  if (state.kind === "running") return { id: "actions", html: action({ kind: "stop" }, "stop", "Stop") };
  const again = action({ kind: "run" }, "run", html`${icon("refresh")}Run Again`);
  const away = [action({ kind: "copyMarkdown" }, "copy", "Copy as Markdown"), action({ kind: "exportJson" }, "export", "Export JSON")];
  return { id: "actions", html: html`${[again, ...others, ...(isThere ? away : [])]}` };
}

/** What is said in place of a report, or of one that is not there. */
export function runNotice(state: RunState, hasEarlier: boolean): readonly Region[] {
  if (state.kind === "failed") return [{ id: "notice", html: notice("error", "The run failed", html`<p>${prose(state.message)}</p><p>Nothing was applied.</p>`) }];
  if (state.kind === "cancelled" && !hasEarlier) return [{ id: "notice", html: notice("info", "Stopped", html`<p>The run was stopped before its end. Nothing was applied, and no database was written to.</p>`) }];
  return [];
}

function progress(state: RunState, hasEarlier: boolean): Html {
  switch (state.kind) {
    case "running":
      return html`${spinner}${sentence(state.message === "" ? (hasEarlier ? "running again" : "running") : state.message)}…`;
    case "done":
      return html`Run ${timeOf(state.at)}. Nothing was applied.`;
    case "cancelled":
      return html`${hasEarlier ? "Stopped; what is shown is from the run before" : "Stopped"}`;
    case "failed":
      return nothing;
  }
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
