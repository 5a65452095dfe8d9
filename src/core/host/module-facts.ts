// What one code file says, in plain data: its queries, functions, classes, exports and calls, with the values between
// them as far as the file tells. Linking the files of a project makes the rest of it known.

import type { Span } from "../text/span";
import type { BoundValue, CallSite, Execution, Interpolation, LoopUse, QueryRepeat, QuerySequence } from "./call-site";
import type { RequestFacts } from "./request-facts";
import type { TextValue } from "./text-value";

export interface ModuleFacts extends RequestFacts {
  readonly path: string;
  /** The file's own, for what is shown as it is written. */
  readonly text: string;
  /** By exported name; `default` is the default export, or what `module.exports` is. */
  readonly exports: ReadonlyMap<string, TextValue>;
  /** The modules of `export * from`. */
  readonly stars: readonly string[];
  readonly functions: readonly FunctionFacts[];
  readonly classes: readonly ClassFacts[];
  /** Objects that are written out as one of a named type: what an interface is implemented by. */
  readonly typedObjects: readonly { readonly type: TextValue; readonly value: TextValue }[];
  /** `c.set("db", value)`: what the context of a request keeps. */
  readonly kept: readonly { readonly name: string; readonly value: TextValue }[];
  readonly sites: readonly ModuleSite[];
  readonly calls: readonly CallFacts[];
  /** Calls that wait for another service. */
  readonly remotes: readonly FunctionPlace[];
  /** Where a function gives back what it read, if it found it: `if (row) return row`. */
  readonly hits: readonly FunctionPlace[];
  /** Where a function ends because a write changed nothing. */
  readonly claims: readonly FunctionPlace[];
  /** Where a function gives back what it kept from the first call. */
  readonly memos: readonly Memo[];
  readonly sequences: readonly QuerySequence[];
  readonly repeats: readonly QueryRepeat[];
  /** Known texts that make or change tables. */
  readonly ddl: readonly string[];
  /** Comments that hold `plumbline-allow`. */
  readonly comments: readonly Span[];
}

/** A place in a function. */
export interface FunctionPlace {
  readonly name: Span;
  readonly inFunction: number | undefined;
}

/** A function keeps what it gives, in a variable around it or on its object. */
export interface Memo extends FunctionPlace {
  readonly ofObject: boolean;
}

export interface FunctionFacts {
  readonly name: string | undefined;
  /** Its name's, or where it begins. */
  readonly place: Span;
  /** The function around it. */
  readonly outer: number | undefined;
  /** It is handed to a call where it is written, and so taken as run by the function around it. */
  readonly runsInOuter: boolean;
  readonly parameters: readonly ParameterFacts[];
  /** All that it can give back; undefined where it gives nothing. */
  readonly returns: TextValue | undefined;
}

export interface ParameterFacts {
  readonly rest: boolean;
  readonly otherwise: TextValue | undefined;
  /** An object of the parameter's type, where that is a name. */
  readonly typed: TextValue | undefined;
}

export interface ClassFacts {
  readonly name: string | undefined;
  readonly isInterface: boolean;
  readonly base: TextValue | undefined;
  readonly implements: readonly TextValue[];
  readonly constructorFunction: number | undefined;
  /** What the constructor hands to that of the base class. */
  readonly superArguments: readonly ArgumentFacts[] | undefined;
  /** Methods and fields of its objects. */
  readonly members: ReadonlyMap<string, TextValue>;
  readonly statics: ReadonlyMap<string, TextValue>;
}

/** A query site as its file alone shows it. */
export interface ModuleSite {
  readonly site: CallSite;
  /** The value behind `site.sql`; undefined where nothing else can add to it. */
  readonly text: TextValue | undefined;
  readonly receiver: TextValue;
  readonly inFunction: number | undefined;
  /** The statement is handed to the caller of its function. */
  readonly returned: boolean;
  /** `execute` and its like are sites only where their receiver turns out to be a database. */
  readonly certain: boolean;
  /** It is a body `{ sql, params }`, handed to the function that sends it over HTTP. */
  readonly overHttp?: true;
  /** What `bind` takes, where that is a parameter of the function around. */
  readonly bindsParameter: number | undefined;
}

export interface CallFacts {
  readonly name: Span;
  readonly call: Span;
  /** The last name of the callee as written. */
  readonly calleeName: string;
  /** What stands before the last name; empty for a plain function. */
  readonly receiver: string;
  readonly inFunction: number | undefined;
  readonly callee: TextValue;
  readonly isNew: boolean;
  /** A template with a tag: the first argument is its text, with a hole for every value. */
  readonly isTag: boolean;
  readonly arguments: readonly ArgumentFacts[];
  readonly loop: LoopUse | undefined;
  /** Which arguments name something of the turn, in a loop. */
  readonly ofTurn: readonly number[];
  /** It is made where something failed. */
  readonly inCatch: boolean;
  /** It is made within a transaction. */
  readonly transacted: boolean;
  /** Nothing waits for it. */
  readonly isLeftAlone: boolean;
  /** What happens to the result, where it is used as a prepared statement could be. */
  readonly statement: StatementFacts | undefined;
  /** `rows.map(save)`: the function is handed on, and called by others. */
  readonly handedOn: boolean;
}

export interface StatementFacts {
  readonly executions: readonly Execution[];
  readonly loop: LoopUse | undefined;
  readonly returned: boolean;
}

export interface ArgumentFacts {
  readonly span: Span;
  readonly value: TextValue;
  readonly spread: boolean;
  readonly bound: BoundValue;
  /** The elements of an array that is written out, or known. */
  readonly elements: readonly BoundValue[] | undefined;
  /** Where the argument is an SQL text: the expressions whose values are put into it. */
  readonly interpolations: readonly Interpolation[];
}
