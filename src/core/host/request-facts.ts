// What one code file says about requests: where it is entered, where it calls what may be a cache, and which of its code
// runs only under a condition. Plain data; which of the calls are of caches shows when the files are linked.

import type { Span } from "../text/span";
import type { TextValue } from "./text-value";

export interface RequestFacts {
  readonly cacheUses: readonly CacheUse[];
  /** In the order of their starts. */
  readonly regions: readonly Region[];
  readonly entries: readonly Entry[];
  /** Types of the runtime, by the names of the properties that are declared with them: `CACHE` is a `KVNamespace`. */
  readonly bindingTypes: ReadonlyMap<string, string>;
}

/** A call of a method that caches have. */
export interface CacheUse {
  readonly name: Span;
  readonly call: Span;
  readonly inFunction: number | undefined;
  readonly method: string;
  readonly receiver: TextValue;
  /** As written. */
  readonly receiverText: string;
  /** The map that the receiver is, where that outlives a request: a variable of the module, or a field. */
  readonly map: KeptMap | undefined;
  /** The first argument. */
  readonly key: TextValue | undefined;
  readonly keySpan: Span | undefined;
  /** Of a put: how long the value lives, as far as something in the function says so. */
  readonly lifetime: Lifetime | undefined;
  /** Of our own helper: what is written as `scope`. */
  readonly scope: Span | undefined;
  /** The call stands in a loop that takes keys with a beginning: what that is; `all` where it takes every key, `evicts` where
   * it makes room, or drops what is old, and ends nothing else. */
  readonly sweep: TextValue | "all" | "evicts" | undefined;
  /** What is put is an object of a class. */
  readonly keepsObject: boolean;
}

export interface KeptMap {
  readonly name: string;
  /** Its name, or that of its class, says that it is a cache. */
  readonly isNamedCache: boolean;
}

/** `options` holds an `expirationTtl`; `none` ends never. */
export type Lifetime = { readonly kind: "seconds"; readonly value: TextValue; readonly per: number } | { readonly kind: "options"; readonly value: TextValue } | { readonly kind: "none" } | { readonly kind: "unknown" };

/** Code that runs only sometimes. */
export interface Region {
  readonly kind: "branch" | "loop" | "catch";
  readonly span: Span;
  /** The start of the whole condition: two sides of one share it. */
  readonly at: number;
  /** Nothing of the function runs after it. */
  readonly exits: boolean;
  readonly condition: Span | undefined;
  /** It runs where what is asked for is there, or where it is missing. */
  readonly asks: "there" | "missing" | undefined;
  /** The variables that the condition hangs on, each with all that it is set to. */
  readonly asked: readonly { readonly name: string; readonly values: readonly Span[] }[];
}

/** Where the file is entered, as far as it tells by itself. */
export type Entry = RouteEntry | MountEntry | ExportEntry;

/** `app.get("/x", …)`, and with `isUse` what runs around other handlers. */
export interface RouteEntry extends Handlers {
  readonly kind: "route";
  readonly isUse: boolean;
  readonly router: TextValue;
  readonly method: string | undefined;
  readonly path: string | undefined;
  /** What the router puts before all its paths. */
  readonly base: string;
}

/** `app.route("/prefix", sub)`. */
export interface MountEntry {
  readonly kind: "mount";
  readonly router: TextValue;
  readonly base: string;
  readonly path: string;
  readonly sub: TextValue;
}

/** What is exported under a name that the runtime, or a framework, knows: `as` is that name, `default.fetch` with its member. */
export interface ExportEntry extends Handlers {
  readonly kind: "export";
  readonly as: string;
}

export interface Handlers {
  readonly name: Span;
  readonly functionName: string | undefined;
  readonly handlers: readonly TextValue[];
  /** Functions written right there. */
  readonly functions: readonly number[];
}
