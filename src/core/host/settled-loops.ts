// What only the whole project tells of a loop: that its list is short, that its turns wait for another service, or that
// it cleans up after a failure.

import type { CallGraph, Target } from "./call-graph";
import { isInProcess, type LoopUse } from "./call-site";
import type { Evaluator } from "./evaluate";
import { isWrite } from "./is-write";
import { ListSizes } from "./list-size";
import { mostBounded } from "./loops";
import type { CallFacts, FunctionFacts, FunctionPlace, ModuleFacts } from "./module-facts";
import { RemoteCalls, waitsForService } from "./remote-calls";
import { functionIn, type LinkedSite } from "./wrapper-sites";

/** The offsets at which a function sends its statements, or calls what does. */
export interface Places {
  readonly all: readonly number[];
  readonly writes: readonly number[];
}

export class SettledLoops {
  readonly #graph: CallGraph;
  readonly #evaluator: Evaluator;
  readonly #remote: RemoteCalls;
  readonly #sizes: ListSizes;

  constructor(modules: Iterable<ModuleFacts>, graph: CallGraph, evaluator: Evaluator) {
    this.#graph = graph;
    this.#evaluator = evaluator;
    this.#remote = new RemoteCalls(modules, graph);
    this.#sizes = new ListSizes(evaluator, graph);
  }

  site(linked: LinkedSite): LinkedSite {
    const { site, module } = linked;
    const settle = (loop: LoopUse | undefined, inFunction = linked.inFunction): LoopUse | undefined => {
      const known = this.#known(loop, module, inFunction);
      const own = isInProcess(site.engine) ? this.transacted(known, inFunction) : known;
      return this.#remote.afterRemote(own, module, { at: site.name, reads: () => !isWrite(site) });
    };
    const loop = settle(site.loop);
    const executions = site.executions.map((execution) => ({ execution, loop: settle(execution.loop, functionIn(module, execution.inFunction) ?? linked.inFunction) }));
    if (loop === site.loop && executions.every((one) => one.loop === one.execution.loop)) return linked;
    return { ...linked, site: { ...site, loop, executions: executions.map((one) => (one.loop === one.execution.loop ? one.execution : { ...one.execution, loop: one.loop })) } };
  }

  /** The loop of a function that others call within their transaction. */
  transacted(loop: LoopUse | undefined, inFunction: FunctionFacts | undefined): LoopUse | undefined {
    return loop === undefined || loop.transacted === true || inFunction === undefined || !this.#isTransacted(inFunction) ? loop : { ...loop, transacted: true };
  }

  #isTransacted(facts: FunctionFacts): boolean {
    const seen = new Set([facts]);
    let level = [facts];
    for (let depth = 0; depth <= mostCallers && level.length > 0; depth++) {
      const callers = level.flatMap((one) => this.#graph.callers(one));
      if (callers.some(({ call }) => call.transacted)) return true;
      level = callers.flatMap(({ module, call }) => functionIn(module, call.inFunction) ?? []).filter((one) => !seen.has(one) && seen.add(one));
    }
    return false;
  }

