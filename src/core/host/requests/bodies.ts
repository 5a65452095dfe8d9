// What each function does on the way of a request, in the order of its text: the statements it sends, the functions it
// calls, the caches it asks and ends. Functions that are run where they are written belong to the one around them.

import type { CallGraph, Target } from "../call-graph";
import type { Span } from "../../text/span";
import { isWrite } from "../is-write";
import type { CallFacts, FunctionFacts, ModuleFacts } from "../module-facts";
import type { Region } from "../request-facts";
import type { LinkedSite } from "../wrapper-sites";
import type { FoundCall, InnerCall } from "./cache-calls";

export interface Body {
  readonly module: ModuleFacts;
  /** Undefined of what a file does by itself. */
  readonly function: FunctionFacts | undefined;
  readonly sites: readonly SiteEvent[];
  readonly calls: readonly CallEvent[];
  readonly caches: readonly FoundCall[];
  /** Calls of caches that stand for a call further up: this is a wrapper. */
  readonly inner: readonly InnerCall[];
}

export interface SiteEvent {
  readonly linked: LinkedSite;
  readonly isWrite: boolean;
  /** Where it is sent: the last call that executes it. */
  readonly sent: number;
}

export interface CallEvent {
  readonly call: CallFacts;
  readonly targets: readonly Target[];
  /** It is itself a call of a cache. */
  readonly cache: FoundCall | undefined;
}

interface Filling {
  readonly sites: SiteEvent[];
  readonly calls: CallEvent[];
  readonly caches: FoundCall[];
  readonly inner: InnerCall[];
}

export class Bodies {
  readonly #bodies = new Map<FunctionFacts | ModuleFacts, Body & Filling>();
  readonly #homes = new Map<FunctionFacts, { readonly module: ModuleFacts; readonly owner: FunctionFacts | undefined }>();

  /** `handlers` are called by a router or the runtime, wherever they are written. */
  constructor(modules: Iterable<ModuleFacts>, graph: CallGraph, sites: Iterable<readonly LinkedSite[]>, caches: readonly FoundCall[], handlers: ReadonlySet<FunctionFacts>) {
    const all = [...modules];
    for (const module of all) for (const [number, facts] of module.functions.entries()) this.#homes.set(facts, { module, owner: ownerOf(module, number, handlers) });
    const found = new Map<ModuleFacts, Map<number, FoundCall>>();
    for (const cache of caches) found.set(cache.module, (found.get(cache.module) ?? new Map<number, FoundCall>()).set(cache.call.name.start, cache));
    for (const list of sites) for (const linked of list) this.#of(linked.module, linked.inFunction).sites.push(siteEvent(linked));
    for (const cache of caches) this.#of(cache.module, cache.inFunction === undefined ? undefined : cache.module.functions[cache.inFunction]).caches.push(cache);
    const inner = new Map(caches.flatMap((cache) => cache.inner.map((one) => [`${one.module.path}:${one.name.start}:${one.kind}`, one] as const)));
    for (const one of inner.values()) this.#of(one.module, one.inFunction === undefined ? undefined : one.module.functions[one.inFunction]).inner.push(one);
    for (const module of all) {
      const cachesOf = found.get(module);
      for (const call of module.calls) {
        const handedIn = isHandedIn(call);
        const targets = handedIn ? [] : graph.targets(call).filter((target) => !(call.handedOn && handlers.has(target.function)) && this.owner(target.function) === target.function);
        if (targets.length === 0 && !handedIn) continue;
        const facts = call.inFunction === undefined ? undefined : module.functions[call.inFunction];
        this.#of(module, facts).calls.push({ call, targets, cache: cachesOf?.get(call.name.start) });
      }
    }
  }

  of(facts: FunctionFacts | ModuleFacts): Body | undefined {
    return this.#bodies.get(facts);
  }

  all(): Iterable<Body> {
    return this.#bodies.values();
  }

  /** The function that runs another where it is written; itself where none does, nothing for what a file does by itself. */
  owner(facts: FunctionFacts): FunctionFacts | undefined {
    return this.#homes.get(facts)?.owner;
  }

  #of(module: ModuleFacts, inFunction: FunctionFacts | undefined): Filling {
    const owner = inFunction === undefined ? undefined : this.owner(inFunction);
    let body = this.#bodies.get(owner ?? module);
    if (body === undefined) this.#bodies.set(owner ?? module, (body = { module, function: owner, sites: [], calls: [], caches: [], inner: [] }));
    return body;
  }
}

/** What is called was handed in: it runs as far as its caller is concerned, where it is handed over. */
export function isHandedIn({ callee, calleeName }: CallFacts): boolean {
  return calleeName === "next" || (callee.kind === "reference" && callee.to.kind === "parameter");
}

function ownerOf(module: ModuleFacts, number: number, handlers: ReadonlySet<FunctionFacts>): FunctionFacts | undefined {
  let at = number;
  for (;;) {
    const facts = module.functions[at];
    if (facts === undefined || !facts.runsInOuter || facts.outer === undefined || handlers.has(facts)) return facts;
    at = facts.outer;
  }
}

function siteEvent(linked: LinkedSite): SiteEvent {
  const { site } = linked;
  return { linked, isWrite: isWrite(site), sent: Math.max(site.name.start, ...site.executions.map(({ name }) => name.start)) };
}

export function holds(span: Span, offset: number): boolean {
  return span.start <= offset && offset < span.end;
}

/** The regions around a place, outermost first. */
export function regionsAt({ regions }: ModuleFacts, offset: number): readonly Region[] {
  const found: Region[] = [];
  for (const region of regions) {
    if (region.span.start > offset) break;
    if (holds(region.span, offset)) found.push(region);
  }
  return found;
}
