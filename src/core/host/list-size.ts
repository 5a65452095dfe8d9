// How many elements a list can have at most, and how high a number can be, over functions and files: only what is written
// out in full counts, with what all callers of a function hand in.

import type { CallGraph } from "./call-graph";
import type { Evaluator } from "./evaluate";
import { elementsIn, type Context, type Frame, type Head } from "./heads";
import { memberOf, type Reference } from "./reference";
import { plain } from "./text-parts";
import { noLonger, type TextValue } from "./text-value";

const deepest = 24;
const mostCallers = 20;
const mostSteps = 300;

type Called = Extract<Reference, { kind: "call" }>;

/** Methods of query builders that give the query itself. */
const ofQuery = /^(?:all|raw|values|execute|offset|orderBy|where|\$dynamic)$/;

export class ListSizes {
  readonly #evaluator: Evaluator;
  readonly #graph: CallGraph;
  #steps = 0;

  constructor(evaluator: Evaluator, graph: CallGraph) {
    this.#evaluator = evaluator;
    this.#graph = graph;
  }

  /** The most elements of a list. */
  mostElements(list: TextValue, context: Context): number | undefined {
    this.#steps = 0;
    return this.#most(list, context, 0);
  }

  /** The highest that a number can be: `7`, `Math.min(asked, 10)`, `count` where all callers hand in a number. */
  highest(value: TextValue, context: Context): number | undefined {
    this.#steps = 0;
    return this.#highest(value, context, 0);
  }

