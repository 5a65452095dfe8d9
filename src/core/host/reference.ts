// What a value refers to where its own function does not tell: parameters, imports, results of calls, members of objects.
// Plain data, without syntax trees, so that it can be followed over files long after these were read.

import type { TextValue } from "./text-value";

export type Reference =
  /** Functions and classes are numbered within their module. */
  | { readonly kind: "parameter"; readonly function: number; readonly index: number }
  /** `name` is `*` for the module as a whole, `default` for its default export. */
  | { readonly kind: "import"; readonly specifier: string; readonly name: string }
  | { readonly kind: "member"; readonly of: TextValue; readonly name: string }
  /** Any element of a list. */
  | { readonly kind: "each"; readonly of: TextValue }
  | { readonly kind: "call"; readonly callee: TextValue; readonly arguments: readonly TextValue[] }
  /** `arguments` is undefined where an object is known by its type only. */
  | { readonly kind: "new"; readonly class: TextValue; readonly arguments: readonly TextValue[] | undefined }
  | { readonly kind: "this"; readonly class: number }
  | { readonly kind: "function"; readonly function: number }
  | { readonly kind: "class"; readonly class: number }
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, TextValue>; readonly spreads: readonly TextValue[] }
  /** `otherwise` where `first` is not there: defaults, types beside unknown values. */
  | { readonly kind: "either"; readonly first: TextValue; readonly otherwise: TextValue }
  /** A name that no file declares, such as the type `D1Database`. */
  | { readonly kind: "global"; readonly name: string }
  /** A property of the environment: `DB` of `env.DB`. `of` is the environment, where it is a value. */
  | { readonly kind: "binding"; readonly name: string; readonly of: TextValue | undefined }
  /** `c.get("db")`: what the context of a request keeps under a name, for whoever comes later. */
  | { readonly kind: "kept"; readonly name: string }
  /** `ctx.storage.sql` of a Durable Object. */
  | { readonly kind: "durable-storage" };

/** The value of a name's member, one after the other. */
export function memberOf(of: TextValue, name: string): TextValue {
  const why = of.kind === "reference" || of.kind === "hole" ? of.why : `\`${name}\` is not known`;
  return { kind: "reference", to: { kind: "member", of, name }, source: undefined, why };
}

export function referTo(to: Reference): TextValue {
  return { kind: "reference", to, source: undefined, why: "it is no text" };
}
