// Which purge ends which cached value: both reach one store, and a key of the one can be a key of the other. Where too
// little is known of a purge to tell, it counts as one: a write that seems to forget a value must be certain to.

import type { CacheCall, CachedValue, CacheKey, CacheStore } from "../host/served";

/** Whether a call that deletes, purges or puts anew reaches the value in one of its stores. */
export function ends(call: CacheCall, value: CachedValue): boolean {
  return storesOf(value).some((store) => endsIn(store, call, value));
}

/** The stores that still have the value after all these calls. What an isolate remembers beside a shared store is gone with it. */
export function storesLeft(calls: readonly CacheCall[], value: CachedValue): readonly CacheStore[] {
  const stores = storesOf(value);
  const shared = stores.filter(({ kind }) => kind !== "memory");
  return (shared.length > 0 ? shared : stores).filter((store) => !calls.some((call) => endsIn(store, call, value)));
}

function storesOf({ get, put }: CachedValue): readonly CacheStore[] {
  return [...get.stores, ...(put?.stores ?? [])].filter((store, at, all) => all.findIndex((other) => other.kind === store.kind && other.name === store.name) === at);
}

function endsIn(store: CacheStore, call: CacheCall, value: CachedValue): boolean {
  if (!call.stores.some((other) => isSame(store, other))) return false;
  if (store.kind === "helper") return meet(call.tables, value.get.tables);
  if (call.keys.length === 0 || value.keys.length === 0) return true;
  return call.keys.some((key) => value.keys.some((other) => canBeEqual(key, other, call.prefix)));
}

/** Where a name is not known, it can be any. */
function isSame(a: CacheStore, b: CacheStore): boolean {
  return a.kind === b.kind && (a.name === undefined || b.name === undefined || a.name === b.name);
}

function meet(purged: readonly string[] | undefined, read: readonly string[] | undefined): boolean {
  return purged === undefined || read === undefined || purged.some((table) => read.includes(table));
}

/**
 * Whether two keys can be the same text; with `prefix`, whether `a` can be what `b` begins with. A value that is put in
 * holds none of the characters that part the keys, unless the key begins with it: then it may be a prefix of its own; or
 * unless it is put together of several.
 */
export function canBeEqual(a: CacheKey, b: CacheKey, prefix: boolean): boolean {
  const separators = new Set([...writtenIn(a), ...writtenIn(b)].filter((character) => SEPARATORS.has(character)));
  const one = [...pattern(a), ...(prefix ? [ANYTHING] : [])];
  return meets(one, pattern(b), separators);
}

const SEPARATORS: ReadonlySet<string> = new Set([":", "/", "|", "#"]);

function writtenIn({ parts }: CacheKey): readonly string[] {
  return parts.flatMap((part) => (typeof part === "string" ? [...part] : []));
}

/** A character, or something of any length, that can hold separators or not. */
type Piece = string | { readonly separators: boolean };

const ANYTHING: Piece = { separators: true };
const PLAIN: Piece = { separators: false };

function pattern({ parts }: CacheKey): readonly Piece[] {
  return parts.flatMap((part, at): readonly Piece[] => (typeof part === "string" ? [...part] : [at === 0 || part.text.includes(", ") ? ANYTHING : PLAIN]));
}

/** Row by row over `a`: which beginnings of `b` can be equal to what is read of `a`. */
function meets(a: readonly Piece[], b: readonly Piece[], separators: ReadonlySet<string>): boolean {
  const takes = (hole: Exclude<Piece, string>, piece: Piece): boolean => typeof piece !== "string" || hole.separators || !separators.has(piece);
  let row = [true];
  for (let at = 0; at < b.length; at++) row.push(row[at]! && typeof b[at] !== "string");
  for (const piece of a) {
    const next = [row[0]! && typeof piece !== "string"];
    for (let at = 0; at < b.length; at++) {
      const other = b[at]!;
      if (typeof piece === "string") next.push(typeof other === "string" ? row[at]! && piece === other : next[at]! || (row[at + 1]! && takes(other, piece)));
      else if (typeof other === "string") next.push(row[at + 1]! || (next[at]! && takes(piece, other)));
      else next.push(row[at + 1]! || next[at]!);
    }
    row = next;
  }
  return row.at(-1)!;
}

/** Of our own helper. */
export function isOfHelper({ stores }: CacheCall): boolean {
  return stores.some(({ kind }) => kind === "helper");
}
