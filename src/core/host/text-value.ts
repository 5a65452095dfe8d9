// What is known about a text in the code: pieces, choices between texts, and parts that are not known. Knows nothing
// of TypeScript.

import type { Span } from "../text/span";
import type { Guess } from "./holes";
import type { Piece } from "./literal";

/** Values share parts: they are graphs, never copied, and only walked with one option of every choice. */
export type TextValue =
  | { readonly kind: "literal"; readonly pieces: readonly Piece[] }
  | { readonly kind: "concat"; readonly parts: readonly TextValue[] }
  /** Texts of which one is taken; equal `choice`s take the same option. */
  | { readonly kind: "choice"; readonly choice: string; readonly options: readonly TextValue[] }
  /** `as` is what stands for it where the code tells; else the SQL around it decides. */
  | { readonly kind: "hole"; readonly source: Span | undefined; readonly as: Guess | undefined; readonly why: string }
  | { readonly kind: "trimmed"; readonly of: TextValue; readonly start: boolean; readonly end: boolean }
  /** `text.replace("search", by)`, with a text to search. */
  | { readonly kind: "replaced"; readonly of: TextValue; readonly search: string; readonly by: TextValue; readonly every: "first" | "all" }
  /** A variable that has no value yet. */
  | { readonly kind: "unset" };

export const emptyText: TextValue = { kind: "literal", pieces: [] };
export const unset: TextValue = { kind: "unset" };

export function concat(...parts: readonly TextValue[]): TextValue {
  return { kind: "concat", parts };
}

/** What comes after a condition, the common beginning kept apart, so that the graph does not double. */
export function choose(choice: string, before: TextValue, options: readonly TextValue[]): TextValue {
  const rests = options.map((option) => restAfter(option, before));
  if (rests.every((rest) => rest !== undefined)) {
    if (rests.every((rest) => rest === emptyText)) return before;
    return concat(before, { kind: "choice", choice, options: rests });
  }
  return { kind: "choice", choice, options };
}

function restAfter(value: TextValue, before: TextValue): TextValue | undefined {
  const rest: TextValue[] = [];
  let at = value;
  while (at !== before) {
    const first = at.kind === "concat" ? at.parts[0] : undefined;
    if (at.kind !== "concat" || first === undefined) return undefined;
    rest.unshift(...at.parts.slice(1));
    at = first;
  }
  return rest.length === 0 ? emptyText : concat(...rest);
}
