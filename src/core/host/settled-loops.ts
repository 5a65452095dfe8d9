// What only the whole project tells of a loop: that its list is short, that its turns wait for another service, or that
// it cleans up after a failure.

import type { CallGraph, Target } from "./call-graph";
import type { LoopUse } from "./call-site";
import type { Evaluator } from "./evaluate";
import { mostElements } from "./list-size";
import { mostBounded } from "./loops";
import type { CallFacts, FunctionFacts, ModuleFacts } from "./module-facts";
import { RemoteCalls, waitsForService } from "./remote-calls";
import { functionIn, type LinkedSite } from "./wrapper-sites";

export class SettledLoops {
  readonly #graph: CallGraph;
  readonly #evaluator: Evaluator;
  readonly #remote: RemoteCalls;

  constructor(modules: Iterable<ModuleFacts>, graph: CallGraph, evaluator: Evaluator) {
    this.#graph = graph;
    this.#evaluator = evaluator;
    this.#remote = new RemoteCalls(modules, graph);
  }

  site(linked: LinkedSite): LinkedSite {
    const { site, module } = linked;
    const settle = (loop: LoopUse | undefined): LoopUse | undefined => {
      const own = this.#known(loop, module, linked.inFunction);
      return this.#remote.afterRemote(own, module, site.name.start);
    };
    const loop = settle(site.loop);
    const executions = site.executions.map((execution) => ({ execution, loop: settle(execution.loop) }));
    if (loop === site.loop && executions.every((one) => one.loop === one.execution.loop)) return linked;
    return { ...linked, site: { ...site, loop, executions: executions.map((one) => (one.loop === one.execution.loop ? one.execution : { ...one.execution, loop: one.loop })) } };
  }

  /** The loop around a call that leads to statements; `first` gives the place of the first of them, or of the call that leads to it, in a function that is called. */
  call(loop: LoopUse, call: CallFacts, module: ModuleFacts, first: (target: Target) => number | undefined): LoopUse {
    const own = this.#known(loop, module, functionIn(module, call.inFunction)) ?? loop;
    if (own.shape !== "per-element") return own;
    const waits = this.#graph.targets(call).some((target) => {
      const remote = this.#remote.firstIn(target.function, target.module);
      const own = first(target);
      return remote !== undefined && own !== undefined && remote < own;
    });
    if (waits) return { ...own, shape: "sequential", because: waitsForService };
    return this.#remote.afterRemote(own, module, call.name.start) ?? own;
  }

  #known(loop: LoopUse | undefined, module: ModuleFacts, inFunction: FunctionFacts | undefined): LoopUse | undefined {
    if (loop === undefined) return undefined;
    const { over, outer, ...rest } = loop;
    const own = over === undefined ? loop : rest;
    const most = over === undefined ? undefined : mostElements(over, this.#evaluator.rootOf(module), this.#evaluator);
    if (most !== undefined && most <= mostBounded && outer !== undefined) return this.#known(outer, module, inFunction);
    return most !== undefined && most <= mostBounded ? { ...own, shape: "bounded", because: `it has at most ${most} elements` } : this.#afterFailure(own, inFunction);
  }

  /** A function that is only called in `catch` clauses undoes what was done before. */
  #afterFailure(loop: LoopUse | undefined, inFunction: FunctionFacts | undefined): LoopUse | undefined {
    if (loop?.shape !== "per-element" || inFunction === undefined) return loop;
    const callers = this.#graph.callers(inFunction);
    if (callers.length === 0 || !callers.every(({ call }) => call.inCatch)) return loop;
    return { ...loop, shape: "sequential", because: "it runs where something failed" };
  }
}
