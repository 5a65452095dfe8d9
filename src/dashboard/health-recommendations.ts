// What to do, by what it saves, each with the press that does it; and the alerts of plumbline.json.

import type { HealthRecommendation, HealthReport } from "../protocol/report";
import { action, lineLink, mainAction } from "./asks";
import { money, short, time } from "./figures";
import { type Html, html, nothing, prose } from "./html";
import { icon } from "./icons";
import { nameOf, numeral } from "./words";

const mostAtOnce = 5;
const mostOfAll = 100;

export function recommendationList({ recommendations }: HealthReport): Html {
  if (recommendations.length === 0) return nothing;
  const list = (some: readonly HealthRecommendation[], from: number): Html => html`<ol class="recommendations" start="${from + 1}">${some.map((each, at) => recommendation(each, from + at))}</ol>`;
  const rest = recommendations.slice(mostAtOnce, mostOfAll);
  return html`<h2>What to do, by what it saves <span class="of">${numeral(recommendations.length)}</span></h2>${list(recommendations.slice(0, mostAtOnce), 0)}
    ${rest.length === 0 ? nothing : html`<details id="more-recommendations"><summary>${numeral(rest.length)} more</summary>${list(rest, mostAtOnce)}</details>`}`;
}

function recommendation(each: HealthRecommendation, at: number): Html {
  const { title, how, file, line } = each;
  return html`<li class="recommendation"><div class="said"><p class="title">${prose(title.replace(/^Create (?=`CREATE)/, ""))}</p><p class="why">${prose(inEditor(how))}</p>${file === undefined ? nothing : html`<p class="more">${lineLink(file, line)}</p>`}</div>
      ${savings(each)}<div class="do">${todo(each, `do-${nameOf(title)}`, at === 0)}</div></li>`;
}

function savings({ saves: { rows, ms, perMonth }, basis }: HealthRecommendation): Html {
  const parts = [...(rows >= 1 ? [html`<span><b>${short(rows)}</b> rows</span>`] : []), ...(ms >= 1 ? [html`<span><b>${time(ms)}</b></span>`] : []), ...(perMonth !== null && perMonth >= 0.01 ? [html`<span><b>${money(perMonth)}</b> a month</span>`] : [])];
  if (parts.length === 0) return html`<p class="savings"></p>`;
  return html`<p class="savings" title="${basis === "derived" ? "By plans and table sizes, for one turn of the code" : "Of the recorded traffic"}"><span class="why">saves</span>${parts}<span class="why basis">${basis === "derived" ? "estimated" : "recorded"}</span></p>`;
}

function todo({ kind, migration, file, line, rules }: HealthRecommendation, id: string, isFirst: boolean): Html {
  const press = isFirst ? mainAction : action;
  if (migration !== undefined) return press({ kind: "writeMigration", migration }, id, "Create Migration");
  if (file !== undefined && line !== undefined && rules !== undefined) return press({ kind: "mend", file, line, rules }, id, html`${icon("hint")}Fix…`);
  return kind === "cache" || kind === "cache-key" ? action({ kind: "runCommand", command: "cacheMap" }, id, "Cache Map") : nothing;
}

function inEditor(how: string): string {
  return how.replace(/; `plumbline indexes --write` makes the migration$/, "");
}

export function alertList({ alerts }: HealthReport): Html {
  if (alerts.length === 0) return nothing;
  return html`<h2>Alerts <span class="of">limits of <code>plumbline.json</code> that are passed</span></h2><ul class="alerts">${alerts.slice(0, mostOfAll).map(
    ({ subject, message, file, line }) => html`<li>${icon("warning")}<div class="said"><p><code>${subject}</code></p><p>${prose(message)}</p>${file === undefined ? nothing : html`<p class="more">${lineLink(file, line)}</p>`}</div></li>`,
  )}</ul>`;
}
