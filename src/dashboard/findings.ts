// The findings: what can be chosen, and what that leaves, file by file.

import type { FindingReport } from "../protocol/report";
import { place, ruleLink } from "./asks";
import { type Html, html, nothing, prose } from "./html";
import { icon, severityIcon } from "./icons";
import { byRule, bySeverity, grouped, type View } from "./view";
import { numeral, plural, severities, severityName } from "./words";

/** Severities that found nothing have no toggle. */
export function severityToggles(findings: readonly FindingReport[], view: View): Html {
  const counts = bySeverity(findings, view);
  const found = severities.filter((severity) => findings.some((finding) => finding.severity === severity));
  return html`<div class="toggles" role="group" aria-label="Severities">${found.map((severity) => {
    const isOn = !view.hidden.includes(severity);
    return html`<button type="button" class="toggle" id="severity-${severity}" aria-pressed="${String(isOn)}" data-do="severity" data-severity="${severity}">
      ${icon(severity)}${severityName(severity)}s <span class="badge">${numeral(counts.get(severity) ?? 0)}</span></button>`;
  })}</div>`;
}

export function ruleTable(findings: readonly FindingReport[], view: View): Html {
  const rows = byRule(findings, view).map(({ rule, severity, count, total }) => {
    const isOn = view.rules.includes(rule);
    const figure = count === total ? numeral(total) : `${numeral(count)} of ${numeral(total)}`;
    return html`<tr class="${isOn ? "chosen" : count === 0 ? "none" : ""}">
      <td><button type="button" class="rule" id="rule-${rule}" aria-pressed="${String(isOn)}" data-do="rule" data-rule="${rule}">${severityIcon(severity)}${rule}</button></td>
      <td class="number">${figure}</td></tr>`;
  });
  return html`<table aria-labelledby="rules-title">
      <caption id="rules-title">Findings by rule</caption>
      <thead class="unseen"><tr><th scope="col">Rule (press to show only its findings)</th><th scope="col">Findings</th></tr></thead>
      <tbody>${rows}</tbody></table>`;
}

export function findingsList(findings: readonly FindingReport[]): Html {
  const files = [...grouped(findings, ({ file }) => file)];
  return html`<h2 class="unseen">Findings by file</h2>${files.map(([file, inFile], at) => fileGroup(file, inFile, `file-${at}`))}`;
}

function fileGroup(file: string, findings: readonly FindingReport[], id: string): Html {
  const slash = file.lastIndexOf("/") + 1;
  return html`<section class="file" aria-labelledby="${id}">
      <h3 id="${id}"><span class="name">${file.slice(slash)}</span> <span class="folder">${file.slice(0, Math.max(0, slash - 1))}</span><span class="badge" aria-label="${plural(findings.length, "finding")}">${numeral(findings.length)}</span></h3>
      <ul>${findings.map(finding)}</ul></section>`;
}

/** One finding: where, what, why, its rule and what mends it. */
export function finding({ rule, severity, file, range, message, why, fixes, fingerprint }: FindingReport): Html {
  const { line, column } = range.start;
  return html`<li class="finding">${severityIcon(severity)}
      <div class="said">
        <p class="message">${place(file, range, html`${prose(message)}<span class="unseen">, ${file}</span> <span class="at">${`${line}:${column}`}</span>`, `finding-${fingerprint}`)}</p>
        ${why === undefined ? nothing : html`<p class="why">${prose(why)}</p>`}
        <p class="more">${ruleLink(rule, `explain-${fingerprint}`)}${fixes.map(
          ({ title, safety }) => html`<span class="fix">${icon("hint")}<span><span class="unseen">Fix: </span>${prose(title)}${safety === "review" ? html` <span class="review">(to review)</span>` : nothing}</span></span>`,
        )}</p>
      </div></li>`;
}
