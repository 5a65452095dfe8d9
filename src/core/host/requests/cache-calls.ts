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
}

const mostHops = 6;
const mostCallers = 200;
const mostReached = 2000;
const mostKeys = 12;

export class CacheCalls {
  readonly #origins: Origins;
  readonly #graph: CallGraph;
  readonly #keys: KeyReader;
  #reached = 0;

  constructor(origins: Origins, graph: CallGraph) {
    this.#origins = origins;
    this.#graph = graph;
    this.#keys = new KeyReader(origins);
  }

  of(modules: ReadonlyMap<string, ModuleFacts>): readonly FoundCall[] {
    const stores = new CacheStores(this.#origins, modules.values());
    const places = new Map<string, Reached[]>();
    const add = (reached: Reached): void => {
      const { module, name } = placeOf(reached);
      const key = `${module.path}:${name.start}`;
      const known = places.get(key);
      if (known === undefined) places.set(key, [reached]);
      else known.push(reached);
    };
    const others: { readonly use: CacheUse; readonly module: ModuleFacts; readonly store: CacheStore }[] = [];
    for (const module of modules.values()) {
      if (isHelperFile(module)) continue;
      const root = this.#origins.evaluator.rootOf(module);
      for (const use of module.cacheUses) {
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
      if (places.has(`${module.path}:${use.name.start}`)) continue;
      for (const reached of this.#outermost(use, store, false, module)) add(reached);
    }
    return [...places.values()].map((reached) => this.#merged(reached)).sort((a, b) => order(a, b, [...modules.keys()]));
  }

  #withStore(reached: Reached, stores: CacheStores): Reached {
    if (reached.chain.length === 0 || reached.store.kind === "memory") return reached;
    const told = stores.of(reached.use, reached.context);
    return told === undefined ? reached : { ...reached, store: told.store };
  }

  #outermost(use: CacheUse, store: CacheStore, isGuess: boolean, module: ModuleFacts): readonly Reached[] {
    const root = this.#origins.evaluator.rootOf(module);
    const own: Reached = { use, store, isGuess, module, chain: [], context: root, texts: this.#textsOf(use, store, root), open: undefined };
    return this.#promoted(own);
  }

  /** A call stands for itself, unless those who call its function say more of the key. */
  #promoted(inner: Reached): readonly Reached[] {
    if (inner.chain.length >= mostHops || this.#reached++ > mostReached) return [inner];
    const letters = lettersOf(inner.texts.keys);
    for (const open of inner.texts.open) {
      if (inner.chain.some((known) => known.target.function === open.function)) continue;
      const callers = this.#graph.callers(open.function).filter(({ call }) => !call.handedOn).slice(0, mostCallers);
      const outer = callers.map((caller): Reached => {
        const chain = [...inner.chain, caller];
        const context = this.#contextOf(chain);
        return { ...inner, chain, context, texts: this.#textsOf(inner.use, inner.store, context), open };
      });
      if (outer.length > 0 && (letters === 0 || outer.some(({ texts }) => lettersOf(texts.keys) > letters))) return outer.flatMap((reached) => this.#promoted(reached));
    }
    return [inner];
  }

  #textsOf(use: CacheUse, store: CacheStore, context: Context): KeyTexts {
    if (use.sweep === "all") return { keys: [{ parts: [] }], open: [] };
    if (use.sweep !== undefined) return this.#keys.of(use.sweep, context);
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
      via: first.chain.length === 0 ? [] : viaOf(first),
      keys: [...keys.values()],
      keyExpression: isOurs ? undefined : keyExpressionOf(first),
      ttl: isOurs ? this.#helperTtl(first) : (ttls.find((ttl) => typeof ttl === "number") ?? ttls[0]),
      tables: isOurs && first.use.key !== undefined ? this.#tables(first.use.key, first.context) : undefined,
      scope: isOurs && first.chain.length === 0 ? first.use.scope : undefined,
      prefix: operation === "delete" && all.some(({ use }) => use.sweep !== undefined),
    };
    const kinds = new Set(all.map(({ use }) => kindOf(use)));
    return { module: place.module, inFunction: place.inFunction, call, computes: operation === "get" && (isOurs || kinds.has("put")), isGuess: all.every(({ isGuess }) => isGuess) };
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

function viaOf({ chain, use, module }: Reached): readonly Hop[] {
  return [...chain.slice(0, -1).reverse().map((hop) => ({ file: hop.module.path, span: hop.call.name })), { file: module.path, span: use.name }];
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
  if (/^(?:set|put|write|save|store|update|remember|warm|add)(?![a-z])/i.test(called) && kinds.has("put")) return "put";
  return kinds.has("get") ? "get" : kinds.has("put") ? "put" : "delete";
}

function nameOfWrapper(all: readonly Reached[]): string {
  return all.flatMap(({ chain }) => chain.at(-1)?.call.calleeName ?? [])[0] ?? "";
}

function order(a: FoundCall, b: FoundCall, paths: readonly string[]): number {
  return paths.indexOf(a.module.path) - paths.indexOf(b.module.path) || a.call.name.start - b.call.name.start;
}

