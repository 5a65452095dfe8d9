// `plumbline-allow RULE: reason` comments: which findings they allow, and which of them allow nothing.

import { LineIndex } from "../text/line-index";
import { distance } from "fastest-levenshtein";
import type { Span } from "../text/span";

export interface Suppression {
  /** The comment. */
  readonly span: Span;
  readonly rules: readonly string[];
  readonly reason: string;
  readonly wholeFile: boolean;
  /** First and last line (from 1) of the code that it speaks of. */
  readonly lines: readonly [number, number];
}

const FORM = /plumbline-allow(-file)?\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)\s*:?\s*(.*?)\s*(?:\*\/|-->)?\s*$/s;

/** Reads the comments of a file, given where they stand. A comment that is not understood gives an empty rule list. */
export function readSuppressions(text: string, comments: readonly Span[]): readonly Suppression[] {
  if (comments.length === 0) return [];
  const index = new LineIndex(text);
  const alone = new Set<number>();
  for (const comment of comments) {
    const line = index.lineSpan(text, comment.start);
    const before = text.slice(line.start, comment.start).trim();
    // `{/* … */}` is how JSX writes a comment.
    const inJsx = before === "{" && text.slice(comment.end, line.end).trim() === "}";
    if (before === "" || inJsx) alone.add(index.place(comment.start).line);
  }
  return comments.map((span) => {
    const match = FORM.exec(text.slice(span.start, span.end));
    const first = index.place(span.start).line;
    // Several such comments may stand above one line.
    let last = index.place(span.end).line;
    if (alone.has(first)) do last++; while (alone.has(last));
    return {
      span,
      rules: match === null ? [] : match[2]!.split(",").map((rule) => rule.trim()),
      reason: match?.[3] ?? "",
      wholeFile: match?.[1] !== undefined,
      lines: [first, last],
    };
  });
}

/** The `plumbline-allow` comments of an SQL file. */
export function sqlComments(text: string): readonly Span[] {
  if (!text.includes("plumbline-allow")) return [];
  return [...text.matchAll(/--[^\r\n]*plumbline-allow[^\r\n]*|\/\*(?:(?!\*\/)[\s\S])*plumbline-allow(?:(?!\*\/)[\s\S])*\*\//g)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

export interface Allowed<T> {
  readonly kept: readonly T[];
  /** Comments that did nothing, with what is wrong. */
  readonly unused: readonly { readonly span: Span; readonly problem: string }[];
}

/** Takes out what is allowed. `checked` tells which rules ran: a comment for one that did not run is not unused. */
export function allow<T extends { readonly rule: string; readonly span: Span; readonly anchor: number }>(
  text: string,
  findings: readonly T[],
  suppressions: readonly Suppression[],
  knownRules: ReadonlySet<string>,
  checked: (rule: string) => boolean,
): Allowed<T> {
  if (suppressions.length === 0) return { kept: findings, unused: [] };
  const index = new LineIndex(text);
  const used = new Set<string>();
  const kept = findings.filter((finding) => {
    const lines = [index.place(finding.span.start).line, index.place(finding.anchor).line];
    const allowing = suppressions.filter(
      (suppression) => suppression.rules.includes(finding.rule) && (suppression.wholeFile || lines.some((line) => suppression.lines[0] <= line && line <= suppression.lines[1])),
    );
    for (const suppression of allowing) used.add(key(suppression, finding.rule));
    return allowing.length === 0;
  });
  const unused = suppressions.flatMap((suppression) => problems(suppression, used, knownRules, checked));
  return { kept, unused };
}

function problems(suppression: Suppression, used: ReadonlySet<string>, knownRules: ReadonlySet<string>, checked: (rule: string) => boolean): readonly { readonly span: Span; readonly problem: string }[] {
  const { span, rules, reason } = suppression;
  if (rules.length === 0) return [{ span, problem: "This comment is not understood: write `plumbline-allow RULE: reason`" }];
  const found = rules.flatMap((rule) => {
    if (!knownRules.has(rule)) return [{ span, problem: `There is no rule \`${rule}\`${nearestRule(rule, knownRules)}` }];
    if (!used.has(key(suppression, rule)) && checked(rule)) return [{ span, problem: `Nothing here is found by \`${rule}\`: this comment can go` }];
    return [];
  });
  return found.length === 0 && reason === "" ? [{ span, problem: "This comment gives no reason: write `plumbline-allow RULE: reason`" }] : found;
}

function nearestRule(rule: string, known: ReadonlySet<string>): string {
  const ranked = [...known].map((name) => ({ name, far: distance(name, rule) })).sort((a, b) => a.far - b.far);
  return ranked[0] !== undefined && ranked[0].far <= 4 ? `; did you mean \`${ranked[0].name}\`?` : "";
}

function key(suppression: Suppression, rule: string): string {
  return `${suppression.span.start}:${rule}`;
}
