// What a rewrite is: edits of one code file that send fewer queries and change nothing else, or the reason why none is
// offered. What the SQL says comes from outside, since the host knows none.

import type { TextEdit } from "../../text/edit";
import type { Span } from "../../text/span";
import type { Hop } from "../call-site";

export interface Rewrite {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** Edits of other files, by their paths. */
  readonly elsewhere?: readonly { readonly file: string; readonly edits: readonly TextEdit[] }[];
}

/** `withheld` reads after "no rewrite is offered, since". */
export type Outcome = { readonly rewrite: Rewrite } | { readonly withheld: string };

/** One call in a loop that reaches the database. */
export interface LoopPlace {
  /** The name token in the loop: `prepare`, or `run` and its like where the statement was prepared before. */
  readonly call: Span;
  readonly loop: Span;
  /** The statement as a look-up by one key, where the SQL and the schema say that it is one. */
  readonly lookup: Lookup | undefined;
  /** The statement joined to another of the file, where it looks up one row by a value of the other's rows. */
  readonly join?: Join;
}

/** A call in a loop of a function that writes. */
export interface CallPlace {
  /** The name token of the callee. */
  readonly name: Span;
  readonly loop: Span;
  /** The calls from the callee's body down to the statement. */
  readonly via: readonly Hop[];
}

/** `SELECT … WHERE key = ?`: what to change to read the rows of many keys at once. */
export interface Lookup {
  /** Edits of the file that make `key = ?` into `key IN (SELECT value FROM json_each(?))`, the key selected too. */
  readonly edits: readonly TextEdit[];
  /** Which of the bound values is the key, from 0. */
  readonly bind: number;
  /** The name of the key in the rows. */
  readonly key: string;
  readonly table: string;
  /** What JavaScript has the key as. */
  readonly type: "number" | "string";
  /** No two rows have the same key. */
  readonly unique: boolean;
  /** The rows get the key as a column that they did not have. */
  readonly addsKey: boolean;
}

/** `rows` is the `prepare` token of the other statement. A text says why nothing can be joined to it. */
export type Join = (rows: number, wish: JoinWish) => JoinedLookup | string | undefined;

export interface JoinWish {
  /** For each value that is bound, the property of the other statement's rows; undefined: the same for all rows. */
  readonly binds: readonly (string | undefined)[];
  /** Which columns of the row are used. */
  readonly wanted: readonly string[] | "all";
  /** Whether there is a row must be told apart from a row whose columns are null. */
  readonly asksForRow: boolean;
}

export interface JoinedLookup {
  /** Edits of the file that join the look-up to the other statement. */
  readonly edits: readonly TextEdit[];
  /** How many of the other statement's values are bound before those that the look-up keeps. */
  readonly bindsBefore: number;
  /** The columns of the row, and their names in the joined rows. */
  readonly columns: readonly { readonly name: string; readonly as: string }[];
  /** The name of the column that is null where there is no row. */
  readonly found: string;
}

/** What a statement does; `varying`: it reads, and the same text gives something else each time (`random()`). */
export type SiteKind = "read" | "varying" | "write";

/** By the offsets of `prepare` tokens. */
export interface SiteKinds {
  /** Undefined: not known. */
  get(start: number): SiteKind | undefined;
  has(start: number): boolean;
  /** What one reads stays the same, whatever the other writes. */
  isApart(reader: number, writer: number): boolean;
}

export function withheld(reason: string): Outcome {
  return { withheld: reason };
}
