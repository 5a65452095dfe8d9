// The six targets: the figure now, how it is measured, and what to do next.

import type { HealthReport, HealthTarget } from "../protocol/report";
import type { PageCommand } from "../protocol/pages";
import { action, lineLink, mainAction } from "./asks";
import { count, percent, time } from "./figures";
import { type Html, html, nothing, prose } from "./html";
import { icon } from "./icons";

export function targetCards({ targets, traffic }: HealthReport): Html {
  const isRecorded = traffic !== null && traffic.calls > 0;
  const met = targets.filter(({ state }) => state === "met").length;
  return html`<h2>Targets <span class="of">${met} of ${targets.length} met</span></h2><ul class="targets">${targets.map((target) => card(target, isRecorded))}</ul>`;
}

const states = { met: { icon: "check", word: "met" }, missed: { icon: "warning", word: "not met yet" }, unknown: { icon: "unknown", word: "not known" } } as const;

function card(target: HealthTarget, isRecorded: boolean): Html {
  const { id, title, goal, shown, state, measured } = target;
  return html`<li class="card target target-${state}" aria-labelledby="target-${id}">
      <h3 id="target-${id}">${title}<span class="state">${icon(states[state].icon)}<span class="unseen">${states[state].word}</span></span></h3>
      <p class="now"><span class="figure">${figure(target)}</span><span class="goal">${prose(`goal: ${goal}`)}</span></p>
      <p class="shown">${shown === figure(target) ? "" : prose(shown)}</p>
      <p class="next">${next(target, isRecorded)}</p>
      <details id="measured-${id}"><summary>How it is measured</summary><p class="why">${prose(measured)}</p></details></li>`;
}

function figure({ id, value, state }: HealthTarget): string {
  if (value === null) return "–";
  switch (id) {
    case "cheaper":
    case "load":
      return state === "met" ? "0%" : `−${percent(value)}`;
    case "fast":
      return time(value);
    case "n-plus-one":
      return count(value);
    case "cached":
    case "migrations":
      return percent(value);
  }
}

/** In the editor's words: the report speaks of the command line. */
function next({ id, state, place, next: words }: HealthTarget, isRecorded: boolean): Html {
  const command = (name: PageCommand, title: string): Html => action({ kind: "runCommand", command: name }, `next-${id}-${name}`, title);
  const begin = place === undefined ? nothing : html`<span>Begin with ${lineLink(place.file, place.line)}</span>`;
  if (state === "met") return html`<span class="why">Nothing to do</span>`;
  switch (id) {
    case "cheaper":
      return state === "unknown" ? html`<span class="why">No query of the code could be planned</span>` : mainAction({ kind: "runCommand", command: "recommendIndexes" }, `next-${id}`, "Recommend Indexes");
    case "fast":
      return state === "missed" ? html`${begin}${command("profileQueries", "Profile Queries")}` : html`${isRecorded ? nothing : howToRecord(id)}${command("profileQueries", "Profile Queries")}`;
    case "cached":
      return html`${state === "missed" || isRecorded ? nothing : howToRecord(id)}${command("cacheMap", "Cache Map")}`;
    case "load":
      return html`${begin}${state === "unknown" ? howToRecord(id) : command("recommendIndexes", "Recommend Indexes")}`;
    case "n-plus-one":
      return place === undefined ? html`<span class="why">${prose(words)}</span>` : html`${begin}${action({ kind: "mend", file: place.file, line: place.line, rules: loopRules }, `next-${id}`, html`${icon("hint")}Fix…`)}`;
    case "migrations":
      return html`${begin}${place === undefined ? html`<span class="why">${prose(words)}</span>` : command("validateMigrations", "Validate Migrations")}`;
  }
}

/** Findings of loops that send queries. */
export const loopRules = ["query-in-loop", "write-in-loop", "runtime-n-plus-one"];

function howToRecord(id: string): Html {
  return html`<button type="button" class="secondary" id="record-${id}" data-do="tab" data-tab="traffic">Record Traffic…</button>`;
}
