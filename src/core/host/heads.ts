// Values in the context of the calls that lead to them, and small questions about them.

import type { ClassFacts, FunctionFacts, ModuleFacts } from "./module-facts";
import { referTo } from "./reference";
import type { TextValue } from "./text-value";

/** Where a value stands: in a module, within known calls. */
export interface Context {
  readonly module: ModuleFacts;
  readonly frame: Frame | undefined;
}

/** One call of a function, with what was handed in. */
export interface Frame {
  readonly function: FunctionFacts | undefined;
  readonly arguments: readonly Head[];
  /** False where more arguments may follow. */
  readonly complete: boolean;
  readonly self: Head | undefined;
  readonly outer: Frame | undefined;
}

/** A value with its context. */
export interface Head {
  readonly value: TextValue;
  readonly context: Context;
  /** The object that a method was taken from. */
  readonly self?: Head | undefined;
}

/** A parameter that nothing is known to be handed to. */
export interface OpenParameter {
  readonly module: ModuleFacts;
  readonly function: FunctionFacts;
  readonly index: number;
}

export type Resolver = (from: string, specifier: string) => string | undefined;

export function instanceOf(of: Head): Head {
  return { value: referTo({ kind: "new", class: of.value, arguments: undefined }), context: of.context };
}

export function constructed(of: { readonly module: ModuleFacts; readonly facts: ClassFacts }, handed: readonly Head[], complete: boolean, self: Head): Frame {
  const number = of.facts.constructorFunction;
  return { function: number === undefined ? undefined : of.module.functions[number], arguments: handed, complete, self, outer: undefined };
}

/** True for what comes from a package outside of the project. */
export function isPackage(head: Head): boolean {
  return head.value.kind === "reference" && head.value.to.kind === "import";
}

export function listOf(heads: readonly Head[], context: Context): Head {
  return { value: { kind: "list", of: { kind: "concat", parts: heads.map((head) => ({ kind: "element", of: head.value })) } }, context: heads[0]?.context ?? context };
}

/** The elements of a list in order; undefined where some are not known to be there. */
export function elementsIn(value: TextValue): TextValue[] | undefined {
  if (value.kind === "element") return [value.of];
  if (value.kind === "literal" && value.pieces.length === 0) return [];
  if (value.kind === "choice") return value.options.flatMap((option) => elementsIn(option) ?? []);
  if (value.kind !== "concat") return undefined;
  const found: TextValue[] = [];
  for (const part of value.parts) {
    const inner = elementsIn(part);
    if (inner === undefined) return undefined;
    found.push(...inner);
  }
  return found;
}