  #most(list: TextValue, context: Context, depth: number): number | undefined {
    if (depth > deepest) return undefined;
    const of = (value: TextValue, at: Context = context): number | undefined => this.#most(value, at, depth + 1);
    if (list.kind === "list") {
      const { own = 0, spreads = [] } = list.written ?? {};
      // What starts empty is there to be filled.
      return own + spreads.length === 0 ? undefined : sum([own, ...spreads.map((spread) => of(spread))]);
    }
    // `rows ?? []`
    if (list.kind === "choice") return highestOf(list.options.map((option) => (isEmpty(option) ? 0 : of(option))));
    if (list.kind !== "reference") return undefined;
    const { to } = list;
    if (to.kind === "member" && /^(?:results|rows|matches)$/.test(to.name)) return of(to.of);
    return to.kind === "call" ? this.#called(to, context, depth) : this.#each(list, context, depth, (head) => of(head.value, head.context));
  }

  #highest(value: TextValue | undefined, context: Context, depth: number): number | undefined {
    if (value === undefined || depth > deepest) return undefined;
    const of = (one: TextValue, at: Context = context): number | undefined => this.#highest(one, at, depth + 1);
    if (value.kind === "literal") return /^\d+$/.test(writtenIn(value)) ? Number(writtenIn(value)) : undefined;
    // `input.count ?? 10`, where no caller says how many.
    if (value.kind === "choice") return highestOf(value.options.filter((option) => this.#headsOf(option, context, depth + 1)?.length !== 0).map((option) => of(option)));
    if (value.kind !== "reference") return undefined;
    const { to } = value;
    if (to.kind !== "call") return this.#each(value, context, depth, (head) => of(head.value, head.context));
    if (to.callee.kind !== "reference" || to.callee.to.kind !== "member" || !isNamespace(to.callee.to.of)) return undefined;
    const { name } = to.callee.to;
    const numbers = to.arguments.map((argument) => of(argument));
    if (name === "max") return highestOf(numbers);
    if (name !== "min" && !/^(?:floor|trunc|round|ceil)$/.test(name)) return undefined;
    const known = numbers.filter((number) => number !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  #called(to: Called, context: Context, depth: number): number | undefined {
    const { callee, arguments: given } = to;
    const [first] = given;
    const limit = this.#limitOf(to, context, depth);
    if (limit !== undefined) return limit;
    if (callee.kind === "reference" && callee.to.kind === "member") {
      const { of: object, name } = callee.to;
      const taken = name === "slice" ? this.#sliced(given, context, depth) : undefined;
      if (taken === undefined && isNamespace(object)) return first !== undefined && (/^all(?:Settled)?$/.test(name) || name === "from") ? this.#most(first, context, depth + 1) : undefined;
      if (noLonger.test(name)) return lowest(taken, this.#most(object, context, depth + 1));
    }
    const callees = this.#evaluator.heads(callee, context);
    return highestOf(callees.map((head) => {
      const facts = this.#evaluator.functionOf(head);
      if (facts?.returns === undefined) return undefined;
      const frame: Frame = { function: facts, arguments: given.map((value) => ({ value, context })), complete: true, self: head.self, outer: head.context.frame };
      return this.#most(facts.returns, { module: head.context.module, frame }, depth + 1);
    }));
  }

  /** `slice(0, 5)`, `slice(5)` of what is short anyway. */
  #sliced([from, to]: readonly TextValue[], context: Context, depth: number): number | undefined {
    const start = from === undefined ? undefined : this.#highest(from, context, depth + 1);
    const end = this.#highest(to, context, depth + 1);
    return start === undefined || end === undefined ? undefined : Math.max(end - start, 0);
  }

  /** The `LIMIT` of a query, in its text or as its builder is told. */
  #limitOf(to: Called, context: Context, depth: number, bound: readonly TextValue[] = []): number | undefined {
    const { callee, arguments: given } = to;
    if (callee.kind !== "reference") return undefined;
    const method = callee.to.kind === "member" && !isNamespace(callee.to.of) ? callee.to : undefined;
    const [first] = given;
    if (method?.name === "limit") return this.#highest(first, context, depth + 1);
    const last = given.at(-1);
    const values = bound.length > 0 ? bound : ((last?.kind === "list" ? elementsIn(last.of) : undefined) ?? []);
    for (const text of given) {
      const limit = limitIn(text, values);
      if (limit !== undefined) return this.#highest(limit, context, depth + 1);
    }
    const counted = given.map((argument) => (argument.kind === "reference" && argument.to.kind === "object" ? argument.to.members.get("topK") : undefined)).find((count) => count !== undefined);
    if (counted !== undefined) return this.#highest(counted, context, depth + 1);
    if (method === undefined || method.of.kind !== "reference" || method.of.to.kind !== "call") return undefined;
    if (method.name === "bind") return this.#limitOf(method.of.to, context, depth + 1, given);
    return ofQuery.test(method.name) ? this.#limitOf(method.of.to, context, depth + 1, bound) : undefined;
  }

  /** The most of all that a reference can stand for. */
  #each(value: TextValue, context: Context, depth: number, of: (head: Head) => number | undefined): number | undefined {
    const heads = this.#headsOf(value, context, depth) ?? [];
    return highestOf(heads.map((head) => (head.value === value ? undefined : of(head))));
  }

  /** All that a value can be, with what every caller hands in: nothing where all leave it out; undefined where something of it is not known. */
  #headsOf(value: TextValue, context: Context, depth: number): readonly Head[] | undefined {
    if (depth > deepest || this.#steps++ > mostSteps) return undefined;
    const to = value.kind === "reference" ? value.to : undefined;
    // Before its type is asked, which does not tell how many.
    if (to?.kind === "parameter" && !isEntered(to.function, context)) return all(this.#argumentsOf(to, context).map((head) => head && this.#headsOf(head.value, head.context, depth + 1)));
    // Each of several objects must be known: the list of another could be longer.
    if (to?.kind === "member" && to.of.kind === "choice") {
      return all(to.of.options.filter(({ kind }) => kind !== "unset").map((option) => this.#headsOf(memberOf(option, to.name), context, depth + 1)));
    }
    const heads = this.#evaluator.heads(value, context);
    if (!this.#evaluator.guessed && heads.length > 0) return heads;
    if (to?.kind !== "member") return undefined;
    return all((this.#headsOf(to.of, context, depth + 1) ?? [undefined]).map((head) => {
      const members = head === undefined ? [] : this.#evaluator.member(head, to.name);
      return members.length > 0 || (head !== undefined && lacks(head, to.name)) ? members : undefined;
    }));
  }

  /** What each caller hands to a parameter; undefined among them where that is not known. */
  #argumentsOf({ function: number, index }: Extract<Reference, { kind: "parameter" }>, context: Context): readonly (Head | undefined)[] {
    const facts = context.module.functions[number];
    const callers = facts === undefined ? [] : this.#graph.callers(facts);
    if (facts === undefined || callers.length === 0 || callers.length > mostCallers) return [undefined];
    return callers.map(({ module, call }): Head | undefined => {
      if (call.handedOn || call.arguments.slice(0, index + 1).some((argument) => argument.spread)) return undefined;
      const argument = call.arguments[index];
      const otherwise = facts.parameters[index]?.otherwise;
      if (argument !== undefined) return { value: argument.value, context: this.#evaluator.rootOf(module) };
      return otherwise === undefined ? undefined : { value: otherwise, context };
    });
  }
}

/** An object that is written out in full, without that member. */
function lacks({ value }: Head, name: string): boolean {
  return value.kind === "reference" && value.to.kind === "object" && value.to.spreads.length === 0 && !value.to.members.has(name);
}

function all(parts: readonly (readonly Head[] | undefined)[]): readonly Head[] | undefined {
  return parts.length > 0 && parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** The context is within a known call of the function. */
function isEntered(number: number, context: Context): boolean {
  const facts = context.module.functions[number];
  for (let { frame } = context; frame !== undefined; frame = frame.outer) if (frame.function === facts) return true;
  return false;
}

/** `5` of a text that ends with `LIMIT 5`; of `LIMIT ?`, what is bound to it. */
function limitIn(text: TextValue, bound: readonly TextValue[]): TextValue | undefined {
  const parts = text.kind === "concat" ? text.parts : [text];
  const last = parts.at(-1);
  const ending = last?.kind === "literal" ? writtenIn(last) : "";
  const found = /\bLIMIT\s+(\d+|\?\d*)(?:\s+OFFSET\s+(\d+|\?\d*))?\s*;?\s*$/i.exec(ending);
  if (found !== null) {
    const [, limit = "", offset = ""] = found;
    if (limit.startsWith("?")) return bound.at(offset.startsWith("?") ? -2 : -1);
    return plain(limit);
  }
  const [before, value] = /^\s*;?\s*$/.test(ending) && last?.kind === "literal" ? [parts.at(-3), parts.at(-2)] : [parts.at(-2), last];
  return before?.kind === "literal" && /\bLIMIT\s*$/i.test(writtenIn(before)) ? value : undefined;
}

function writtenIn(value: Extract<TextValue, { kind: "literal" }>): string {
  return value.pieces.map((piece) => piece.text).join("");
}

function isEmpty(value: TextValue): boolean {
  return value.kind === "list" && value.written !== undefined && value.written.own + value.written.spreads.length === 0;
}

/** `Promise`, `Array`, `Object`: names that no file declares. */
function isNamespace(value: TextValue): boolean {
  return value.kind === "hole" || (value.kind === "reference" && value.to.kind === "global");
}

function sum(counts: readonly (number | undefined)[]): number | undefined {
  return counts.every((count) => count !== undefined) ? counts.reduce((total, count) => total + count, 0) : undefined;
}

function highestOf(counts: readonly (number | undefined)[]): number | undefined {
  return counts.length > 0 && counts.every((count) => count !== undefined) ? Math.max(...counts) : undefined;
}

function lowest(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
