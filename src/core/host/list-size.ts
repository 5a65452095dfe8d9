// How many elements a list can have at most, over functions and files: only lists that are written out in full count.

import type { Evaluator } from "./evaluate";
import type { Context } from "./heads";
import { noLonger, type TextValue } from "./text-value";

const deepest = 24;

export function mostElements(list: TextValue, context: Context, evaluator: Evaluator, depth = 0): number | undefined {
  if (depth > deepest) return undefined;
  const of = (value: TextValue, at: Context = context): number | undefined => mostElements(value, at, evaluator, depth + 1);
  if (list.kind === "list") {
    const { own = 0, spreads = [] } = list.written ?? {};
    // What starts empty is there to be filled.
    return own + spreads.length === 0 ? undefined : sum([own, ...spreads.map((spread) => of(spread))]);
  }
  // `rows ?? []`
  if (list.kind === "choice") return most(list.options.map((option) => (isEmpty(option) ? 0 : of(option))));
  if (list.kind !== "reference") return undefined;
  const { to } = list;
  if (to.kind === "member" && to.name === "results") return of(to.of);
  if (to.kind === "call" && to.callee.kind === "reference" && to.callee.to.kind === "member") {
    const { of: object, name } = to.callee.to;
    if (name === "all" && !isNamespace(object)) return limitOf(object);
    if (noLonger.test(name) && !isNamespace(object)) return of(object);
    const [first] = to.arguments;
    if (isNamespace(object)) return first !== undefined && (/^all(?:Settled)?$/.test(name) || name === "from") ? of(first) : undefined;
  }
  if (to.kind === "call") {
    const callees = evaluator.heads(to.callee, context);
    return most(callees.map((head) => {
      const returns = evaluator.functionOf(head)?.returns;
      return returns === undefined ? undefined : of(returns, evaluator.rootOf(head.context.module));
    }));
  }
  const heads = evaluator.heads(list, context);
  return evaluator.guessed ? undefined : most(heads.map((head) => (head.value === list ? undefined : of(head.value, head.context))));
}

/** `LIMIT 5` of a statement that is written out, or what is bound to its `LIMIT ?`. */
function limitOf(statement: TextValue, bound: readonly TextValue[] = []): number | undefined {
  if (statement.kind !== "reference" || statement.to.kind !== "call") return undefined;
  const { callee, arguments: given } = statement.to;
  if (callee.kind !== "reference" || callee.to.kind !== "member") return undefined;
  if (callee.to.name === "bind") return limitOf(callee.to.of, given);
  const [text] = given;
  if (callee.to.name !== "prepare" || text === undefined) return undefined;
  const parts = text.kind === "concat" ? text.parts : [text];
  const last = parts.at(-1);
  const ending = last?.kind === "literal" ? writtenIn(last) : "";
  const limit = /\bLIMIT\s+(\d+|\?\d*)\s*;?\s*$/i.exec(ending)?.[1];
  if (limit !== undefined) return limit.startsWith("?") ? highest(bound.at(-1)) : Number(limit);
  const before = parts.at(-2);
  return before?.kind === "literal" && /\bLIMIT\s*$/i.test(writtenIn(before)) ? highest(last) : undefined;
}

/** The number that a value is at most: `7`, `Math.min(asked, 10)`. */
function highest(value: TextValue | undefined): number | undefined {
  if (value?.kind === "literal") return /^\d+$/.test(writtenIn(value)) ? Number(writtenIn(value)) : undefined;
  if (value?.kind !== "reference" || value.to.kind !== "call") return undefined;
  const { callee, arguments: given } = value.to;
  if (callee.kind !== "reference" || callee.to.kind !== "member" || !isNamespace(callee.to.of)) return undefined;
  const numbers = given.map(highest);
  if (callee.to.name === "max") return most(numbers);
  if (callee.to.name !== "min" && !/^(?:floor|trunc|round|ceil)$/.test(callee.to.name)) return undefined;
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function writtenIn(value: Extract<TextValue, { kind: "literal" }>): string {
  return value.pieces.map((piece) => piece.text).join("");
}

function isEmpty(value: TextValue): boolean {
  return value.kind === "list" && value.written !== undefined && value.written.own + value.written.spreads.length === 0;
}

/** `Promise`, `Array`, `Object`: names that no file declares. */
function isNamespace(value: TextValue): boolean {
  return value.kind === "hole" || (value.kind === "reference" && value.to.kind === "global");
}

function sum(counts: readonly (number | undefined)[]): number | undefined {
  return counts.every((count) => count !== undefined) ? counts.reduce((total, count) => total + count, 0) : undefined;
}

function most(counts: readonly (number | undefined)[]): number | undefined {
  return counts.length > 0 && counts.every((count) => count !== undefined) ? Math.max(...counts) : undefined;
}
