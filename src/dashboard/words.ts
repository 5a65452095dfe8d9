// Words and numbers as every part of the page writes them.

import type { Severity } from "../protocol/report";

/** From the worst on. */
export const severities: readonly Severity[] = ["error", "warning", "info", "hint"];

const names: Readonly<Record<Severity, string>> = { error: "Error", warning: "Warning", info: "Note", hint: "Hint" };

export function severityName(severity: Severity): string {
  return names[severity];
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${numeral(count)} ${count === 1 ? one : many}`;
}

/** A short name for a text, the same at every drawing (FNV-1a). */
export function nameOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}

export function numeral(value: number): string {
  return value.toLocaleString("en");
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Milliseconds, as far as anyone would read them. */
export function duration(ms: number): string {
  if (ms < 0.05) return "< 0.1 ms";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
