// "Did you mean": the names nearest to a misspelt one.

import { distance } from "fastest-levenshtein";

/** At most two names, the nearest first, and only those near enough to be meant; two only where both are as near. */
export function nearest(wrong: string, names: readonly string[]): readonly string[] {
  const word = wrong.toLowerCase();
  const most = Math.max(1, Math.floor(word.length / 3));
  const ranked = names
    .map((name) => ({ name, far: isOneSlip(word, name.toLowerCase()) ? 1 : distance(word, name.toLowerCase()) }))
    .filter(({ far }) => far <= most)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1));
  const least = ranked[0]?.far;
  return ranked.filter(({ far }) => far === least).slice(0, 2).map(({ name }) => name);
}

/** What the fingers do wrong as a whole: a plural for a singular, or two letters the wrong way round. */
function isOneSlip(a: string, b: string): boolean {
  return a + "s" === b || b + "s" === a || a + "es" === b || b + "es" === a || isSwapped(a, b);
}

function isSwapped(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, i) => letter !== b[i]);
  return at >= 0 && a.length === b.length && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}
