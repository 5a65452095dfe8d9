// Which of the calls that look like a cache's are one's: by what they are called on.

import type { Context, Head } from "../heads";
import type { ModuleFacts } from "../module-facts";
import type { CacheUse } from "../request-facts";
import type { CacheStore } from "../served";
import type { TextValue } from "../text-value";
import { sourceOf } from "./key-texts";
import type { Origins } from "./origins";

export interface FoundStore {
  readonly store: CacheStore;
  /** Nothing but its use can tell whether it is a cache. */
  readonly isGuess: boolean;
}

/** Names that buckets, databases and services go by, where their types are not seen. */
const otherBinding = /(?:^|_)(?:DB|D1|DATABASE|BUCKET|R2|STORAGE|FILES?|MEDIA|IMAGES?|PHOTOS|ASSETS|UPLOADS?|BLOBS?|BACKUPS?|DOCUMENTS?|ATTACHMENTS?|AI|QUEUE|VECTORIZE|DO|ROOMS?|SERVICE|API)(?:_|\d|$)|BUCKET|_R2|R2_/i;

export class CacheStores {
  readonly #origins: Origins;
  readonly #types = new Map<string, string>();

  constructor(origins: Origins, modules: Iterable<ModuleFacts>) {
    this.#origins = origins;
    for (const module of modules) for (const [name, type] of module.bindingTypes) if (type === "KVNamespace" || !this.#types.has(name)) this.#types.set(name, type);
  }

  of(use: CacheUse, context: Context): FoundStore | undefined {
    if (use.map !== undefined) return { store: { kind: "memory", name: use.map.name }, isGuess: !use.map.isNamedCache };
    for (const head of this.#origins.of(use.receiver, context).flatMap((one) => [one, ...this.#typed(one)])) {
      const store = this.#store(head, use);
      if (store !== undefined) return { store, isGuess: false };
    }
    return undefined;
  }

  /** A class or an interface of the project that is named as a cache, whatever it keeps its values in. */
  named(use: CacheUse, context: Context): CacheStore | undefined {
    for (const head of this.#origins.of(use.receiver, context).flatMap((one) => this.#typed(one))) {
      const name = this.#origins.evaluator.classOf(head)?.facts.name;
      if (name !== undefined && /Cache$/.test(name)) return { kind: "memory", name };
    }
    return undefined;
  }

  /** What a parameter's type, or its callers, tell of it. */
  #typed(head: Head): readonly Head[] {
    if (head.value.kind !== "reference" || !(head.value.to.kind === "parameter" || head.value.to.kind === "member" || head.value.to.kind === "call")) return [head];
    const found = this.#origins.evaluator.heads(head.value, head.context);
    return found.length > 0 ? found : [head];
  }

  #store({ value, context }: Head, use: CacheUse): CacheStore | undefined {
    if (value.kind !== "reference") return undefined;
    const { to } = value;
    switch (to.kind) {
      case "binding":
        return this.#binding(to.name, use.method);
      case "new":
        return this.#made(to.class, context, use);
      case "member":
        return to.name === "default" && sourceOf(to.of, context) === "caches" ? { kind: "cache-api", name: undefined } : undefined;
      case "call":
        return this.#called(to.callee, to.arguments, context);
      default:
        return undefined;
    }
  }

  #binding(name: string, method: string): CacheStore | undefined {
    const type = this.#types.get(name);
    if (method === "match" || method === "purge" || (type === undefined ? otherBinding.test(name) || !/^[A-Z]|[kK][vV]|[cC]ache/.test(name) : type !== "KVNamespace")) return undefined;
    return { kind: "kv", name };
  }

  #made(made: TextValue, context: Context, use: CacheUse): CacheStore | undefined {
    const name = made.kind === "reference" && made.to.kind === "global" ? made.to.name : undefined;
    if (name === "KVNamespace") return { kind: "kv", name: /(\w+)$/.exec(use.receiverText)?.[1] };
    if (name === "Cache") return { kind: "cache-api", name: undefined };
    return this.#origins.evaluator.heads(made, context).some((head) => this.#origins.isHelper(head)) || isHelperImport(made, "QueryCache") ? { kind: "helper", name: undefined } : undefined;
  }

  #called(callee: TextValue, handed: readonly TextValue[], context: Context): CacheStore | undefined {
    if (callee.kind === "reference" && callee.to.kind === "member" && callee.to.name === "open" && sourceOf(callee.to.of, context) === "caches") return { kind: "cache-api", name: undefined };
    const isOurs = isHelperImport(callee, "createCache") || this.#origins.evaluator.heads(callee, context).some((head) => this.#origins.isHelper(head));
    return isOurs ? { kind: "helper", name: this.#helperStore(handed[0], context) } : undefined;
  }

  /** `CACHE` of `createCache({ store: kvStore(env.CACHE) })`. */
  #helperStore(options: TextValue | undefined, context: Context): string | undefined {
    for (const head of options === undefined ? [] : this.#origins.of(options, context)) {
      const store = head.value.kind === "reference" && head.value.to.kind === "object" ? head.value.to.members.get("store") : undefined;
      const [kept] = store?.kind === "reference" && store.to.kind === "call" ? store.to.arguments : [];
      for (const one of kept === undefined ? [] : this.#origins.of(kept, head.context)) if (one.value.kind === "reference" && one.value.to.kind === "binding") return one.value.to.name;
    }
    return undefined;
  }
}

/** The helper's file is not among those that are read. */
function isHelperImport(value: TextValue, name: string): boolean {
  return value.kind === "reference" && value.to.kind === "import" && value.to.name === name && /(?:^|\/)query-cache(?:\.[cm]?[jt]s)?$/.test(value.to.specifier);
}
