// Puts together what the linked code says about requests: `Served`.

import type { CallGraph } from "../call-graph";
import type { Evaluator } from "../evaluate";
import type { FunctionFacts, ModuleFacts } from "../module-facts";
import type { Endpoint, Served } from "../served";
import type { LinkedSite } from "../wrapper-sites";
import { Bodies, type Body } from "./bodies";
import { CacheCalls, isAside } from "./cache-calls";
import { CachedValues } from "./cached-values";
import { Origins } from "./origins";
import { addTo, Reaching, reachOf, union, type Reached } from "./reaching";
import { Routes, type Route } from "./routes";

/** Pauses after each module and each endpoint. */
export function* serve(modules: ReadonlyMap<string, ModuleFacts>, evaluator: Evaluator, graph: CallGraph, sites: ReadonlyMap<string, readonly LinkedSite[]>): Generator<void, Served> {
  const routes = new Routes(modules, evaluator, graph).all();
  yield;
  const caches = yield* new CacheCalls(new Origins(evaluator), graph).of(modules);
  const handlers = new Set(routes.flatMap((route) => [...route.handlers, ...route.written, ...route.around]));
  const bodies = new Bodies(modules.values(), graph, sites.values(), caches, handlers);
  const values = new CachedValues();
  yield;
  const entering = new Entering(modules, graph, bodies, new Reaching(modules, bodies, values));
  const endpoints = yield* entering.endpoints(routes, handlers);
  const cachedValues = values.all(caches.map(({ call }) => call));
  // A map of the module is a cache where statements fill it.
  const filled = new Set(cachedValues.flatMap(({ get, put }) => [...get.stores, ...(put?.stores ?? [])]).map(({ name }) => name));
  const cacheCalls = caches.filter(({ isGuess, call }) => !isGuess || call.stores.some(({ name }) => filled.has(name))).map(({ call }) => call);
  return { endpoints, cacheCalls, cachedValues };
}

class Entering {
  readonly #modules: ReadonlyMap<string, ModuleFacts>;
  readonly #graph: CallGraph;
  readonly #bodies: Bodies;
  readonly #reaching: Reaching;
  readonly #reached = new Set<string>();

  constructor(modules: ReadonlyMap<string, ModuleFacts>, graph: CallGraph, bodies: Bodies, reaching: Reaching) {
    this.#modules = modules;
    this.#graph = graph;
    this.#bodies = bodies;
    this.#reaching = reaching;
  }

  *endpoints(routes: readonly Route[], handlers: ReadonlySet<FunctionFacts>): Generator<void, readonly Endpoint[]> {
    const found: Endpoint[] = [];
    for (const route of routes) {
      found.push(...this.#endpoint(route));
      yield;
    }
    const bodies = [...this.#bodies.all()].filter(({ module }) => !isAside(module.path));
    for (const body of bodies) {
      if (body.function !== undefined && !handlers.has(body.function) && this.#isCalledByNobody(body.function)) found.push(...this.#other(body));
      yield;
    }
    // What only calls itself, or is run when its file is loaded.
    for (const body of bodies) if (body.sites.some(({ linked }) => !this.#reached.has(`${linked.module.path}:${linked.site.name.start}`))) found.push(...this.#other(body));
    const order = new Map([...this.#modules.keys()].map((path, at) => [path, at]));
    return found.sort((a, b) => order.get(a.file)! - order.get(b.file)! || a.name.start - b.name.start);
  }

  #isCalledByNobody(facts: FunctionFacts): boolean {
    return this.#graph.callers(facts).every(({ module, call }) => {
      const caller = call.inFunction === undefined ? undefined : module.functions[call.inFunction];
      return isAside(module.path) || (caller !== undefined && this.#bodies.owner(caller) === facts);
    });
  }

  #endpoint(route: Route): readonly Endpoint[] {
    const found = new Map<string, Reached>();
    const bodyOf = (facts: FunctionFacts): Body[] => {
      const owner = this.#bodies.owner(facts);
      const body = owner === undefined ? undefined : this.#bodies.of(owner);
      return body === undefined ? [] : [body];
    };
    const handlers = route.handlers.flatMap(bodyOf);
    for (const body of route.written.flatMap(bodyOf)) for (const reached of this.#reaching.from(body).values()) addTo(found, reached);
    this.#surround(found, handlers);
    for (const body of handlers) for (const reached of this.#reaching.from(body).values()) addTo(found, reached);
    const around = route.around.flatMap(bodyOf);
    this.#surround(found, around);
    for (const body of around) for (const [key, reached] of this.#reaching.from(body)) if (!found.has(key)) found.set(key, reached);
    if (found.size === 0 && route.kind !== "http") return [];
    for (const key of found.keys()) this.#reached.add(key);
    return [{ kind: route.kind, method: route.method, route: route.route, file: route.module.path, name: route.name, functionName: route.functionName, reaches: [...found.values()].map(reachOf) }];
  }

  /** A middleware goes on after `next()`, and may answer from a cache before it. */
  #surround(found: Map<string, Reached>, around: readonly Body[]): void {
    for (const body of around) {
      const outer = this.#reaching.around(body);
      if (outer === undefined || (outer.after.size === 0 && outer.cached === undefined)) continue;
      for (const [key, reached] of found) {
        const inside: Reached = { ...reached, after: union(reached.after, outer.after), cached: reached.cached ?? outer.cached };
        this.#reaching.keep(inside);
        found.set(key, inside);
      }
    }
  }

  #other(body: Body): readonly Endpoint[] {
    const found = this.#reaching.from(body);
    const [first] = found.values();
    if (first === undefined) return [];
    for (const key of found.keys()) this.#reached.add(key);
    const start = body.sites[0]?.linked.site.name ?? body.calls[0]?.call.name ?? { start: 0, end: 0 };
    return [{ kind: "other", method: undefined, route: undefined, file: body.module.path, name: body.function?.place ?? start, functionName: body.function?.name, reaches: [...found.values()].map(reachOf) }];
  }
}
