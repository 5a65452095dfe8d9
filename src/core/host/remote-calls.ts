// Which calls wait for another service: `fetch`, a model, a queue, mail. A turn of a loop that does so works with what came
// of it: it saves each result as soon as there is one, and what it reads then depends on it.

import type { Span } from "../text/span";
import type { CallGraph } from "./call-graph";
import type { LoopUse } from "./call-site";
import type { CallFacts, FunctionFacts, ModuleFacts } from "./module-facts";

/** From `fetch` over a client and a service to what uses them; what is further away is more likely a side effect than the work of the turn. */
const mostHops = 8;

export class RemoteCalls {
  readonly #graph: CallGraph;
  readonly #waiting = new Set<FunctionFacts>();
  /** What is waited for there is the database itself, over HTTP. */
  readonly #queries = new Set<ModuleFacts["remotes"][number]>();

  constructor(modules: Iterable<ModuleFacts>, graph: CallGraph) {
    this.#graph = graph;
    const all = [...modules];
    for (const module of all) this.#readQueries(module);
    let level = all.flatMap((module) => this.#remotesOf(module).flatMap(({ inFunction }) => functionsAround(module, inFunction)));
    for (let hops = 0; hops < mostHops && level.length > 0; hops++) {
      const fresh = level.filter((facts) => !this.#waiting.has(facts));
      for (const facts of fresh) this.#waiting.add(facts);
      level = fresh.flatMap((facts) => graph.callers(facts).flatMap(({ module, call }) => functionsAround(module, call.inFunction)));
    }
  }

  /** Of `query({ sql, params })`: the `fetch` that it is, or that the function has which is called. */
  #readQueries({ sites, calls, remotes }: ModuleFacts): void {
    const sent = new Set(sites.flatMap(({ overHttp, site }) => (overHttp === true ? [site.name.start] : [])));
    if (sent.size === 0) return;
    for (const remote of remotes) if (sent.has(remote.name.start)) this.#queries.add(remote);
    for (const target of calls.filter(({ name }) => sent.has(name.start)).flatMap((call) => this.#graph.targets(call))) {
      for (const remote of target.module.remotes) if (functionsAround(target.module, remote.inFunction).includes(target.function)) this.#queries.add(remote);
    }
  }

  #remotesOf({ remotes }: ModuleFacts): ModuleFacts["remotes"] {
    return this.#queries.size === 0 ? remotes : remotes.filter((remote) => !this.#queries.has(remote));
  }

  /** True where a call leads to such a service. */
  leadsTo(call: CallFacts): boolean {
    return this.#graph.targets(call).some((target) => this.#waiting.has(target.function));
  }

  /** Where a function, or a call in it, first waits for such a service; its start where it does so for what it had not kept. */
  firstIn(facts: FunctionFacts, module: ModuleFacts): number | undefined {
    if (!this.#waiting.has(facts)) return undefined;
    const isHere = (number: number | undefined): boolean => functionsAround(module, number).includes(facts);
    const places = [...this.#remotesOf(module).filter(({ inFunction }) => isHere(inFunction)), ...module.calls.filter((call) => isHere(call.inFunction) && this.leadsTo(call))];
    if (places.length === 0) return undefined;
    const first = Math.min(...places.map(({ name }) => name.start));
    return module.hits.some((hit) => isHere(hit.inFunction) && hit.name.start < first) ? 0 : first;
  }

  /**
   * A query in a loop, each turn of which has waited for a service before. One that only reads, by what was known before,
   * could still have been sent for all elements at once.
   */
  afterRemote(loop: LoopUse | undefined, module: ModuleFacts, { at, reads }: { readonly at: Span; readonly reads: () => boolean }): LoopUse | undefined {
    if (loop?.shape !== "per-element") return loop;
    const waits = this.remotesIn(loop, module);
    if (loop.paced === true && waits.length > 0) return { ...loop, shape: "sequential", because: "its turns keep a distance, for the service that they ask" };
    const { earlyEnd } = loop;
    if (earlyEnd !== undefined && waits.some(({ name }) => name.start > earlyEnd) && !reads()) return { ...loop, shape: "sequential", because: "it ends a turn that waits for another service otherwise" };
    if (!waits.some(({ name, end }) => name.start < at.start && !(end !== undefined && at.start < end))) return loop;
    return loop.foreseen === true && reads() ? loop : { ...loop, shape: "sequential", because: waitsForService };
  }

  /** `end` is that of a call of the project, whose arguments come before it. */
  remotesIn({ span }: LoopUse, module: ModuleFacts): readonly { readonly name: Span; readonly end?: number }[] {
    const within = ({ name }: { readonly name: Span }): boolean => name.start >= span.start && name.end <= span.end;
    const calls = module.calls.filter((call) => within(call) && !call.isLeftAlone && this.leadsTo(call));
    return [...this.#remotesOf(module).filter(within), ...calls.map(({ name, call }) => ({ name, end: call.end }))];
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
