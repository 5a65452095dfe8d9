// What is known about a text in the code: pieces, choices between texts, and parts that are not known. Knows nothing
// of TypeScript.

import type { Span } from "../text/span";
import type { Guess } from "./holes";
import type { Piece } from "./literal";
import type { Reference } from "./reference";

/** Values share parts: they are graphs, never copied, and only walked with one option of every choice. */
export type TextValue =
  | { readonly kind: "literal"; readonly pieces: readonly Piece[] }
  | { readonly kind: "concat"; readonly parts: readonly TextValue[] }
  /** Texts of which one is taken; equal `choice`s take the same option. */
  | { readonly kind: "choice"; readonly choice: string; readonly options: readonly TextValue[] }
  /** `as` is what stands for it where the code tells; else the SQL around it decides. `amount` is what a calculation with numbers gives. */
  | { readonly kind: "hole"; readonly source: Span | undefined; readonly as: Guess | undefined; readonly why: string; readonly amount?: number }
  | { readonly kind: "trimmed"; readonly of: TextValue; readonly start: boolean; readonly end: boolean }
  /** `text.replace("search", by)`, with a text to search. */
  | { readonly kind: "replaced"; readonly of: TextValue; readonly search: string; readonly by: TextValue; readonly every: "first" | "all" }
  /** An array of texts: `of` is made of `element`s, some of them optional; `written` where it stands there in full. */
  | { readonly kind: "list"; readonly of: TextValue; readonly written?: WrittenList }
  | { readonly kind: "element"; readonly of: TextValue }
  /** `list.join(separator)`. */
  | { readonly kind: "joined"; readonly of: TextValue; readonly separator: TextValue }
  /** `list.length ? some : none`: decided by what was taken of the list, not by a choice of its own. */
  | { readonly kind: "if-any"; readonly list: TextValue; readonly some: TextValue; readonly none: TextValue }
  /** What another function or file tells; a hole as long as nobody does. */
  | { readonly kind: "reference"; readonly to: Reference; readonly source: Span | undefined; readonly why: string }
  /** A variable that has no value yet. */
  | { readonly kind: "unset" };

/** How many elements of its own an array literal has, and which arrays it takes in. */
export interface WrittenList {
  readonly own: number;
  readonly spreads: readonly TextValue[];
}

/** Methods of arrays that give no more elements than the array has. */
export const noLonger = /^(?:map|filter|slice|sort|reverse|toSorted|toReversed|keys|values|entries)$/;

/** What decides between two texts: a condition by its name, or whether a list has elements. */
export type Decision = { readonly kind: "choice"; readonly choice: string } | { readonly kind: "if-any"; readonly list: TextValue };

export const emptyText: TextValue = { kind: "literal", pieces: [] };
export const unset: TextValue = { kind: "unset" };

export function concat(...parts: readonly TextValue[]): TextValue {
  return { kind: "concat", parts };
}

/** What comes after a condition, the common beginning kept apart, so that the graph does not double. */
export function choose(choice: string, before: TextValue, options: readonly TextValue[]): TextValue {
  return chooseBy({ kind: "choice", choice }, before, options);
}

export function chooseBy(decision: Decision, before: TextValue, options: readonly TextValue[]): TextValue {
  const rests = options.map((option) => restAfter(option, before));
  if (!rests.every((rest) => rest !== undefined)) return decided(decision, options);
  return rests.every((rest) => rest === emptyText) ? before : concat(before, decided(decision, rests));
}

/** One of the options; `if-any` takes two. */
export function decided(decision: Decision, options: readonly TextValue[]): TextValue {
  if (decision.kind === "choice") return { kind: "choice", choice: decision.choice, options };
  return { kind: "if-any", list: decision.list, some: options[0] ?? emptyText, none: options[1] ?? emptyText };
}

/** True where a value depends on what another function or file tells. */
export function hasReferences(value: TextValue): boolean {
  const seen = new Set<TextValue>();
  const walk = (at: TextValue): boolean => {
    if (seen.has(at)) return false;
    seen.add(at);
    return at.kind === "reference" || partsOf(at).some(walk);
  };
  return walk(value);
}

/** The values that a value is made of. */
export function partsOf(value: TextValue): readonly TextValue[] {
  switch (value.kind) {
    case "concat":
      return value.parts;
    case "choice":
      return value.options;
    case "trimmed":
    case "list":
    case "element":
      return [value.of];
    case "replaced":
      return [value.of, value.by];
    case "joined":
      return [value.of, value.separator];
    case "if-any":
      return [value.list, value.some, value.none];
    default:
      return [];
  }
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
