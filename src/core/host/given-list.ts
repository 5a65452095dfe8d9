// Loops whose statements come from a list that is handed in.

import type { LoopUse } from "./call-site";
import type { TextValue } from "./text-value";

/** A loop over statements runs each of them once: whose they are decides. */
export function ofGivenList(loop: LoopUse | undefined, text: TextValue | undefined): LoopUse | undefined {
  if (loop?.shape !== "per-element" || text === undefined || !isElement(text)) return loop;
  return { ...loop, shape: "sequential", because: "it runs the statements that it is given" };
}

/** True for an element of a list, or a member of one. */
export function isElement(value: TextValue): boolean {
  if (value.kind === "trimmed") return isElement(value.of);
  if (value.kind === "choice") return value.options.every(isElement);
  if (value.kind !== "reference") return false;
  const { to } = value;
  if (to.kind === "each") return true;
  return to.kind === "member" ? isElement(to.of) : to.kind === "either" && isElement(to.first);
}
