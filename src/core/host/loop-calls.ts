// Which statements a function reaches over any number of calls, and so which calls in loops run statements.

import type { CallGraph, Target } from "./call-graph";
import { isInProcess, type Hop, type LoopCall, type LoopUse } from "./call-site";
import { ofGivenList } from "./given-list";
import { isWrite } from "./is-write";
import type { CallFacts, FunctionFacts, Memo, ModuleFacts } from "./module-facts";
import type { Places, SettledLoops } from "./settled-loops";
import type { TextValue } from "./text-value";
import { functionIn, type LinkedSite } from "./wrapper-sites";

/** A function that reaches a statement, under what it takes to. */
interface State {
  readonly function: FunctionFacts;
  /** The parameter that the database comes from: without it nothing is sent. */
  readonly needs: number | undefined;
  /** The parameter that the text itself comes from, where it is not known otherwise. */
  readonly given: number | undefined;
  /** The statement is made and handed back, to be run by the caller. */
  readonly hands: boolean;
  readonly reached: Map<LinkedSite, Way>;
}

/** The next call on the way; undefined where the statement stands in the function itself. */
interface Way {
  readonly length: number;
  readonly hop: Hop | undefined;
  readonly next: State | undefined;
}


/** Further up nobody follows, and chains of generated functions stay cheap. */
const mostHops = 16;

/** Pauses after each module. */
export function* loopCalls(modules: ReadonlyMap<string, ModuleFacts>, graph: CallGraph, settled: SettledLoops, sites: ReadonlyMap<string, readonly LinkedSite[]>): Generator<void, ReadonlyMap<string, readonly LoopCall[]>> {
  const reach = new Reach(modules, graph, settled);
  const taken = new Set<string>();
  for (const [path, linked] of sites) {
    for (const site of linked) {
      reach.add(site);
      taken.add(`${path}:${site.site.name.start}`);
    }
    yield;
  }
  const found = new Map<string, LoopCall[]>();
  for (const [path, module] of modules) {
    const calls = module.calls.filter((call) => (call.loop !== undefined || call.statement?.loop !== undefined) && !call.isNew && !taken.has(`${path}:${call.name.start}`));
    const own = calls.flatMap((call) => reach.loopCall(call, module) ?? []).sort((a, b) => a.name.start - b.name.start);
    if (own.length > 0) found.set(path, own);
    yield;
  }
  return found;
}

class Reach {
  readonly #graph: CallGraph;
  readonly #settled: SettledLoops;
  readonly #states = new Map<FunctionFacts, Map<string, State>>();
  readonly #outer = new Map<FunctionFacts, FunctionFacts>();
  readonly #modules = new Map<FunctionFacts, ModuleFacts>();
  readonly #memos = new Map<FunctionFacts, Memo>();

  constructor(modules: ReadonlyMap<string, ModuleFacts>, graph: CallGraph, settled: SettledLoops) {
    this.#graph = graph;
    this.#settled = settled;
    for (const module of modules.values()) {
      for (const facts of module.functions) {
        this.#modules.set(facts, module);
        const outer = functionIn(module, facts.outer);
        if (outer !== undefined && facts.runsInOuter) this.#outer.set(facts, outer);
      }
      for (const memo of module.memos) {
        const facts = functionIn(module, memo.inFunction);
        if (facts !== undefined) this.#memos.set(facts, memo);
      }
    }
  }

