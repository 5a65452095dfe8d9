// Which calls wait for another service: `fetch`, a model, a queue, mail. A turn of a loop that does so works with what came
// of it: it saves each result as soon as there is one, and what it reads then depends on it.

import type { CallGraph } from "./call-graph";
import type { LoopUse } from "./call-site";
import type { CallFacts, FunctionFacts, ModuleFacts } from "./module-facts";

/** What is further away is more likely a side effect than the work of the turn. */
const mostHops = 4;

export class RemoteCalls {
  readonly #graph: CallGraph;
  readonly #waiting = new Set<FunctionFacts>();

  constructor(modules: Iterable<ModuleFacts>, graph: CallGraph) {
    this.#graph = graph;
    let level = [...modules].flatMap((module) => module.remotes.flatMap(({ inFunction }) => functionsAround(module, inFunction)));
    for (let hops = 0; hops < mostHops && level.length > 0; hops++) {
      const fresh = level.filter((facts) => !this.#waiting.has(facts));
      for (const facts of fresh) this.#waiting.add(facts);
      level = fresh.flatMap((facts) => graph.callers(facts).flatMap(({ module, call }) => functionsAround(module, call.inFunction)));
    }
  }

  /** True where a call leads to such a service. */
  leadsTo(call: CallFacts): boolean {
    return this.#graph.targets(call).some((target) => this.#waiting.has(target.function));
  }

  /** Where a function, or a call in it, first waits for such a service; its start where it does so for what it had not kept. */
  firstIn(facts: FunctionFacts, module: ModuleFacts): number | undefined {
    if (!this.#waiting.has(facts)) return undefined;
    const isHere = (number: number | undefined): boolean => functionsAround(module, number).includes(facts);
    const places = [...module.remotes.filter(({ inFunction }) => isHere(inFunction)), ...module.calls.filter((call) => isHere(call.inFunction) && this.leadsTo(call))];
    if (places.length === 0) return undefined;
    const first = Math.min(...places.map(({ name }) => name.start));
    return module.hits.some((hit) => isHere(hit.inFunction) && hit.name.start < first) ? 0 : first;
  }

  /** A query in a loop, each turn of which has waited for a service before. */
  afterRemote(loop: LoopUse | undefined, module: ModuleFacts, offset: number): LoopUse | undefined {
    if (loop?.shape !== "per-element") return loop;
    const { start } = loop.span;
    const waits =
      module.remotes.some(({ name }) => name.start >= start && name.start < offset) || module.calls.some((call) => call.name.start >= start && call.name.start < offset && !call.isLeftAlone && this.leadsTo(call));
    return waits ? { ...loop, shape: "sequential", because: waitsForService } : loop;
  }
}

export const waitsForService = "each turn waits for another service and works with what came of it";

/** A function, and those around it that run it where it is written. */
function functionsAround(module: ModuleFacts, number: number | undefined): FunctionFacts[] {
  const found: FunctionFacts[] = [];
  for (let at = number; at !== undefined; ) {
    const facts = module.functions[at];
    if (facts === undefined) break;
    found.push(facts);
    at = facts.runsInOuter ? facts.outer : undefined;
  }
  return found;
}