  /** The loop around a call that leads to statements; `places` tells where they are in a function that is called. */
  call(loop: LoopUse, call: CallFacts, module: ModuleFacts, places: (target: Target) => Places): LoopUse {
    const own = this.#known(loop, module, functionIn(module, call.inFunction)) ?? loop;
    if (own.shape !== "per-element") return own;
    const targets = this.#graph.targets(call);
    const because = first(targets, (target) => {
      const [claim] = placesIn(target.module.claims, target);
      if (claim !== undefined && places(target).writes.some((place) => place > claim)) return "each turn counts only where its row is new";
      const remote = this.#remote.firstIn(target.function, target.module);
      if (remote === undefined) return undefined;
      if (handles.test(call.calleeName)) return "each turn is a job of its own";
      if (posts.test(call.calleeName)) return "each turn sends a message of its own";
      return this.#aroundService(target, places);
    });
    if (because !== undefined) return { ...own, shape: "sequential", because };
    const reads = (): boolean => !this.#remote.leadsTo(call) && targets.every((target) => places(target).writes.length === 0);
    if (call.ofTurn.length === 0 && !call.handedOn && reads() && this.#writesIn(own, module, call, places)) return { ...own, shape: "sequential", because: "it reads again what the turns change" };
    if (call.ofTurn.length > 0 && this.#asksIn(own, module) && reads()) return { ...own, shape: "sequential", because: "each turn reads what it asks another service for" };
    return this.#remote.afterRemote(own, module, { at: call.name, reads }) ?? own;
  }

  /** The turn itself asks a service, or calls what by its name does so each time: not what keeps its answers. */
  #asksIn(loop: LoopUse, module: ModuleFacts): boolean {
    const within = ({ name }: FunctionPlace): boolean => name.start >= loop.span.start && name.end <= loop.span.end;
    if (module.remotes.some(within)) return true;
    return module.calls.some((call) => within(call) && (posts.test(call.calleeName) || /fetch/i.test(call.calleeName)) && this.#remote.leadsTo(call));
  }

  /** Another call of the loop leads to a write. */
  #writesIn({ span }: LoopUse, module: ModuleFacts, call: CallFacts, places: (target: Target) => Places): boolean {
    const others = module.calls.filter((other) => other !== call && other.name.start >= span.start && other.name.end <= span.end);
    return others.some((other) => this.#graph.targets(other).some((target) => places(target).writes.length > 0));
  }

  /** What a function does around the service that it waits for, be it in one that it calls for both. */
  #aroundService(target: Target, places: (target: Target) => Places, within: readonly FunctionFacts[] = []): string | undefined {
    const remote = this.#remote.firstIn(target.function, target.module);
    if (remote === undefined || within.includes(target.function)) return undefined;
    const { all, writes } = places(target);
    if (all.length > 0 && remote < Math.min(...all)) return waitsForService;
    const later = writes.filter((place) => place >= remote);
    if (later.length < writes.length) return later.some((place) => place > remote) ? "each turn is a job that notes where it is" : undefined;
    if (later.length === 0) return all.length > 0 && writes.length === 0 && within.length === 0 ? "each turn reads what it asks another service for" : undefined;
    const both = writes.includes(remote) ? target.module.calls.find(({ name }) => name.start === remote) : undefined;
    if (both === undefined) return waitsForService;
    const inner = this.#graph.targets(both).map((one) => this.#aroundService(one, places, [...within, target.function]));
    return inner.includes(undefined) ? undefined : inner[0];
  }

  /** The offsets in a loop at which its turns wait for another service. */
  waitsIn(loop: LoopUse, module: ModuleFacts): readonly number[] {
    return this.#remote.remotesIn(loop, module).map(({ name }) => name.start);
  }

  #known(loop: LoopUse | undefined, module: ModuleFacts, inFunction: FunctionFacts | undefined): LoopUse | undefined {
    if (loop === undefined) return undefined;
    const { over, turns, outer, ...own } = loop;
    const most = this.#turnsOf(loop, module);
    if (most === undefined || most > mostBounded) return this.#afterFailure(own, inFunction);
    if (outer !== undefined) return this.#known(outer, module, inFunction);
    return { ...own, shape: "bounded", because: over === undefined ? `it turns at most ${most} times` : `it has at most ${most} elements` };
  }

  #turnsOf({ over, turns }: LoopUse, module: ModuleFacts): number | undefined {
    const root = this.#evaluator.rootOf(module);
    if (turns !== undefined) return this.#sizes.highest(turns, root);
    return over === undefined ? undefined : this.#sizes.mostElements(over, root);
  }

  /** A function that is only called in `catch` clauses undoes what was done before. */
  #afterFailure(loop: LoopUse | undefined, inFunction: FunctionFacts | undefined): LoopUse | undefined {
    if (loop?.shape !== "per-element" || inFunction === undefined) return loop;
    const callers = this.#graph.callers(inFunction);
    if (callers.length === 0 || !callers.every(({ call }) => call.inCatch)) return loop;
    return { ...loop, shape: "sequential", because: "it runs where something failed" };
  }
}

/** So far up it is looked who calls a function. */
const mostCallers = 3;

/** Names of what is done for the one who gets it. */
const posts = /^(?:send|notify|push|mail|email|post|publish|dispatch|deliver|announce)(?=[A-Z]|$)/;

/** Names of what takes one event or job from beginning to end. */
const handles = /^(?:handle|process)(?=[A-Z]|$)/;

function placesIn(places: readonly FunctionPlace[], { module, function: facts }: Target): readonly number[] {
  return places.flatMap(({ name, inFunction }) => (functionIn(module, inFunction) === facts ? [name.start] : []));
}

function first<T, R>(list: readonly T[], of: (element: T) => R | undefined): R | undefined {
  for (const element of list) {
    const found = of(element);
    if (found !== undefined) return found;
  }
  return undefined;
}
