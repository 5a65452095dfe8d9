// What the host language (TypeScript, JavaScript) tells the rest of the core: where SQL is executed, with which
// text, and inside which loops. Facts of one file are a pure function of its path and text.

import type { EmbeddedText } from "../embed/embedded-text";
import type { Span } from "../text/span";
import type { TextValue } from "./text-value";

/** A part of an SQL text that is not known. The text holds a stand-in there, as a `hole` segment. */
export interface Hole {
  readonly span: Span;
  /** `value`: one bound-like value; `identifier`: a name; `list`: comma-separated values; `fragment`: anything. */
  readonly kind: "value" | "identifier" | "list" | "fragment";
}

/** One text that a call site can execute. */
export interface SqlVariant extends EmbeddedText {
  readonly holes: readonly Hole[];
  /** The conditions of the code that decide over the text, in their words, and whether they are met for this one. */
  readonly conditions: ReadonlyMap<string, boolean>;
}

/** `resolved`: every text is known; `partial`: some text is; `unresolved`: none is, and `why` says what hides it. */
export type TextStatus = "resolved" | "partial" | "unresolved";

export interface SqlTexts {
  readonly status: TextStatus;
  readonly why: string | undefined;
  /** At least one where the status is `resolved` or `partial`. */
  readonly variants: readonly SqlVariant[];
}

export type LoopVerdict =
  | "n+1"
  | "write-loop"
  | "mixed-loop"
  | "chunked"
  | "builds-batch"
  | "sequential"
  | "bounded"
  | "tooling"
  | "not-db";

/** The innermost loop around a call, as far as the syntax tells; reading or writing is decided with the SQL. */
export interface LoopUse {
  /** The keyword or the array method's name. */
  readonly keyword: Span;
  /** The whole loop. */
  readonly span: Span;
  /** What kind of loop, in words: `for`, `for-of`, `while`, `map`, `forEach` … */
  readonly form: string;
  /** Whether each turn handles one element, or what else the syntax shows. */
  readonly shape: "per-element" | "chunked" | "builds-batch" | "sequential" | "bounded";
  /** What showed the shape, as a short phrase for the message. Undefined for `per-element`. */
  readonly because: string | undefined;
  /** What is looped over, as long as only other files can tell how long it is. */
  readonly over?: TextValue;
  /** How often it turns, likewise. */
  readonly turns?: TextValue;
  /** The next loop around this one with a turn per element, which counts where this one turns out to be short. */
  readonly outer?: LoopUse;
  /** Something in the function compares the length of the list with a number. */
  readonly measured?: boolean;
  /** Where the call stands in the turn. */
  readonly branches?: readonly Branch[];
  /** What the call is made with is known before anything in the turn was waited for. */
  readonly foreseen?: boolean;
  /** The whole loop runs in one transaction. */
  readonly transacted?: boolean;
  /** The turns keep a distance on purpose. */
  readonly paced?: boolean;
  /** The end of the branch that the call stands in, where that ends the turn early. */
  readonly earlyEnd?: number | undefined;
}

/** One side of a condition: calls on different sides are not both made in one turn. */
export interface Branch {
  /** The offset of the condition's statement or expression. */
  readonly at: number;
  readonly side: number;
}

/** One place where SQL is executed, or prepared for it. */
export interface CallSite {
  /** The name token of the call: `prepare`, `exec`, the name of a wrapper. Findings about loops stand here. */
  readonly name: Span;
  /** The whole call expression. */
  readonly call: Span;
  /** What it comes to in the end; `execute` of libsql counts as `prepare`. */
  readonly method: "prepare" | "exec";
  /** The receiver as written, white space collapsed: `env.DB`, `this.db`. */
  readonly receiver: string;
  /** The last name of the receiver where it is a property of an environment object: `DB` of `context.env.DB`. */
  readonly binding: string | undefined;
  /** By what the receiver is made from, its type, or its import; `unknown` where none of these is seen. */
  readonly engine: SiteEngine;
  /** How several statements go together: in Drizzle's own `batch` over D1, or in `transaction(fn)` of a library in this process. */
  readonly together?: "batch" | "transaction" | undefined;
  /** The enclosing function's name; `onRequestGet`, `Repository.find`; undefined at the top level. */
  readonly functionName: string | undefined;
  readonly sql: SqlTexts;
  /** `bind` arguments where they are written at this site: literal values are known, others are undefined. */
  readonly binds: readonly BoundValue[] | undefined;
  /** Undefined where values are bound at several places, or at none that is known. */
  readonly bindPlace: BindPlace | undefined;
  /** The expressions behind the holes that stand for values. */
  readonly interpolations: readonly Interpolation[];
  /** The calls that execute the prepared statement, with their own loops: `first`, `all`, `run`, `raw`, or `batch`. */
  readonly executions: readonly Execution[];
  /** The loop around the `prepare` itself, which is then in every turn. */
  readonly loop: LoopUse | undefined;
  /** Where the call is one of a wrapper: the calls from there to the `prepare`, the last. Empty for the `prepare` itself. */
  readonly via: readonly Hop[];
}

