// Of which forms of a text a finding is true. A query that grows under conditions is judged in several forms, and what
// is wrong in some of them only must say in which.

import type { SqlVariant } from "../host/call-site";

export interface Forms {
  readonly count: number;
  readonly of: number;
  /** The condition of the code that makes these forms and no other, as a reader would say it: `when`, then its words. */
  readonly condition: { readonly word: "when" | "unless"; readonly text: string } | undefined;
  /** Where it is one form, without or with all that is optional. */
  readonly extreme: "shortest" | "longest" | undefined;
}

/** Undefined where it is true of all that could be judged: not those of which a part is not known, nor the `failing` ones
 * that SQLite rejects, since it says one error a text. */
export function formsWith(found: ReadonlySet<SqlVariant>, all: readonly SqlVariant[], failing: ReadonlySet<SqlVariant>): Forms | undefined {
  const judged = all.filter((variant) => found.has(variant) || (!failing.has(variant) && variant.holes.every((hole) => hole.kind === "value" || hole.kind === "list")));
  if (judged.length <= found.size) return undefined;
  return { count: found.size, of: judged.length, condition: conditionOf(found, judged), extreme: extremeOf(found, judged) };
}

/** Stands after a message: ` (when \`status\`)`. */
export function formWords({ count, of, condition, extreme }: Forms): string {
  if (condition !== undefined) return ` (${condition.word} \`${condition.text.replaceAll("`", "'")}\`)`;
  return ` (in ${extreme === undefined ? count : `the ${extreme}`} of the ${of} forms of this text)`;
}

const longest = 60;

/** The one condition that is met in all forms of the finding and in none of the others, or the other way round. */
function conditionOf(found: ReadonlySet<SqlVariant>, all: readonly SqlVariant[]): Forms["condition"] {
  const [first] = found;
  const deciding = [...(first?.conditions ?? [])].filter(([text, met]) => text.length <= longest && all.every((variant) => (variant.conditions.get(text) === met) === found.has(variant)));
  const [only, ...others] = deciding;
  if (only === undefined || others.length > 0) return undefined;
  return { word: only[1] ? "when" : "unless", text: only[0] };
}

function extremeOf(found: ReadonlySet<SqlVariant>, all: readonly SqlVariant[]): Forms["extreme"] {
  const [only, ...others] = found;
  if (only === undefined || others.length > 0 || all.length < 3) return undefined;
  const rest = all.filter((variant) => variant !== only).map((variant) => variant.text.length);
  if (only.text.length < Math.min(...rest)) return "shortest";
  return only.text.length > Math.max(...rest) ? "longest" : undefined;
}
