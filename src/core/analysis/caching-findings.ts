// What the rules about caches find. It needs the statements and the calls of all code, so it is worked out with a review of
// the whole; while a file is typed in, what was found in it before stays at its place, without the fixes.

import type { Finding } from "../rules/finding";
import type { Span } from "../text/span";
import type { Snapshot } from "./snapshot";

export class CachingFindings {
  #last: { readonly snapshot: Snapshot; readonly findings: readonly Finding[] } | undefined;

  /** Of the whole snapshot; `find` is asked once for each. */
  review(snapshot: Snapshot, find: () => readonly Finding[]): void {
    if (this.#last?.snapshot !== snapshot) this.#last = { snapshot, findings: find() };
  }

  /** Of one file, as the last review tells. */
  of(snapshot: Snapshot, path: string): readonly Finding[] {
    const found = this.#last?.findings.filter(({ file }) => file === path) ?? [];
    if (found.length === 0 || this.#last!.snapshot === snapshot) return found;
    const before = this.#last!.snapshot.files.get(path)?.text ?? "";
    const move = moved(before, snapshot.files.get(path)?.text ?? "");
    return found.flatMap((finding) => {
      const span = move(finding.span);
      return span === undefined ? [] : [{ ...finding, span, anchor: finding.anchor + span.start - finding.span.start, fixes: () => [] }];
    });
  }
}

/** Where a stretch of a text is in what was made of it by one edit; undefined where the edit touched it. */
function moved(before: string, after: string): (span: Span) => Span | undefined {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before.charCodeAt(head) === after.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < shorter - head && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail++;
  const shift = after.length - before.length;
  return ({ start, end }) => {
    if (end <= head) return { start, end };
    return start >= before.length - tail ? { start: start + shift, end: end + shift } : undefined;
  };
}
