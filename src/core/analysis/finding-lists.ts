// Findings of several sources as one list.

import type { Finding } from "../rules/finding";

/** `more` at their places among those of a file, which are in order. */
export function inOrder(findings: readonly Finding[], more: readonly Finding[]): readonly Finding[] {
  return more.length === 0 ? findings : [...findings, ...more].sort((a, b) => a.span.start - b.span.start);
}

/** Two databases that share a folder say the same about its files. */
export function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = [finding.rule, finding.file, finding.span.start, finding.message].join("\n");
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
