// The text of a value with its references followed. What stands in another file loses its place, since findings and
// edits are of the file that asks.

import type { Evaluator } from "./evaluate";
import type { Context, Head, OpenParameter } from "./heads";
import type { TextValue } from "./text-value";

/** Why the text is not known: it is an SQL file, which is judged as one. */
export const readFromFile = "the text is read from a file";

const deepest = 24;
const mostNodes = 20_000;

export class LinkedText {
  readonly #evaluator: Evaluator;
  readonly #open = new WeakMap<TextValue, OpenParameter>();
  readonly #numbers = new WeakMap<object, number>();
  #count = 0;
  #nodes = 0;

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  /** `home` is the path of the file that the text is shown in. */
  of(value: TextValue, context: Context, home: string): TextValue {
    this.#nodes = 0;
    return this.#text(value, context, home, new Map(), 0);
  }

  /** The first parameter that a text depends on, which nothing is handed to yet. */
  openIn(text: TextValue, parts: (value: TextValue) => readonly TextValue[]): OpenParameter | undefined {
    const seen = new Set<TextValue>();
    const walk = (at: TextValue): OpenParameter | undefined => {
      if (seen.has(at)) return undefined;
      seen.add(at);
      const open = this.#open.get(at);
      if (open !== undefined) return open;
      for (const part of parts(at)) {
        const found = walk(part);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return walk(text);
  }

  #text(value: TextValue, context: Context, home: string, known: Map<TextValue, TextValue>, depth: number): TextValue {
    const before = known.get(value);
    if (before !== undefined) return before;
    const made = this.#make(value, context, home, known, depth);
    known.set(value, made);
    return made;
  }

  #make(value: TextValue, context: Context, home: string, known: Map<TextValue, TextValue>, depth: number): TextValue {
    const of = (part: TextValue): TextValue => this.#text(part, context, home, known, depth);
    const isHome = context.module.path === home;
    this.#nodes++;
    switch (value.kind) {
      case "literal":
        return isHome ? value : { kind: "literal", pieces: value.pieces.map(({ text }) => ({ text, source: undefined, kind: "verbatim", quote: undefined })) };
      case "concat":
        return { kind: "concat", parts: value.parts.map(of) };
      case "choice":
        return { kind: "choice", choice: this.#key(value.choice, context), options: value.options.map(of) };
      case "trimmed":
      case "list":
      case "element":
        return { ...value, of: of(value.of) };
      case "replaced":
        return { ...value, of: of(value.of), by: of(value.by) };
      case "joined":
        return { ...value, of: of(value.of), separator: of(value.separator) };
      case "if-any":
        return { kind: "if-any", list: of(value.list), some: of(value.some), none: of(value.none) };
      case "hole":
        return isHome ? value : { ...value, source: undefined };
      case "reference":
        return this.#reference(value, context, home, depth);
      case "unset":
        return value;
    }
  }

  #reference(value: Extract<TextValue, { kind: "reference" }>, context: Context, home: string, depth: number): TextValue {
    const heads = depth > deepest || this.#nodes > mostNodes ? [] : this.#evaluator.heads(value, context);
    const { open, guessed } = this.#evaluator;
    // What callers hand in is asked for by call: each is a query of its own.
    const texts = guessed ? [] : heads.filter(isText);
    const source = context.module.path === home ? value.source : undefined;
    const hole: TextValue = { kind: "hole", source, as: undefined, why: heads.some(isFile) ? readFromFile : value.why };
    if (texts.length < heads.length || texts.length === 0) {
      if (open !== undefined) this.#open.set(hole, open);
      if (texts.length === 0) return hole;
    }
    const options = texts.map((head) => placed(this.#text(head.value, head.context, home, new Map(), depth + 1), source));
    if (texts.length < heads.length) options.push(hole);
    return options.length === 1 ? options[0]! : { kind: "choice", choice: this.#rowKey(value, context), options };
  }

  /** Conditions of a function that is called mean something of their own in each call. */
  #key(choice: string, context: Context): string {
    return context.frame === undefined ? choice : `${this.#number(context.frame)}/${choice}`;
  }

  /** Members of the same row, or of the same object, are chosen together. */
  #rowKey(value: TextValue, context: Context): string {
    let at = value;
    while (at.kind === "reference") {
      if (at.to.kind === "this") return `this of ${context.module.path}:${at.to.class}`;
      if (at.to.kind === "each") return `row of ${this.#number(at.to.of)}`;
      if (at.to.kind === "member") at = at.to.of;
      else if (at.to.kind === "either") at = at.to.first;
      else break;
    }
    return `one of ${this.#number(value)}`;
  }

  #number(of: object): number {
    let number = this.#numbers.get(of);
    if (number === undefined) this.#numbers.set(of, (number = this.#count++));
    return number;
  }
}

/** What `readFile` of Node.js gives. */
function isFile({ value }: Head): boolean {
  return value.kind === "reference" && value.to.kind === "import" && /^(?:node:)?fs(?:\/promises)?$/.test(value.to.specifier);
}

function isText(head: Head): boolean {
  return head.value.kind !== "reference" && head.value.kind !== "hole" && head.value.kind !== "unset";
}

/** A hole stands where the text is used, not where the unknown value was made. */
function placed(text: TextValue, source: Extract<TextValue, { kind: "hole" }>["source"]): TextValue {
  return text.kind === "hole" && source !== undefined ? { ...text, source } : text;
}
