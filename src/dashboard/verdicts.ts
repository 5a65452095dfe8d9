// The verdict on a migration, as every page shows it: a word and an icon that say the same.

import type { MigrationVerdict } from "../protocol/report";
import { type Html, html } from "./html";
import { icon } from "./icons";

/** From the worst on. */
const verdicts = {
  fails: { word: "Fails", mark: "error" },
  "loses-rows": { word: "Loses rows", mark: "error" },
  risky: { word: "At risk", mark: "warning" },
  safe: { word: "Safe", mark: "check" },
} as const satisfies Readonly<Record<MigrationVerdict, unknown>>;

const allVerdicts = Object.keys(verdicts) as readonly MigrationVerdict[];

export function verdictMark(verdict: MigrationVerdict): Html {
  const { word, mark } = verdicts[verdict];
  return html`<span class="verdict verdict-${verdict}">${icon(mark)}${word}</span>`;
}

/** The worst first; what is equally bad stays in the order in which it is applied. */
export function worstFirst<T extends { readonly verdict: MigrationVerdict }>(migrations: readonly T[]): readonly T[] {
  return [...migrations].sort((a, b) => allVerdicts.indexOf(a.verdict) - allVerdicts.indexOf(b.verdict));
}

/** How many migrations have which verdict. */
export function tally(all: readonly MigrationVerdict[]): Html {
  const counts = allVerdicts.map((verdict) => ({ verdict, count: all.filter((one) => one === verdict).length })).filter(({ count }) => count > 0);
  return html`<ul class="tally" aria-label="Verdicts">${counts.map(({ verdict, count }) => html`<li>${verdictMark(verdict)}<span class="badge">${count}</span></li>`)}</ul>`;
}
