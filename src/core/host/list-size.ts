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
  if (list.kind === "choice") return most(list.options.map((option) => of(option)));
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

/** `LIMIT 5` of a statement that is written out. */
function limitOf(statement: TextValue): number | undefined {
  if (statement.kind !== "reference" || statement.to.kind !== "call") return undefined;
  const { callee, arguments: given } = statement.to;
  if (callee.kind !== "reference" || callee.to.kind !== "member") return undefined;
  if (callee.to.name === "bind") return limitOf(callee.to.of);
  const [text] = given;
  const written = callee.to.name === "prepare" && text?.kind === "literal" ? text.pieces.map((piece) => piece.text).join("") : "";
  const limit = /\bLIMIT\s+(\d+)\s*;?\s*$/i.exec(written)?.[1];
  return limit === undefined ? undefined : Number(limit);
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
