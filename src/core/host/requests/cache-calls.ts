// The calls of a project that reach a cache, each at its outermost wrapper: the call that hands in what the key says.

import type { CallerOf, CallGraph } from "../call-graph";
import type { Hop } from "../call-site";
import type { Context, OpenParameter } from "../heads";
import type { CallFacts, ModuleFacts } from "../module-facts";
import { memberOf } from "../reference";
import type { CacheUse } from "../request-facts";
import type { CacheCall, CacheKey, CacheStore } from "../served";
import { functionIn } from "../wrapper-sites";
import { CacheStores } from "./cache-stores";
import { KeyReader, lettersOf, skeletonOf, type KeyTexts } from "./key-texts";
import { secondsOf } from "./lifetimes";
import type { Origins } from "./origins";

/** A call of a cache, with what the types of the room do not show. */
export interface FoundCall {
  readonly module: ModuleFacts;
  readonly inFunction: number | undefined;
  readonly call: CacheCall;
  /** It gives the value that is cached, or makes it and caches it. */
  readonly computes: boolean;
  readonly isGuess: boolean;
  /** The calls below it, where they are made. */
  readonly inner: readonly InnerCall[];
}

/** A call of a cache within a wrapper. */
export interface InnerCall {
  readonly module: ModuleFacts;
  readonly inFunction: number | undefined;
  readonly name: CallFacts["name"];
  readonly call: CallFacts["call"];
  readonly kind: "get" | "put" | "delete" | "purge";
}

/** One use of a store as one call of a wrapper reaches it. */
interface Reached {
  readonly use: CacheUse;
  readonly store: CacheStore;
  readonly isGuess: boolean;
  readonly module: ModuleFacts;
  readonly chain: readonly CallerOf[];
  readonly context: Context;
  readonly texts: KeyTexts;
  readonly open: OpenParameter | undefined;
  /** Below the use, where that is a loop over keys which deletes them by a wrapper. */
  readonly below: readonly Hop[];
}

const mostHops = 6;
const mostCallers = 200;
const mostReached = 2000;
const mostKeys = 12;

export class CacheCalls {
  readonly #origins: Origins;
  readonly #graph: CallGraph;
  readonly #keys: KeyReader;
  readonly #sweeps = new Map<string, CacheUse>();
  #reached = 0;

  constructor(origins: Origins, graph: CallGraph) {
    this.#origins = origins;
    this.#graph = graph;
    this.#keys = new KeyReader(origins);
  }

