// What only the whole project tells of a loop: that its list is short, that its turns wait for another service, or that
// it cleans up after a failure.

import type { CallGraph } from "./call-graph";
import type { CallSite, LoopUse } from "./call-site";
import type { Evaluator } from "./evaluate";
import { mostElements } from "./list-size";
import { mostBounded } from "./loops";
import type { CallFacts, FunctionFacts, ModuleFacts } from "./module-facts";
import { RemoteCalls, savesResult } from "./remote-calls";
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
    const settle = (loop: LoopUse | undefined): LoopUse | undefined => ownTable(found(loop), site);
    const found = (loop: LoopUse | undefined): LoopUse | undefined => {
      const own = this.#known(loop, module, linked.inFunction);
      return this.#remote.afterRemote(own, module, site.name.start);
    };
    const loop = settle(site.loop);
    const executions = site.executions.map((execution) => ({ execution, loop: settle(execution.loop) }));
    if (loop === site.loop && executions.every((one) => one.loop === one.execution.loop)) return linked;
    return { ...linked, site: { ...site, loop, executions: executions.map((one) => (one.loop === one.execution.loop ? one.execution : { ...one.execution, loop: one.loop })) } };
  }

  /** The loop around a call that leads to statements. */
  call(loop: LoopUse, call: CallFacts, module: ModuleFacts): LoopUse {
    const own = this.#known(loop, module, functionIn(module, call.inFunction)) ?? loop;
    if (own.shape !== "per-element") return own;
    if (this.#remote.leadsTo(call)) return { ...own, shape: "sequential", because: savesResult };
    return this.#remote.afterRemote(own, module, call.name.start) ?? own;
  }

  #known(loop: LoopUse | undefined, module: ModuleFacts, inFunction: FunctionFacts | undefined): LoopUse | undefined {
    if (loop === undefined) return undefined;
    const { over, ...rest } = loop;
    const own = over === undefined ? loop : rest;
    const most = over === undefined ? undefined : mostElements(over, this.#evaluator.rootOf(module), this.#evaluator);
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

/** A statement for each of some tables: there are few, and no query reads them all. */
function ownTable(loop: LoopUse | undefined, { sql }: CallSite): LoopUse | undefined {
  if (loop?.shape !== "per-element" || sql.variants.length === 0) return loop;
  const named = sql.variants.every(({ text, holes }) => holes.some(({ kind, span }) => kind === "identifier" && /\b(?:FROM|INTO|UPDATE|TABLE|JOIN)\s+["`[]?$/i.test(text.slice(0, span.start))));
  return named ? { ...loop, shape: "bounded", because: "each turn asks a table of its own" } : loop;
}
