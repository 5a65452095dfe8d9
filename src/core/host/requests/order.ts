// What comes after what in one function, on every way: a call in a branch that another place does not share may not be made.

import type { Span } from "../../text/span";
import type { ModuleFacts } from "../module-facts";
import type { Region } from "../request-facts";
import { holds, regionsAt } from "./bodies";

/** A call, with the words that its own condition may ask for: `if (env.CACHE) await env.CACHE.delete(key)`. */
export interface Placed {
  readonly name: Span;
  readonly call: Span;
  readonly words: readonly string[];
}

/** True where `later` is made on every way from what stands at `offset` to the end of the function. */
export function comesAfter(later: Placed, offset: number, module: ModuleFacts): boolean {
  if (later.name.start <= offset && !(holds(later.call, offset) && later.name.start !== offset)) return false;
  const around = regionsAt(module, offset);
  if (around.some((region) => region.exits && !holds(region.span, later.name.start))) return false;
  return isMade(later, offset, module);
}

/** True where `earlier` was made on every way to what stands at `offset`. */
export function comesBefore(earlier: Placed, offset: number, module: ModuleFacts): boolean {
  return earlier.call.end <= offset && isMade(earlier, offset, module);
}

function isMade(placed: Placed, offset: number, module: ModuleFacts): boolean {
  return regionsAt(module, placed.name.start).every((region) => holds(region.span, offset) || isOfNoConcern(region, placed, offset, module));
}

/** Loops over keys, questions whether there is a cache, and whether the statement itself succeeded. */
function isOfNoConcern(region: Region, { words }: Placed, offset: number, module: ModuleFacts): boolean {
  if (region.kind === "loop") return true;
  if (region.kind === "catch" || region.condition === undefined) return false;
  const { condition } = region;
  const text = module.text.slice(condition.start, condition.end);
  if (words.some((word) => word !== "" && text.includes(word))) return region.asks === "there";
  return holds(condition, offset) || region.asked.some(({ values }) => values.some((value) => holds(value, offset)));
}
