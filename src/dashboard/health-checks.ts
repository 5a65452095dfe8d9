// The checks: green, or with the findings behind them to unfold.

import type { HealthReport } from "../protocol/report";
import { lineLink, rowAction, ruleLink } from "./asks";
import { type Html, html, nothing, prose } from "./html";
import { icon } from "./icons";
import { numeral } from "./words";

type Check = HealthReport["checks"][number];

/** Findings of a check that are listed. */
const mostFindings = 50;

const states = { error: { icon: "error", word: "wrong" }, warning: { icon: "warning", word: "wants a look" }, unknown: { icon: "unknown", word: "not known" }, ok: { icon: "check", word: "in order" } } as const;
const worstFirst = Object.keys(states);

/** `mendable` tells whether the review offers a fix at a line. */
export function checkList({ checks }: HealthReport, mendable: (file: string, line: number, rule: string) => boolean): Html {
  const inOrder = [...checks].sort((a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state));
  const good = checks.filter(({ state }) => state === "ok").length;
  return html`<h2>Checks <span class="of">${good} of ${checks.length} in order</span></h2><ul class="checks">${inOrder.map((check) => html`<li>${one(check, mendable)}</li>`)}</ul>`;
}

function one(check: Check, mendable: Parameters<typeof checkList>[1]): Html {
  const { id, title, state, summary, findings } = check;
  const head = html`${icon(states[state].icon)}<span class="title">${title}<span class="unseen">, ${states[state].word}:</span></span> <span class="summary">${prose(findings.length === 0 ? inEditor(summary) : summary)}</span>`;
  if (findings.length === 0) return html`<p class="check check-${state}">${head}</p>`;
  const left = findings.length - mostFindings;
  return html`<details class="check check-${state}" id="check-${id}"><summary>${head}</summary>
      <ul>${findings.slice(0, mostFindings).map((finding, at) => found(finding, `check-${id}-${at}`, mendable))}${left <= 0 ? nothing : html`<li class="why">and ${numeral(left)} more</li>`}</ul></details>`;
}

function found({ message, file, line, rule }: Check["findings"][number], id: string, mendable: Parameters<typeof checkList>[1]): Html {
  const isMendable = file !== undefined && line !== undefined && rule !== undefined && mendable(file, line, rule);
  return html`<li><p>${prose(message)}</p><p class="more">${file === undefined ? nothing : lineLink(file, line)}${rule === undefined ? nothing : ruleLink(rule, `${id}-rule`)}${isMendable ? rowAction({ kind: "mend", file, line, rules: [rule] }, `${id}-mend`, html`Fix…`) : nothing}</p></li>`;
}

/** The command line's option means nothing here. */
function inEditor(summary: string): string {
  return summary.replace(/^nothing was recorded: give --from$/, "nothing is recorded yet");
}
