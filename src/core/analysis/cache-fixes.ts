// The fixes of the rules about caches: a read put behind the project's cache helper, and purges put after writes.

import { TTL_WITHOUT_CLASS } from "../caching/cache-class";
import type { CacheMap, CacheRead, CacheWrite, Forgotten } from "../caching/cache-map";
import { isOfHelper } from "../caching/purges";
import { knownCacheHelper } from "../caching/helper-file";
import type { CachedValue, KeyHole } from "../host/served";
import { cacheRead, type CacheWish } from "../host/rewrite/cached-read";
import { cacheRegion } from "../host/rewrite/cached-region";
import type { CodeFile, CodeFiles } from "../host/rewrite/code-files";
import { moveRead } from "../host/rewrite/moved-read";
import { purgeAfter, type PurgeWish } from "../host/rewrite/purge-after";
import { withheld, type Outcome, type Rewrite } from "../host/rewrite/rewrite";
import type { CacheFix, RuleFix } from "../rules/rule";
import type { TextEdit } from "../text/edit";
import type { Span } from "../text/span";
import type { FileReview, JudgedSite } from "./file-review";
import { fixesOf, reasonOf } from "./rewrite-fixes";
import type { Snapshot } from "./snapshot";

export interface CacheFixFacts {
  readonly files: CodeFiles;
  readonly snapshot: Snapshot;
  reviewOf(path: string): FileReview | undefined;
}

/** A place in a file where a purge can be put after. */
interface Place {
  readonly file: string;
  readonly span: Span;
}

export class CacheFixes {
  readonly #map: CacheMap;
  readonly #facts: CacheFixFacts;
  #helper: { readonly path: string | undefined } | undefined;
  #names: ReadonlyMap<CacheRead, string> | undefined;

  constructor(map: CacheMap, facts: CacheFixFacts) {
    this.#map = map;
    this.#facts = facts;
  }

  get hasHelper(): boolean {
    return this.#helperFile() !== undefined;
  }

