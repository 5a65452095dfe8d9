// The health report as one HTML page that needs nothing else: no script, no font, no address. Everything that it shows is
// escaped, and a policy in its head forbids all that is not its own style.

import type { HealthCheck, HealthReport, HealthTraffic } from "./health";
import { money, oneLine, percent, plural, rows, time, whole } from "./health-words";
import { Html, html, prose } from "./page-html";
import type { PlaceReport } from "./report";

const MOST_ROWS = 100;
const MOST_FINDINGS = 50;
const nothing = new Html("");

/** `name` is the folder's. */
export function healthHtml(report: HealthReport, name: string): string {
  const { targets, checks, alerts, recommendations, queries, endpoints, caches, indexes, traffic } = report;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Health of ${name}</title>
<style>${style}</style>
</head>
<body>
<h1>${name} <small>database health</small></h1>
${traffic === null ? html`<p>Nothing was recorded: figures are derived from the code, its migrations and the sizes of tables.</p>` : summary(traffic)}
<section><h2>Targets</h2><div class="cards">${targets.map(
    ({ title, goal, shown, state, measured, next }) => html`<article class="card ${state}"><h3>${title}</h3><p class="goal">${prose(goal)}</p><p class="shown">${prose(shown)}</p><p class="next">${state === "met" ? nothing : html`Next: ${prose(next)}`}</p><details><summary>How it is measured</summary><p>${prose(measured)}</p></details></article>`,
  )}</div></section>
${alerts.length === 0 ? nothing : html`<section><h2>Alerts</h2><ul class="alerts">${alerts.map(({ subject, message, ...place }) => html`<li><code>${subject}</code>: ${prose(message)}${at(place)}</li>`)}</ul></section>`}
<section><h2>Checks</h2>${checks.map(checkOf)}</section>
${recommendations.length === 0 ? nothing : html`<section><h2>What to do, by what it saves</h2><ol>${recommendations.slice(0, MOST_ROWS).map(({ title, how, saves, basis, ...place }) => html`<li><strong>${prose(title)}</strong>${at(place)}<br>${prose(how)}<br><span class="saves">${saving(saves, basis)}</span></li>`)}</ol></section>`}
${tableOf("Queries", ["query", "where", "calls", "p50", "p95", "p99", "rows read", "rows given", "of all rows", "errors"], queries.slice(0, MOST_ROWS).map((one) => [html`<code>${oneLine(one.sql, 300)}</code>`, places(one.places), whole(one.calls), time(one.p50), one.averaged ? "–" : time(one.p95), one.averaged ? "–" : time(one.p99), one.rowsRead === null ? "–" : rows(one.rowsRead), one.rowsReturned === null ? "–" : rows(one.rowsReturned), percent(one.share), whole(one.errors)]))}
${tableOf("Requests", ["request", "requests", "queries each", "most", "rows read each", "p50", "p95", "errors"], endpoints.slice(0, MOST_ROWS).map((one) => [html`<code>${one.endpoint}</code>`, whole(one.requests), rows(one.queries), whole(one.mostQueries), rows(one.rowsRead), time(one.p50), time(one.p95), whole(one.errors)]))}
${tableOf("Caches", ["cache", "reads", "answered", "hit", "miss", "errors"], caches.map((one) => [html`<code>${one.name}</code>`, whole(one.reads), percent(one.hitRate), time(one.hitMs), time(one.missMs), whole(one.errors)]))}
${tableOf("Indexes", ["table", "index", "queries", "recorded calls"], indexes.map((one) => [html`<code>${one.table}</code>`, html`<code>${one.index}</code>`, whole(one.usedBy), one.calls === null ? "–" : whole(one.calls)]))}
</body>
</html>
`;
  return page.toString();
}

function summary({ calls, errors, rowsRead, rowsWritten, p95, dollars, perMonth, from, to, sources, minutes, hours }: HealthTraffic): Html {
  const facts = [`${plural(calls, "call")} recorded`, ...(from === null || to === null ? [] : [`${minute(from)} to ${minute(to)} UTC`]), `${rows(rowsRead)} rows read`, `${rows(rowsWritten)} written`, ...(p95 === null ? [] : [`95 of 100 within ${time(p95)}`]), ...(errors > 0 ? [`${whole(errors)} failed`] : []), `${money(dollars)}${perMonth === null ? "" : `, ${money(perMonth)} a month`} before what D1's plan includes`];
  const left = sources.flatMap(({ name, skipped, why }) => [...skipped.map(({ reason, count }) => html`<li><code>${name}</code>: ${plural(count, "line")} left out (${reason})</li>`), ...(why === undefined ? [] : [html`<li><code>${name}</code>: ${prose(why)}</li>`])]);
  const moments = minutes.length > 1 ? minutes : hours;
  return html`<p>${facts.join(" · ")}</p>${left.length === 0 ? nothing : html`<ul>${left}</ul>`}${moments.length < 2 ? nothing : chart(moments)}`;
}