  /** Pauses after each module. */
  *of(modules: ReadonlyMap<string, ModuleFacts>): Generator<void, readonly FoundCall[]> {
    const stores = new CacheStores(this.#origins, modules.values());
    const places = new Map<string, Reached[]>();
    const explained = new Set<string>();
    const add = (reached: Reached): void => {
      for (const { module, call } of reached.chain) explained.add(`${module.path}:${call.name.start}`);
      const { module, name } = placeOf(reached);
      const key = `${module.path}:${name.start}`;
      const known = places.get(key);
      if (known === undefined) places.set(key, [reached]);
      else known.push(reached);
    };
    for (const module of modules.values()) for (const use of module.cacheUses) if (use.sweep !== undefined) this.#sweeps.set(`${module.path}:${use.name.start}`, use);
    const others: { readonly use: CacheUse; readonly module: ModuleFacts; readonly store: CacheStore }[] = [];
    for (const module of modules.values()) {
      yield;
      if (isHelperFile(module) || isAside(module.path)) continue;
      const root = this.#origins.evaluator.rootOf(module);
      for (const use of module.cacheUses) {
        if (use.sweep === "evicts") continue;
        const found = stores.of(use, root);
        if (found === undefined) {
          const store = stores.named(use, root);
          if (store !== undefined) others.push({ use, module, store });
          continue;
        }
        for (const reached of this.#outermost(use, found.store, found.isGuess, module)) add(this.#withStore(reached, stores));
      }
    }
    for (const { use, module, store } of others) {
      if (places.has(`${module.path}:${use.name.start}`) || explained.has(`${module.path}:${use.name.start}`)) continue;
      for (const reached of this.#outermost(use, store, false, module)) add(reached);
      yield;
    }
    const order = new Map([...modules.keys()].map((path, at) => [path, at]));
    return [...places.values()].map((reached) => this.#merged(reached)).sort((a, b) => order.get(a.module.path)! - order.get(b.module.path)! || a.call.name.start - b.call.name.start);
  }

  #withStore(reached: Reached, stores: CacheStores): Reached {
    if (reached.chain.length === 0 || reached.store.kind === "memory") return reached;
    const told = stores.of(reached.use, reached.context);
    return told === undefined ? reached : { ...reached, store: told.store };
  }

  #outermost(use: CacheUse, store: CacheStore, isGuess: boolean, module: ModuleFacts): readonly Reached[] {
    const root = this.#origins.evaluator.rootOf(module);
    const own: Reached = { use, store, isGuess, module, chain: [], context: root, texts: this.#textsOf(use, store, root), open: undefined, below: [] };
    return this.#promoted(own);
  }

  /** A call stands for itself, unless those who call its function say more of the key. */
  #promoted(inner: Reached): readonly Reached[] {
    if (inner.chain.length >= mostHops || this.#reached++ > mostReached) return [inner];
    const letters = lettersOf(inner.texts.keys);
    for (const open of inner.texts.open) {
      if (inner.chain.some((known) => known.target.function === open.function)) continue;
      const callers = this.#graph.callers(open.function).filter(({ call, module }) => !call.handedOn && !isAside(module.path)).slice(0, mostCallers);
      const outer = callers.map((caller): Reached => {
        const chain = [...inner.chain, caller];
        const context = this.#contextOf(chain);
        return { ...inner, chain, context, texts: this.#textsOf(inner.use, inner.store, context), open };
      });
      if (outer.length > 0 && (letters === 0 || outer.some(({ texts }) => lettersOf(texts.keys) > letters))) return outer.flatMap((reached) => this.#swept(reached) ?? this.#promoted(reached));
    }
    return [inner];
  }

  /** A wrapper that deletes one key, called in a loop over keys. */
  #swept(reached: Reached): readonly Reached[] | undefined {
    const { module, name } = placeOf(reached);
    const use = this.#sweeps.get(`${module.path}:${name.start}`);
    if (use === undefined || kindOf(reached.use) !== "delete") return undefined;
    if (use.sweep === "evicts") return [];
    const context = this.#origins.evaluator.rootOf(module);
    return this.#promoted({ ...reached, use, module, chain: [], context, texts: this.#textsOf(use, reached.store, context), open: undefined, below: viaOf(reached) });
  }

  #textsOf(use: CacheUse, store: CacheStore, context: Context): KeyTexts {
    if (use.sweep === "all") return { keys: [{ parts: [] }], open: [] };
    if (use.sweep !== undefined && use.sweep !== "evicts") return this.#keys.of(use.sweep, context);
    if (use.key === undefined) return { keys: [], open: [] };
    return this.#keys.of(store.kind === "helper" ? memberOf(use.key, "name") : use.key, context);
  }

  #contextOf(chain: readonly CallerOf[]): Context {
    let context = this.#origins.evaluator.rootOf(chain.at(-1)!.module);
    for (const caller of [...chain].reverse()) context = this.#graph.entered(caller, context);
    return context;
  }

  #merged(all: readonly Reached[]): FoundCall {
    const [first] = [...all].sort((a, b) => a.chain.length - b.chain.length) as [Reached];
    const place = placeOf(first);
    const operation = operationOf(all);
    const keys = new Map<string, CacheKey>();
    for (const { texts } of all) for (const key of texts.keys) if (keys.size < mostKeys) keys.set(skeletonOf(key, "with holes"), key);
    const stores = new Map(all.map(({ store }) => [`${store.kind}:${store.name}`, store]));
    const ttls = all.flatMap((reached) => (reached.use.lifetime === undefined || operation === "delete" ? [] : [secondsOf(forStore(reached), reached.context, this.#origins)]));
    const isOurs = first.store.kind === "helper";
    const call: CacheCall = {
      operation,
      stores: [...stores.values()],
      file: place.module.path,
      name: place.name,
      call: place.span,
      functionName: functionIn(place.module, place.inFunction)?.name,
      via: viaOf(first),
      keys: [...keys.values()],
      keyExpression: isOurs ? undefined : keyExpressionOf(first),
      ttl: isOurs ? this.#helperTtl(first) : (ttls.find((ttl) => typeof ttl === "number") ?? ttls[0]),
      tables: isOurs && first.use.key !== undefined ? this.#tables(first.use.key, first.context) : undefined,
      scope: isOurs && first.chain.length === 0 ? first.use.scope : undefined,
      prefix: operation === "delete" && all.some(({ use }) => use.sweep !== undefined),
    };
    const kinds = new Set(all.map(({ use }) => kindOf(use)));
    return { module: place.module, inFunction: place.inFunction, call, computes: operation === "get" && (isOurs || kinds.has("put")), isGuess: all.every(({ isGuess }) => isGuess), inner: all.flatMap(innerOf) };
  }

  #helperTtl({ use, context }: Reached): CacheCall["ttl"] {
    return use.method !== "get" || use.key === undefined ? undefined : secondsOf({ kind: "seconds", value: memberOf(use.key, "ttl"), per: 1 }, context, this.#origins);
  }

  /** In lower case; undefined where one of them is not known. */
  #tables(entry: NonNullable<CacheUse["key"]>, context: Context): readonly string[] | undefined {
    const { keys, open } = this.#keys.of(memberOf(entry, "tables"), context);
    const names = keys.map(({ parts }) => parts);
    if (names.length === 0 || open.length > 0 || names.some((parts) => parts.some((part) => typeof part !== "string"))) return undefined;
    return names.map((parts) => parts.join("").toLowerCase());
  }
}

/** Tests, fixtures and scripts serve nothing. */
export function isAside(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|__mocks__|e2e|scripts?|bench(?:marks?)?)\/|\.(?:test|spec|bench|e2e|stories)\.[cm]?[jt]sx?$/i.test(path);
}

function forStore({ use, store }: Reached): NonNullable<CacheUse["lifetime"]> {
  const lifetime = use.lifetime ?? { kind: "none" };
  return store.kind === "cache-api" && lifetime.kind === "none" ? { kind: "unknown" } : lifetime;
}

function isHelperFile(module: ModuleFacts): boolean {
  return /(?:^|\/)query-cache\.[cm]?[jt]s$/.test(module.path) && module.exports.has("createCache");
}

interface Place {
  readonly module: ModuleFacts;
  readonly name: CallFacts["name"];
  readonly span: CallFacts["call"];
  readonly inFunction: number | undefined;
}

function placeOf({ chain, use, module }: Reached): Place {
  const outer = chain.at(-1);
  if (outer === undefined) return { module, name: use.name, span: use.call, inFunction: use.inFunction };
  return { module: outer.module, name: outer.call.name, span: outer.call.call, inFunction: outer.call.inFunction };
}

function viaOf({ chain, use, module, below }: Reached): readonly Hop[] {
  if (chain.length === 0) return below;
  return [...chain.slice(0, -1).reverse().map((hop) => ({ file: hop.module.path, span: hop.call.name })), { file: module.path, span: use.name }, ...below];
}

function innerOf({ chain, use, module }: Reached): readonly InnerCall[] {
  if (chain.length === 0) return [];
  const kind = kindOf(use);
  return [{ module, inFunction: use.inFunction, name: use.name, call: use.call, kind }, ...chain.slice(0, -1).map((hop) => ({ module: hop.module, inFunction: hop.call.inFunction, name: hop.call.name, call: hop.call.call, kind }))];
}

function keyExpressionOf({ chain, use, open }: Reached): CacheCall["keyExpression"] {
  const outer = chain.at(-1);
  if (outer === undefined) return use.keySpan;
  return open === undefined || open.function !== outer.target.function ? undefined : outer.call.arguments[open.index]?.span;
}

function kindOf({ method }: CacheUse): "get" | "put" | "delete" | "purge" {
  if (method === "put" || method === "set") return "put";
  if (method === "delete" || method === "clear") return "delete";
  return method === "purge" ? "purge" : "get";
}

/** What one call does in the end, where its wrapper does several things. */
function operationOf(all: readonly Reached[]): CacheCall["operation"] {
  const kinds = new Set(all.map(({ use }) => kindOf(use)));
  const [only] = kinds;
  if (kinds.size === 1) return only!;
  if (kinds.has("purge")) return "purge";
  const called = nameOfWrapper(all);
  if (kinds.has("delete") && /^(?:delete|del|remove|invalidate|purge|clear|evict|drop|forget|expire|bust|flush|reset)/i.test(called)) return "delete";
  if (/^(?:set|put|write|save|store|update|warm|add)(?![a-z])/i.test(called) && kinds.has("put")) return "put";
  return kinds.has("get") ? "get" : kinds.has("put") ? "put" : "delete";
}

function nameOfWrapper(all: readonly Reached[]): string {
  return all.flatMap(({ chain }) => chain.at(-1)?.call.calleeName ?? [])[0] ?? "";
}

