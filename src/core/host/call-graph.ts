// Which functions each call of the project can mean, and who calls each function.

import type { Evaluator } from "./evaluate";
import type { Context, Frame, Head, OpenParameter } from "./heads";
import type { CallFacts, FunctionFacts, ModuleFacts } from "./module-facts";

export interface Target {
  readonly module: ModuleFacts;
  readonly function: FunctionFacts;
  /** The function as a value: the object it was taken from, the call it was made in. */
  readonly head: Head;
}

export interface CallerOf {
  readonly module: ModuleFacts;
  readonly call: CallFacts;
  readonly target: Target;
}

const mostHanded = 6;

export class CallGraph {
  readonly #evaluator: Evaluator;
  readonly #targets = new Map<CallFacts, readonly Target[]>();
  readonly #callers = new Map<FunctionFacts, CallerOf[]>();

  private constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  /** Pauses after each module. */
  static *of(evaluator: Evaluator, modules: readonly ModuleFacts[]): Generator<void, CallGraph> {
    const graph = new CallGraph(evaluator);
    yield* graph.#resolve(modules, () => true);
    evaluator.handedTo = (parameter) => graph.#handedTo(parameter);
    // Callbacks and objects that are handed in: known from the calls that were found without them.
    for (let pass = 0; pass < 2; pass++) {
      evaluator.forget();
      yield* graph.#resolve(modules, (call) => graph.targets(call).length === 0 && call.callee.kind !== "hole");
    }
    evaluator.forget();
    return graph;
  }

  targets(call: CallFacts): readonly Target[] {
    return this.#targets.get(call) ?? [];
  }

  callers(of: FunctionFacts): readonly CallerOf[] {
    return this.#callers.get(of) ?? [];
  }

  /** The context of the function that a call enters; `outer` is that of the call itself. */
  entered({ call, target }: CallerOf, outer: Context): Context {
    const { head } = target;
    const facts = target.function;
    const spread = call.arguments.findIndex((argument) => argument.spread);
    const handed = (spread < 0 ? call.arguments : call.arguments.slice(0, spread)).map(({ value }) => ({ value, context: outer }));
    const self = call.isNew ? { value: made(call), context: outer } : head.self;
    const frame: Frame = { function: facts, arguments: handed, complete: spread < 0 && !call.handedOn, self, outer: head.context.frame };
    return { module: target.module, frame };
  }

  *#resolve(modules: readonly ModuleFacts[], wanted: (call: CallFacts) => boolean): Generator<void, void> {
    for (const module of modules) {
      yield;
      for (const call of module.calls) {
        if (!wanted(call)) continue;
        const targets = this.#find(call, module);
        if (targets.length === 0) continue;
        this.#targets.set(call, targets);
        for (const target of targets) {
          const known = this.#callers.get(target.function);
          const caller = { module, call, target };
          if (known === undefined) this.#callers.set(target.function, [caller]);
          else known.push(caller);
        }
      }
    }
  }

  #find(call: CallFacts, module: ModuleFacts): readonly Target[] {
    const found = new Map<FunctionFacts, Target>();
    for (const head of this.#evaluator.heads(call.callee, this.#evaluator.rootOf(module))) {
      const target = call.isNew ? this.#made(head) : this.#function(head);
      if (target !== undefined && !found.has(target.function)) found.set(target.function, target);
    }
    return [...found.values()];
  }

  #function(head: Head): Target | undefined {
    const facts = this.#evaluator.functionOf(head);
    return facts === undefined ? undefined : { module: head.context.module, function: facts, head };
  }

  #made(head: Head, depth = 0): Target | undefined {
    const of = this.#evaluator.classOf(head);
    if (of === undefined || depth > 8) return undefined;
    const number = of.facts.constructorFunction;
    const facts = number === undefined ? undefined : of.module.functions[number];
    if (facts !== undefined) return { module: of.module, function: facts, head: { ...head, context: this.#evaluator.rootOf(of.module) } };
    const [base] = of.facts.base === undefined ? [] : this.#evaluator.heads(of.facts.base, this.#evaluator.rootOf(of.module));
    return base === undefined ? undefined : this.#made(base, depth + 1);
  }

  #handedTo({ function: facts, index }: OpenParameter): readonly Head[] {
    const found: Head[] = [];
    for (const { module, call } of this.callers(facts)) {
      const argument = call.arguments[index];
      if (argument === undefined || argument.spread || argument.value.kind !== "reference") continue;
      found.push({ value: argument.value, context: this.#evaluator.rootOf(module) });
      if (found.length >= mostHanded) break;
    }
    return found;
  }
}

function made(call: CallFacts): Head["value"] {
  const handed = call.arguments.some((argument) => argument.spread) ? undefined : call.arguments.map((argument) => argument.value);
  return { kind: "reference", to: { kind: "new", class: call.callee, arguments: handed }, source: undefined, why: "it is no text" };
}