  /** Goes up from a statement to all that reach it, nearest first. */
  add(site: LinkedSite): void {
    const { inFunction, module } = site;
    if (inFunction === undefined || site.site.engine === "foreign" || site.site.engine === "durable-object") return;
    const needs = site.receiver === undefined ? undefined : parameterOf(site.receiver, module, inFunction);
    const given = site.given?.function === inFunction ? site.given.index : undefined;
    const first = this.#state(inFunction, needs, given, site.returned);
    const queue: State[] = [];
    const visit = (state: State, way: Way): void => {
      if (state.reached.has(site)) return;
      state.reached.set(site, way);
      queue.push(state);
    };
    visit(first, { length: 0, hop: undefined, next: undefined });
    for (let at = 0; at < queue.length; at++) {
      const state = queue[at]!;
      const length = state.reached.get(site)!.length;
      if (length >= mostHops) break;
      const outer = this.#outer.get(state.function);
      if (outer !== undefined) visit(this.#state(outer, state.needs === undefined ? undefined : this.#sameNeed(state, outer), site.given?.function === outer ? site.given.index : undefined, state.hands), { length, hop: undefined, next: state });
      for (const { module: home, call } of this.#graph.callers(state.function)) {
        const caller = functionIn(home, call.inFunction);
        if (caller === undefined || !sends(call, state.needs)) continue;
        const parameterHanded = (index: number | undefined): number | undefined => {
          const handed = index === undefined ? undefined : call.arguments[index]?.value;
          return handed === undefined ? undefined : parameterOf(handed, home, caller);
        };
        const hands = state.hands && call.statement?.returned === true && call.statement.executions.length === 0;
        visit(this.#state(caller, parameterHanded(state.needs), parameterHanded(state.given), hands), { length: length + 1, hop: { file: home.path, span: call.name }, next: state });
      }
    }
  }

  loopCall(call: CallFacts, module: ModuleFacts): LoopCall | undefined {
    const targets = this.#graph.targets(call);
    const reached = new Map<LinkedSite, State>();
    let hands = true;
    for (const target of targets) {
      for (const state of this.#statesOf(target)) {
        if (!sends(call, state.needs)) continue;
        for (const site of state.reached.keys()) {
          const known = reached.get(site);
          if (known === undefined || known.reached.get(site)!.length > state.reached.get(site)!.length) reached.set(site, state);
          hands &&= state.hands;
        }
      }
    }
    if (reached.size === 0) return undefined;
    const [{ given }] = [...reached.values()] as [State];
    const isGiven = given !== undefined && [...reached.values()].every((state) => state.given === given);
    const own = ofGivenList(hands ? handing(call) : call.loop, isGiven ? call.arguments[given]?.value : undefined);
    if (own === undefined) return undefined;
    const freshObjects = makesObjects(own, module);
    const again = new Map([...reached].filter(([site, state]) => !this.#isKept(site, state, freshObjects)));
    const sent = again.size === 0 ? reached : again;
    const writes = [...sent.keys()].filter(({ site }) => isWrite(site));
    const inProcess = [...sent.keys()].every(({ site }) => isInProcess(site.engine));
    const settled = again.size === 0 ? keptFromFirst(own) : asksOwnTable(call, sent) ? { ...own, shape: "bounded" as const, because: "each turn asks a table of its own" } : this.#settled.call(own, call, module, (target) => this.#placesIn(target));
    const loop = inProcess ? (this.#settled.transacted(settled, functionIn(module, call.inFunction)) ?? settled) : settled;
    return {
      name: call.name,
      call: call.call,
      callee: call.receiver === "" ? call.calleeName : `${call.receiver}.${call.calleeName}`,
      functionName: functionIn(module, call.inFunction)?.name,
      loop: this.#isWalk(call, module, targets) ? { ...loop, shape: "sequential", because: "it walks a tree" } : ownLoops(sent) ? { ...loop, shape: "chunked", because: "the loop over the rows is in what it calls" } : loop,
      reaches: { reads: sent.size - writes.length, writes: writes.length },
      inProcess,
      via: shortest(writes.length > 0 ? writes : [...sent.keys()], sent),
    };
  }

  /** On the way to the statement a function keeps what it gives, so that it is not asked in every turn. */
  #isKept(site: LinkedSite, from: State, freshObjects: boolean): boolean {
    if (this.#memos.size === 0) return false;
    for (let state: State | undefined = from; state !== undefined; state = state.reached.get(site)?.next) {
      const memo = this.#memos.get(state.function);
      if (memo !== undefined && !(memo.ofObject && freshObjects)) return true;
    }
    return false;
  }

  /** Where in a function statements are run, or calls made that lead to them. */
  #placesIn(target: Target): Places {
    const reached = [...this.#statesOf(target)].flatMap((state) => [...state.reached].filter(([site]) => !this.#isKept(site, state, false)));
    const places = (wanted: readonly (readonly [LinkedSite, Way])[]): number[] => wanted.map(([site, way]) => this.#placeIn(site, way));
    return { all: places(reached), writes: places(reached.filter(([{ site }]) => isWrite(site))) };
  }

  #placeIn(site: LinkedSite, way: Way): number {
    if (way.hop !== undefined) return way.hop.span.start;
    // It stands in a function within.
    const inner = way.next?.reached.get(site);
    return way.next === undefined || inner === undefined ? site.site.name.start : this.#placeIn(site, inner);
  }

  /** The call is one of the function around it, or leads back to it. */
  #isWalk(call: CallFacts, module: ModuleFacts, targets: readonly Target[]): boolean {
    const around = new Set<FunctionFacts>();
    for (let at = functionIn(module, call.inFunction); at !== undefined; at = functionIn(module, at.outer)) around.add(at);
    return targets.some((target) => around.has(target.function));
  }

  #sameNeed(state: State, outer: FunctionFacts): number | undefined {
    return this.#modules.get(state.function) === this.#modules.get(outer) && outer.parameters[state.needs!] !== undefined && state.function.parameters.length === 0 ? state.needs : undefined;
  }

  #state(of: FunctionFacts, needs: number | undefined, given: number | undefined, hands: boolean): State {
    let states = this.#states.get(of);
    if (states === undefined) this.#states.set(of, (states = new Map()));
    const key = `${needs}:${given}:${hands}`;
    let state = states.get(key);
    if (state === undefined) states.set(key, (state = { function: of, needs, given, hands, reached: new Map() }));
    return state;
  }

  #statesOf(target: Target): Iterable<State> {
    return this.#states.get(target.function)?.values() ?? [];
  }
}

/** `count(table)` in a loop over tables: what is handed in for the turn names the table of every statement. */
function asksOwnTable({ ofTurn }: CallFacts, sent: ReadonlyMap<LinkedSite, State>): boolean {
  return ofTurn.length > 0 && [...sent].every(([site, state]) => {
    const table = state.reached.get(site)?.hop === undefined ? tableParameter(site) : undefined;
    return table !== undefined && ofTurn.includes(table);
  });
}

/** 1 of `FROM ${table}`, where that is the second parameter of the function around. */
function tableParameter({ origin: { text, inFunction } }: LinkedSite): number | undefined {
  const parts = text?.kind === "concat" ? text.parts : [];
  for (const [i, part] of parts.entries()) {
    const before = parts[i - 1];
    if (part.kind !== "reference" || part.to.kind !== "parameter" || part.to.function !== inFunction || before?.kind !== "literal") continue;
    if (/\b(?:FROM|INTO|UPDATE|TABLE|JOIN)\s+["`[]?$/i.test(before.pieces.map((piece) => piece.text).join(""))) return part.to.index;
  }
  return undefined;
}

/** The loop around a call that gives a statement, which runs where the statement does. */
function handing({ loop, statement }: CallFacts): LoopUse | undefined {
  if (statement !== undefined && (statement.executions.length > 0 || statement.loop?.shape === "builds-batch")) return statement.loop;
  return loop === undefined ? undefined : { ...loop, shape: "builds-batch", because: "the statements are made here and run later" };
}

/** A turn makes objects of its own, which have kept nothing. */
function makesObjects({ span }: LoopUse, module: ModuleFacts): boolean {
  return module.calls.some(({ isNew, call }) => isNew && call.start >= span.start && call.end <= span.end);
}

function keptFromFirst({ over, turns, outer, ...loop }: LoopUse): LoopUse {
  return loop.shape === "per-element" ? { ...loop, shape: "bounded", because: "what it gives is kept from the first turn on" } : loop;
}

/** False where the call leaves out the argument that the database comes from. */
function sends(call: CallFacts, needs: number | undefined): boolean {
  if (needs === undefined || call.handedOn) return true;
  const spread = call.arguments.findIndex((argument) => argument.spread);
  if (spread >= 0 && spread <= needs) return true;
  const argument = call.arguments[needs];
  return argument !== undefined && argument.bound.kind !== "null" && argument.bound.kind !== "undefined";
}

/** The parameter of a function that a value is taken from. */
function parameterOf(value: TextValue, module: ModuleFacts, of: FunctionFacts): number | undefined {
  let at: TextValue | undefined = value;
  while (at !== undefined && at.kind === "reference") {
    const { to }: Extract<TextValue, { kind: "reference" }> = at;
    if (to.kind === "parameter") return module.functions[to.function] === of ? to.index : undefined;
    if (to.kind === "member" || to.kind === "each" || to.kind === "binding") at = to.of;
    else if (to.kind === "either") at = to.first;
    else if (to.kind === "call") at = to.callee;
    else return undefined;
  }
  return undefined;
}

/** Each turn hands on a list, whose elements are looped over by the function that has the statement; `while` goes over none. */
function ownLoops(reached: ReadonlyMap<LinkedSite, State>): boolean {
  return [...reached].every(([linked, state]) => {
    const { loop } = linked.site;
    return loop?.shape === "per-element" && !/^(?:while|do)$/.test(loop.form) && state.reached.get(linked)?.hop === undefined;
  });
}

function shortest(sites: readonly LinkedSite[], reached: ReadonlyMap<LinkedSite, State>): readonly Hop[] {
  const lengthOf = (site: LinkedSite): number => reached.get(site)!.reached.get(site)!.length;
  const nearest = sites.reduce((best, site) => (lengthOf(site) < lengthOf(best) ? site : best));
  const hops: Hop[] = [];
  for (let state: State | undefined = reached.get(nearest); state !== undefined; ) {
    const way: Way | undefined = state.reached.get(nearest);
    if (way?.hop !== undefined) hops.push(way.hop);
    state = way?.next;
  }
  return [...hops, { file: nearest.module.path, span: nearest.site.name }, ...nearest.site.via];
}

