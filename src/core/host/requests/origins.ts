// Where a value comes from, over functions and files: followed as far as the code tells, and then shown as it is written
// there. Unlike the evaluator, which answers what a value is, this says also what it is not known to be.

import type { Evaluator } from "../evaluate";
import { elementsIn, type Context, type Frame, type Head } from "../heads";
import type { ModuleFacts } from "../module-facts";
import type { Reference } from "../reference";
import { unset, type TextValue } from "../text-value";

const deepest = 24;
const most = 16;
const mostSteps = 600;

export class Origins {
  readonly evaluator: Evaluator;
  #steps = 0;

  constructor(evaluator: Evaluator) {
    this.evaluator = evaluator;
  }

  /** The ends of all ways that a value can have come; at least one. `unset` is an argument that a call leaves out. */
  of(value: TextValue, context: Context): readonly Head[] {
    this.#steps = 0;
    return this.#of(value, context, 0);
  }

  /** The function that makes caches of our own helper. */
  isHelper(head: Head): boolean {
    if (!/(?:^|\/)query-cache\.[cm]?[jt]s$/.test(head.context.module.path)) return false;
    return this.evaluator.functionOf(head)?.name === "createCache" || this.evaluator.classOf(head)?.facts.name === "QueryCache";
  }

  #of(value: TextValue, context: Context, depth: number): readonly Head[] {
    if (depth > deepest || this.#steps++ > mostSteps) return [{ value, context }];
    if (value.kind === "choice") return value.options.flatMap((option) => this.#of(option, context, depth + 1)).slice(0, most);
    if (value.kind === "if-any") return [value.some, value.none].flatMap((option) => this.#of(option, context, depth + 1));
    const next = value.kind === "reference" ? this.#step(value.to, context, depth) : undefined;
    return next === undefined || next.length === 0 ? [{ value, context }] : next.flatMap((head) => this.#of(head.value, head.context, depth + 1)).slice(0, most);
  }

  /** One step back; undefined where it goes no further. */
  #step(to: Reference, context: Context, depth: number): readonly Head[] | undefined {
    switch (to.kind) {
      case "parameter":
        return this.#parameter(to, context);
      case "import":
        return to.name === "*" ? undefined : this.#exported(this.evaluator.module(context.module.path, to.specifier), to.name);
      case "member":
        return this.#member(to, context, depth);
      case "call":
        return this.#called(to, context);
      case "each":
        return this.#of(to.of, context, depth + 1).flatMap(({ value, context: home }) => elements(value).map((element) => ({ value: element, context: home })));
      case "either": {
        const first = this.#of(to.first, context, depth + 1);
        return first.every(({ value }) => value.kind === "unset" || value.kind === "reference" && isOpen(value.to)) ? [...first.filter(({ value }) => value.kind !== "unset" && value !== to.first), ...this.#of(to.otherwise, context, depth + 1)] : first;
      }
      case "this":
        return this.evaluator.heads({ kind: "reference", to, source: undefined, why: "" }, context).filter(({ value }) => value.kind !== "reference" || value.to !== to);
      default:
        return undefined;
    }
  }

  #parameter({ function: number, index }: Extract<Reference, { kind: "parameter" }>, context: Context): readonly Head[] | undefined {
    const facts = context.module.functions[number];
    const parameter = facts?.parameters[index];
    if (facts === undefined || parameter === undefined) return undefined;
    const frame = frameOf(context, facts);
    if (frame === undefined) return undefined;
    if (parameter.rest) return frame.arguments.slice(index);
    const handed = frame.arguments[index];
    if (handed !== undefined) return [handed];
    return frame.complete ? [{ value: parameter.otherwise ?? unset, context }] : undefined;
  }

  #exported(module: ModuleFacts | undefined, name: string, depth = 0): readonly Head[] | undefined {
    if (module === undefined || depth > 8) return undefined;
    const value = module.exports.get(name);
    if (value !== undefined) return [{ value, context: this.evaluator.rootOf(module) }];
    for (const specifier of name === "default" ? [] : module.stars) {
      const found = this.#exported(this.evaluator.module(module.path, specifier), name, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #member(to: Extract<Reference, { kind: "member" }>, context: Context, depth: number): readonly Head[] {
    return this.#of(to.of, context, depth + 1).flatMap((owner): readonly Head[] => {
      const { value } = owner;
      if (value.kind === "unset") return [owner];
      if (value.kind !== "reference") return [];
      if (value.to.kind === "object") {
        const member = value.to.members.get(to.name);
        if (member !== undefined) return [{ value: member, context: owner.context }];
        return value.to.spreads.length === 0 ? [{ value: unset, context: owner.context }] : this.evaluator.member(owner, to.name);
      }
      if (value.to.kind === "import" && value.to.name === "*") return this.#exported(this.evaluator.module(owner.context.module.path, value.to.specifier), to.name) ?? [];
      return this.evaluator.member(owner, to.name);
    });
  }

  #called(to: Extract<Reference, { kind: "call" }>, context: Context): readonly Head[] | undefined {
    const handed = to.arguments.map((value) => ({ value, context }));
    return this.evaluator.heads(to.callee, context).flatMap((head): readonly Head[] => {
      const facts = this.isHelper(head) ? undefined : this.evaluator.functionOf(head);
      if (facts?.returns === undefined) return [];
      const frame: Frame = { function: facts, arguments: handed, complete: true, self: head.self, outer: head.context.frame };
      return [{ value: facts.returns, context: { module: head.context.module, frame } }];
    });
  }
}

export function frameOf(context: Context, facts: Frame["function"]): Frame | undefined {
  for (let frame = context.frame; frame !== undefined; frame = frame.outer) if (frame.function === facts) return frame;
  return undefined;
}

function isOpen(to: Reference): boolean {
  return to.kind === "parameter" || to.kind === "member" || to.kind === "import" || to.kind === "call";
}

function elements(value: TextValue): readonly TextValue[] {
  if (value.kind === "list") return elementsIn(value.of) ?? [];
  return value.kind === "reference" && value.to.kind === "object" ? [...value.to.members.values()] : [];
}
