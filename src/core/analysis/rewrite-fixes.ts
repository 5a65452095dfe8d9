// A rewrite of the host as the fix of a rule.

import type { Outcome } from "../host/rewrite/rewrite";
import type { RuleFix } from "../rules/rule";

export function fixesOf(outcome: Outcome | undefined): readonly RuleFix[] {
  return outcome !== undefined && "rewrite" in outcome ? [{ ...outcome.rewrite, safety: "review" }] : [];
}

export function reasonOf(outcome: Outcome): string | undefined {
  return "withheld" in outcome ? outcome.withheld : undefined;
}