  wrap(read: CacheRead): CacheFix {
    return once(() => this.#wrapped(read));
  }

  purge(write: CacheWrite, forgotten: readonly Forgotten[]): CacheFix {
    return once(() => this.#purged(write, forgotten));
  }

  #wrapped(read: CacheRead): Outcome {
    const helper = this.#helperFile();
    if (helper === undefined) return withheld("the project has no cache helper yet, which the command `Create Cache Helper` writes");
    if (this.#map.style === "workers-cache") return withheld("Workers Cache keeps whole responses, which the helper's `headers` are for");
    const site = this.#siteOf(read);
    const code = this.#facts.files.file(read.file);
    if (site === undefined || code === undefined) return withheld("the file is not all code");
    const alone = site.loops.length > 0 ? withheld("the read is sent once for each turn of a loop, which is to be mended first") : this.#alone(read, site, code, helper);
    if ("rewrite" in alone) return alone;
    const whole = cacheRegion(code, read.name, (prepares) => {
      const sites = (this.#facts.reviewOf(read.file)?.sites ?? []).filter((one) => prepares.includes(one.site.name.start));
      return sites.length < prepares.length ? "not all of its statements are known" : this.#wish(read, this.#asOne(sites, read.file), helper);
    });
    return "rewrite" in whole || site.loops.length > 0 ? whole : alone;
  }

  #alone(read: CacheRead, site: JudgedSite, code: CodeFile, helper: string): Outcome {
    const wish = this.#wish(read, this.#sentTogether(read, site), helper);
    return typeof wish === "string" ? withheld(wish) : cacheRead(code, read.name, wish);
  }

  /** What is read together as one value; `together` is undefined where there is more to it than reads of one user, or of all. A text says why not. */
  #wish(read: CacheRead, together: readonly CacheRead[] | undefined, helper: string): CacheWish | string {
    if (together === undefined) return "what is sent with it is more than what one cache can keep";
    const users = together.filter(({ user }) => user !== undefined);
    const scope = users[0]?.user?.bound;
    if (users.length > 0 && scope === undefined) return "whose rows are read is not seen here";
    const tables = [...new Set(together.flatMap((one) => one.tables))];
    return { name: this.#nameOf(read), tables, scope, ttl: Math.min(...together.map(({ ttl }) => ttl ?? TTL_WITHOUT_CLASS)), helper };
  }

  /** The read, or all reads of its batch; undefined where that has something else, or rows of several users. */
  #sentTogether(read: CacheRead, { site }: JudgedSite): readonly CacheRead[] | undefined {
    const batch = site.executions.find(({ method }) => method === "batch");
    if (batch === undefined) return [read];
    return this.#asOne((this.#facts.reviewOf(read.file)?.sites ?? []).filter((one) => one.site.executions.some(({ name }) => name.start === batch.name.start)), read.file);
  }

  #asOne(sites: readonly JudgedSite[], file: string): readonly CacheRead[] | undefined {
    const reads = sites.map(({ site }) => this.#map.reads.find(({ site: place }) => place.file === file && place.start === site.name.start));
    const known = reads.filter((one) => one !== undefined);
    const users = new Set(known.flatMap(({ user }) => (user === undefined ? [] : [user.text])));
    return known.length < reads.length || users.size > 1 || known.some(({ volatile }) => volatile.length > 0) ? undefined : known;
  }

  #purged(write: CacheWrite, forgotten: readonly Forgotten[]): Outcome {
    const edits = new Map<string, TextEdit[]>();
    const helper = this.#helperFile();
    const values = [...new Set(forgotten.map(({ value }) => value))];
    // A key that cannot be written at the write can be ended by the helper, which goes by tables.
    const moved = helper === undefined ? [] : values.filter((value) => !isOfHelper(value.get) && this.#move(value, helper, edits));
    const wish = this.#purgeWish(write, forgotten, moved);
    if (typeof wish === "string") return withheld(wish);
    const site = this.#siteOf(write);
    const sent = site?.site.executions.at(-1)?.name ?? write.name;
    for (const { endpoint } of forgotten) {
      const reach = endpoint.reaches.find((one) => one.site.file === write.site.file && one.site.start === write.site.start);
      const calls = (reach?.via ?? []).slice(0, -1).reverse();
      const places: readonly Place[] = [{ file: write.file, span: sent }, ...calls];
      const made = this.#firstPossible(places, wish);
      if ("withheld" in made) return made;
      add(edits, made.file, made.rewrite.edits);
    }
    const title = moved.length === 0 ? "Purge what is cached of these rows" : "Keep the value in the cache helper, and purge it here";
    const own = edits.get(write.file) ?? [];
    const elsewhere = [...edits].flatMap(([file, of]) => (file === write.file ? [] : [{ file, edits: of }]));
    return { rewrite: { title, edits: own, elsewhere } };
  }

  /** Adds the edits that move a value to the helper; false where that cannot be, or need not: its key is the same everywhere. */
  #move(value: CachedValue, helper: string, edits: Map<string, TextEdit[]>): boolean {
    const { get, ttl } = value;
    const [key, ...others] = value.keys;
    const code = this.#facts.files.file(get.file);
    const reads = this.#map.values.find((one) => one.value === value)?.reads ?? [];
    if (value.put !== undefined || key === undefined || others.length > 0 || typeof ttl !== "number" || code === undefined || reads.length === 0) return false;
    const params = key.parts.flatMap((part) => (typeof part === "string" ? [] : [part.text]));
    if (params.length === 0) return false;
    const tables = [...new Set(reads.flatMap((read) => read.tables))];
    const name = key.parts.filter((part) => typeof part === "string").join("").match(/[A-Za-z0-9]+/g)?.join("-") ?? this.#nameOf(reads[0]!);
    const outcome = moveRead(code, get.name, { name, tables, ttl, params, helper });
    if ("rewrite" in outcome) add(edits, get.file, outcome.rewrite.edits);
    return "rewrite" in outcome;
  }

