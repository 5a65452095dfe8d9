// Loops whose statements come from a list that is handed in.

import type { LoopUse, TextStatus } from "./call-site";
import type { TextValue } from "./text-value";

/** A loop over statements that are handed in runs each of them once: whose they are decides. */
export function ofGivenList(loop: LoopUse | undefined, status: TextStatus, text: TextValue | undefined): LoopUse | undefined {
  if (loop?.shape !== "per-element" || status !== "unresolved") return loop;
  return text !== undefined && isElement(text) ? { ...loop, shape: "sequential", because: "it runs the statements that it is given" } : loop;
}

function isElement(value: TextValue): boolean {
  if (value.kind !== "reference") return false;
  const { to } = value;
  if (to.kind === "each") return true;
  return to.kind === "member" ? isElement(to.of) : to.kind === "either" && isElement(to.first);
}
