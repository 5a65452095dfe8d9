// What only the whole project tells of a loop: that its list is short, that its turns wait for another service, or that
// it cleans up after a failure.

import type { CallGraph } from "./call-graph";
import type { LoopUse } from "./call-site";
import type { Evaluator } from "./evaluate";
import { elementsIn } from "./heads";
import { isWrite } from "./is-write";
import { mostBounded } from "./loops";
import type { CallFacts, FunctionFacts, ModuleFacts } from "./module-facts";
import { RemoteCalls, savesResult } from "./remote-calls";
import type { TextValue } from "./text-value";
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
      return isWrite(site) ? this.#remote.afterRemote(own, module, site.name.start) : own;
    };
    const loop = settle(site.loop);
    const executions = site.executions.map((execution) => ({ execution, loop: settle(execution.loop) }));
    if (loop === site.loop && executions.every((one) => one.loop === one.execution.loop)) return linked;
    return { ...linked, site: { ...site, loop, executions: executions.map((one) => (one.loop === one.execution.loop ? one.execution : { ...one.execution, loop: one.loop })) } };
  }

  /** The loop around a call that leads to statements, `writes` where one of them writes. */
  call(loop: LoopUse, call: CallFacts, module: ModuleFacts, writes: boolean): LoopUse {
    const own = this.#known(loop, module, functionIn(module, call.inFunction)) ?? loop;
    if (own.shape !== "per-element") return own;
    if (this.#remote.leadsTo(call)) return { ...own, shape: "sequential", because: savesResult };
    return (writes ? this.#remote.afterRemote(own, module, call.name.start) : own) ?? own;
  }

  #known(loop: LoopUse | undefined, module: ModuleFacts, inFunction: FunctionFacts | undefined): LoopUse | undefined {
    if (loop === undefined) return undefined;
    const { over, ...rest } = loop;
    const own = over === undefined ? loop : rest;
    const most = over === undefined ? undefined : this.#mostElements(over, module);
    return most !== undefined && most <= mostBounded ? { ...own, shape: "bounded", because: `it has at most ${most} elements` } : this.#afterFailure(own, inFunction);
  }

  #mostElements(list: TextValue, module: ModuleFacts): number | undefined {
    const heads = this.#evaluator.heads(list, this.#evaluator.rootOf(module));
    if (this.#evaluator.guessed || heads.length === 0) return undefined;
    const isImported = list.kind === "reference" && list.to.kind === "import";
    const counts = heads.map(({ value }) => {
      const elements = value.kind === "list" ? elementsIn(value.of) : undefined;
      // A list that a function fills says nothing of how often: only texts that are written out count.
      return elements !== undefined && elements.length > 0 && (isImported || elements.every(({ kind }) => kind === "literal")) ? elements.length : undefined;
    });
    return counts.every((count) => count !== undefined) ? Math.max(...counts) : undefined;
  }

  /** A function that is only called in `catch` clauses undoes what was done before. */
  #afterFailure(loop: LoopUse | undefined, inFunction: FunctionFacts | undefined): LoopUse | undefined {
    if (loop?.shape !== "per-element" || inFunction === undefined) return loop;
    const callers = this.#graph.callers(inFunction);
    if (callers.length === 0 || !callers.every(({ call }) => call.inCatch)) return loop;
    return { ...loop, shape: "sequential", because: "it runs where something failed" };
  }
}