  /** At the write itself, or after a call that leads to it, the nearest first. */
  #firstPossible(places: readonly Place[], wish: PurgeWish): { readonly file: string; readonly rewrite: Rewrite } | { readonly withheld: string } {
    let first: string | undefined;
    for (const { file, span } of places) {
      const code = this.#facts.files.file(file);
      const outcome = code === undefined ? withheld("the file is not all code") : purgeAfter(code, span, wish);
      if ("rewrite" in outcome) return { file, rewrite: outcome.rewrite };
      first ??= outcome.withheld;
    }
    return { withheld: first ?? "the write is not found" };
  }

  /** A text says why what is forgotten cannot be purged by a line of code. */
  #purgeWish(write: CacheWrite, forgotten: readonly Forgotten[], moved: readonly CachedValue[]): PurgeWish | string {
    const byTable = forgotten.filter(({ value }) => isOfHelper(value.get) || moved.includes(value));
    const file = this.#helperFile();
    const keys: PurgeWish["keys"][number][] = [];
    let problem: string | undefined;
    for (const value of new Set(forgotten.map(({ value }) => value))) {
      if (isOfHelper(value.get) || moved.includes(value)) continue;
      const binding = bindingOf(value);
      if (binding === undefined) problem ??= "the cache is not a KV namespace alone";
      else if (value.keys.length === 0) problem ??= "the key is not known";
      else for (const { parts } of value.keys) if (!keys.some((key) => key.binding === binding && sameParts(key.parts, parts))) keys.push({ binding, parts });
    }
    const tables = [...new Set(byTable.flatMap((one) => one.tables))];
    if (tables.length === 0 && keys.length === 0) return problem ?? "the key is not known";
    // What was moved is everyone's, as its key has the user.
    return { helper: tables.length === 0 || file === undefined ? undefined : { file, tables, scope: write.user }, keys };
  }

  #siteOf({ file, site }: Pick<CacheRead, "file" | "site">): JudgedSite | undefined {
    return this.#facts.reviewOf(file)?.sites.find((one) => one.site.name.start === site.start);
  }

  #helperFile(): string | undefined {
    this.#helper ??= { path: knownCacheHelper(this.#facts.snapshot.files.values()) };
    return this.#helper.path;
  }

  /** By the route that asks first, another for each read: a cached one keeps its own, so that the others keep theirs. */
  #nameOf(read: CacheRead): string {
    this.#names ??= named(this.#map.reads);
    return this.#names.get(read) ?? "read";
  }
}

function named(reads: readonly CacheRead[]): ReadonlyMap<CacheRead, string> {
  const taken = new Map<string, number>();
  return new Map(
    reads.map((read) => {
      const base = slugOf(read);
      const number = (taken.get(base) ?? 0) + 1;
      taken.set(base, number);
      return [read, number === 1 ? base : `${base}-${number}`] as const;
    }),
  );
}

function slugOf({ endpoints, functionName, tables }: CacheRead): string {
  const route = endpoints.find((one) => one.route !== undefined)?.route ?? functionName ?? tables[0] ?? "";
  const words = route.replace(/^\/?api\//, "").replace(/\/:(\w+)/g, "/by-$1").match(/[A-Za-z0-9]+/g) ?? [];
  return words.join("-").toLowerCase() || (tables[0] ?? "read");
}

/** Undefined where it is kept elsewhere too, which a deleted key does not reach. */
function bindingOf({ get }: CachedValue): string | undefined {
  const [store, ...others] = get.stores;
  return store?.kind === "kv" && others.length === 0 ? store.name : undefined;
}

function sameParts(a: readonly (string | KeyHole)[], b: readonly (string | KeyHole)[]): boolean {
  const text = (part: string | KeyHole): string => (typeof part === "string" ? part : `\${${part.text}}`);
  return a.length === b.length && a.every((part, at) => text(part) === text(b[at]!));
}

/** An import that two purges of one file need is added once. */
function add(edits: Map<string, TextEdit[]>, file: string, more: readonly TextEdit[]): void {
  const known = edits.get(file) ?? [];
  for (const edit of more) if (!known.some(({ span, newText }) => span.start === edit.span.start && span.end === edit.span.end && newText === edit.newText)) known.push(edit);
  edits.set(file, known);
}

function once(work: () => Outcome): CacheFix {
  let outcome: Outcome | undefined;
  const made = (): Outcome => (outcome ??= work());
  return { fixes: (): readonly RuleFix[] => fixesOf(made()), withheld: () => reasonOf(made()) };
}