/** Libraries that read the database's file themselves. */
export function isInProcess(engine: SiteEngine): boolean {
  return engine === "sqlite" || engine === "durable-object";
}

/** `builder`: the SQL is written by Drizzle or its like. */
export type SiteEngine = "d1" | "sqlite" | "libsql" | "durable-object" | "builder" | "foreign" | "unknown";

/** A call on the way to a statement: its name token. */
export interface Hop {
  readonly file: string;
  readonly span: Span;
}

/** A call in a loop of a function that reaches the database. */
export interface LoopCall {
  /** The name token of the callee. */
  readonly name: Span;
  readonly call: Span;
  readonly callee: string;
  readonly functionName: string | undefined;
  readonly loop: LoopUse;
  /** How many different statements one call can run. */
  readonly reaches: { readonly reads: number; readonly writes: number };
  /** Every statement it reaches runs in this process, where a query costs no round trip. */
  readonly inProcess: boolean;
  /** The calls from the callee's body down to one statement, by the shortest way; a writing one where there is any. */
  readonly via: readonly Hop[];
}

/** `number` where it is not evident whether it is whole; `bytes` is what binds as a BLOB. */
export type BoundKind =
  | "string"
  | "number"
  | "integer"
  | "float"
  | "boolean"
  | "null"
  | "undefined"
  | "date"
  | "bigint"
  | "object"
  | "array"
  | "function"
  | "bytes"
  | "unknown";

export interface BoundValue {
  readonly span: Span;
  readonly literal: string | number | boolean | null | undefined;
  /** By syntax alone. */
  readonly kind: BoundKind;
}

/** Where values are bound: the one call that takes them all, or the place where such a call could be put. */
export interface BindPlace {
  /** From the method's name to its closing parenthesis; undefined where there is no such call yet. */
  readonly call: Span | undefined;
  /** The arguments as written. */
  readonly arguments: readonly Span[];
  /** Within the parentheses where there is a call; else right after the call that makes the statement. */
  readonly end: number;
  /** The call stands in the same chain as the text, so that nothing else binds to it. */
  readonly chained: boolean;
}

/** An expression whose value is put into the text. */
export interface Interpolation {
  readonly span: Span;
  /** As written. */
  readonly text: string;
  /** Where the value comes from, as far as the file tells. `constant`: written in the code; `checked`: compared with a
   * list or a pattern before; `sql`: a part of the statement by its name or its making, and no value. */
  readonly origin: "request" | "number" | "constant" | "checked" | "sql" | "unknown";
  /** Where it stands for a list of placeholders. */
  readonly list: ListSource | undefined;
}

/** The array that a list of placeholders has one for each element of. */
export interface ListSource {
  /** As written, white space collapsed: `body.ids`. */
  readonly array: string;
  /** Held to a number; as long as the request or a table makes it; or neither is seen in the file. */
  readonly length: "bounded" | "open" | "unknown";
  /** The statement that makes the placeholders, where nothing else needs it. */
  readonly declaration: Span | undefined;
}

export interface Execution {
  /** `get` and `iterate` are of better-sqlite3 and node:sqlite; `batch` is any call that takes the statements. */
  readonly method: "first" | "all" | "run" | "raw" | "get" | "iterate" | "batch";
  readonly name: Span;
  readonly loop: LoopUse | undefined;
  /** The function that it stands in, by its number in the module. */
  readonly inFunction?: number | undefined;
}

/** Queries that are waited for one after the other, though none needs what one before it gave. */
export interface QuerySequence {
  /** The `prepare` tokens, in order. */
  readonly calls: readonly Span[];
}

/** A query that was sent before on the same path, with the same values. */
export interface QueryRepeat {
  /** The `prepare` token. */
  readonly call: Span;
  readonly first: Span;
  /** Offsets of the `prepare` tokens of what is sent in between. */
  readonly between: readonly number[];
}

/** What one code file says, with what the files around it add. */
export interface LinkedFile {
  readonly sites: readonly CallSite[];
  readonly loopCalls: readonly LoopCall[];
  readonly sequences: readonly QuerySequence[];
  readonly repeats: readonly QueryRepeat[];
  /** Known texts that make or change tables, wherever they stand: code that has them will run them somewhere. */
  readonly ddl: readonly string[];
  /** Every comment that holds `plumbline-allow`, for suppressions. */
  readonly comments: readonly Span[];
}

/** A file that is linked with no other. */
export type HostFacts = LinkedFile;