/** `2026-05-28 20:26` */
function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

const WIDTH = 720;
const HEIGHT = 90;

/** Calls over time, a bar for each stretch. */
function chart(moments: HealthTraffic["minutes"]): Html {
  const times = moments.map(({ time: at }) => Date.parse(at));
  const first = times[0]!;
  const span = Math.max(1, times.at(-1)! - first);
  const most = Math.max(1, ...moments.map(({ calls }) => calls));
  const bars = moments.map(({ calls }, n) => {
    const height = Math.max(1, (calls / most) * HEIGHT);
    return html`<rect x="${(((times[n]! - first) / span) * (WIDTH - 4)).toFixed(1)}" y="${(HEIGHT - height).toFixed(1)}" width="3" height="${height.toFixed(1)}"/>`;
  });
  return html`<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Calls over time">${bars}</svg><figcaption>Calls over time, at most ${whole(most)}</figcaption></figure>`;
}

function checkOf({ title, state, summary: said, findings }: HealthCheck): Html {
  const head = html`<span class="mark" aria-hidden="true"></span><span class="title">${title}</span> <span class="said">${prose(said)}</span><span class="unseen"> (${state})</span>`;
  if (findings.length === 0) return html`<p class="check ${state}">${head}</p>`;
  const more = findings.length > MOST_FINDINGS ? html`<li>and ${whole(findings.length - MOST_FINDINGS)} more</li>` : nothing;
  return html`<details class="check ${state}"><summary>${head}</summary><ul>${findings.slice(0, MOST_FINDINGS).map(({ message, ...place }) => html`<li>${prose(message)}${at(place)}</li>`)}${more}</ul></details>`;
}

function tableOf(title: string, header: readonly string[], body: readonly (readonly (string | Html)[])[]): Html {
  if (body.length === 0) return nothing;
  return html`<section><h2>${title}</h2><div class="wide"><table><thead><tr>${header.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead><tbody>${body.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div></section>`;
}

function places(found: readonly PlaceReport[]): Html {
  if (found.length === 0) return html`not in the code`;
  return html`${found.slice(0, 3).map(({ file, line }, n) => html`${n === 0 ? "" : ", "}<code>${file}:${line}</code>`)}${found.length > 3 ? ` and ${found.length - 3} more` : ""}`;
}

function at({ file, line }: { readonly file?: string; readonly line?: number }): Html {
  return file === undefined ? nothing : html` <code class="place">${line === undefined ? file : `${file}:${line}`}</code>`;
}

function saving({ rows: read, ms, perMonth }: HealthReport["recommendations"][number]["saves"], basis: "recorded" | "derived"): string {
  const parts = [read >= 1 ? `${rows(read)} rows` : "", ms >= 1 ? time(ms) : "", perMonth !== null && perMonth >= 0.01 ? `${money(perMonth)} a month` : ""].filter((part) => part !== "");
  return parts.length === 0 ? "" : `saves ${parts.join(", ")}${basis === "derived" ? " (derived, for one turn of the code)" : ""}`;
}

const style = new Html(`
:root { color-scheme: light dark; --line: #8884; --good: #2a8a3e; --bad: #c5303c; --look: #b7791f; --dim: #777; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 small { color: var(--dim); font-weight: normal; font-size: 60%; }
code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; }
.card { border: 1px solid var(--line); border-left: 4px solid var(--dim); border-radius: 4px; padding: .5rem 1rem; }
.card.met { border-left-color: var(--good); } .card.missed { border-left-color: var(--bad); }
.card h3, .card p { margin: .2rem 0; overflow-wrap: anywhere; } .goal, .next, .card details, .saves, figcaption, .said { color: var(--dim); }
.shown { font-size: 1.15rem; }
.check { margin: .3rem 0; } .check .mark::before { content: "?"; display: inline-block; width: 1.4em; color: var(--dim); }
.check.ok .mark::before { content: "✓"; color: var(--good); } .check.warning .mark::before { content: "!"; color: var(--look); } .check.error .mark::before { content: "✗"; color: var(--bad); }
.title { font-weight: 600; } .unseen { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
td:nth-child(n+3), th:nth-child(n+3) { text-align: right; white-space: nowrap; }
figure { margin: 1rem 0; } svg { width: 100%; height: 6rem; fill: currentColor; opacity: .7; } li { margin: .3rem 0; }
`);
