// What a cache's key is written as: texts, and holes that are shown as they are written where their values come from.

import type { Context, Head, OpenParameter } from "../heads";
import type { CacheKey, KeyHole } from "../served";
import { partsOf, type TextValue } from "../text-value";
import { frameOf, type Origins } from "./origins";

type Part = string | KeyHole;

const mostForms = 8;
const longestHole = 80;
const longestList = 200;

export interface KeyTexts {
  readonly keys: readonly CacheKey[];
  /** Parameters that parts of it are handed in by, which no call is known of yet. */
  readonly open: readonly OpenParameter[];
}

export class KeyReader {
  readonly #origins: Origins;
  #open: OpenParameter[] = [];
  #depth = 0;

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  of(value: TextValue, context: Context): KeyTexts {
    this.#open = [];
    this.#depth = 0;
    const keys = new Map<string, CacheKey>();
    for (const parts of this.#forms(value, context)) {
      const key = { parts: merged(parts) };
      if (key.parts.length > 0) keys.set(skeletonOf(key, "with holes"), key);
    }
    return { keys: [...keys.values()].slice(0, mostForms), open: this.#open };
  }

  #forms(value: TextValue, context: Context): readonly (readonly Part[])[] {
    if (this.#depth > 20) return [[this.#hole({ value, context })]];
    this.#depth++;
    const found = this.#origins.of(value, context).flatMap((head) => this.#ended(head)).slice(0, mostForms);
    this.#depth--;
    return found;
  }

  #ended(head: Head): readonly (readonly Part[])[] {
    const { value, context } = head;
    switch (value.kind) {
      case "literal":
        return [[value.pieces.map(({ text }) => text).join("")]];
      case "concat":
        return value.parts.map((part) => this.#forms(part, context)).reduce(crossed, [[]]);
      case "trimmed":
      case "replaced":
      case "element":
        return this.#forms(value.of, context);
      case "list":
        return value.of.kind === "concat" && value.of.parts.length > 0 ? value.of.parts.flatMap((part) => this.#forms(part, context)) : [[this.#hole(head)]];
      case "joined":
        return this.#joined(head, value);
      case "reference":
        return this.#reference(head, value);
      case "unset":
        return [];
      default:
        return [[this.#hole(head)]];
    }
  }

  #joined(head: Head, { of, separator }: Extract<TextValue, { kind: "joined" }>): readonly (readonly Part[])[] {
    const list = of.kind === "list" ? of.of : of;
    const parts = list.kind === "concat" ? list.parts : [list];
    const isMade = of.kind === "list" && of.written !== undefined && of.written.spreads.length > 0;
    const unsure = isMade || hasEach(list) ? 0 : parts.findIndex((part) => part.kind !== "element");
    const sure = unsure < 0 ? parts : parts.slice(0, unsure);
    const between = this.#forms(separator, head.context);
    const start = sure.map((part) => this.#forms(part, head.context)).reduce((before, next, at) => crossed(at === 0 ? before : crossed(before, between), next), [[]] as readonly (readonly Part[])[]);
    if (unsure < 0) return start;
    const [first, ...rest] = parts.slice(unsure);
    const ways = first === undefined || unsure > 0 ? undefined : sequencesIn(first);
    if (ways === undefined || rest.length === 0) return crossed(start, [[this.#anyOf(parts.slice(unsure), head)]]);
    const after: readonly (readonly Part[])[] = [[this.#anyOf(rest, head)]];
    return ways.flatMap((way) => crossed(way.map((part) => this.#forms(part, head.context)).reduce((before, next) => crossed(crossed(before, next), between), [[]] as readonly (readonly Part[])[]), after)).slice(0, mostForms);
  }

  /** A list of unknown length is one hole, in the words of all that its elements are made of. */
  #anyOf(parts: readonly TextValue[], head: Head): KeyHole {
    const texts = new Set(parts.flatMap((part) => this.#forms(part, head.context)).flat().flatMap((part) => (typeof part === "string" ? [] : [part.text])));
    return { text: [...texts].join(", ").slice(0, longestList) || "…" };
  }

  /** `new Request(url)` and `new URL(url)` are their address. */
  #reference(head: Head, value: Extract<TextValue, { kind: "reference" }>): readonly (readonly Part[])[] {
    const { to } = value;
    if (to.kind === "new" && to.arguments?.[0] !== undefined && /^(?:Request|URL)$/.test(sourceOf(to.class, head.context) ?? "")) return this.#forms(to.arguments[0], head.context);
    return [[this.#hole(head)]];
  }

  #hole(head: Head): KeyHole {
    const { value, context } = head;
    let at = value;
    while (at.kind === "reference" && at.to.kind === "member") at = at.to.of;
    if (at.kind === "reference" && at.to.kind === "parameter") {
      const facts = context.module.functions[at.to.function];
      if (facts !== undefined && frameOf(context, facts) === undefined) this.#open.push({ module: context.module, function: facts, index: at.to.index });
    }
    return { text: this.#written(value, context, 0) };
  }

  /** A member of an argument is shown with what the caller wrote: `data.user` and `.id`. */
  #written(value: TextValue, context: Context, depth: number): string {
    if (value.kind === "reference" && value.to.kind === "member" && depth < 4) {
      const [owner] = this.#origins.of(value.to.of, context);
      if (owner !== undefined && owner.context !== context) {
        const outer = this.#written(owner.value, owner.context, depth + 1);
        if (/^[\w$.?!]+$/.test(outer)) return `${outer}.${value.to.name}`;
      }
    }
    return sourceOf(value, context) ?? "…";
  }
}

export function sourceOf(value: TextValue, { module }: Context): string | undefined {
  const source = value.kind === "hole" || value.kind === "reference" ? value.source : undefined;
  return source === undefined ? undefined : module.text.slice(source.start, source.end).replace(/\s+/g, " ").slice(0, longestHole);
}

/** A key as one text; two keys of one form are the same but for what stands in their holes. */
export function skeletonOf({ parts }: CacheKey, holes: "with holes" | "without holes"): string {
  return parts.map((part) => (typeof part === "string" ? part : holes === "with holes" ? `\0${part.text}\0` : "\0")).join("");
}

/** How much of a key is written out. */
export function lettersOf(keys: readonly CacheKey[]): number {
  return Math.max(0, ...keys.map(({ parts }) => parts.reduce((sum, part) => sum + (typeof part === "string" ? part.replace(/[^\p{L}]/gu, "").length : 0), 0)));
}

/** The elements that a list can begin with, as its conditions have it; undefined where they are not known. */
function sequencesIn(value: TextValue): readonly (readonly TextValue[])[] | undefined {
  if (value.kind === "element") return [[value.of]];
  if (value.kind === "literal") return value.pieces.length === 0 ? [[]] : undefined;
  const parts = value.kind === "choice" ? value.options.map(sequencesIn) : value.kind === "concat" ? value.parts.map(sequencesIn) : [undefined];
  if (!parts.every((part) => part !== undefined)) return undefined;
  if (value.kind === "choice") return parts.flat().slice(0, mostForms);
  return parts.reduce((before, next) => before.flatMap((start) => next.map((end) => [...start, ...end])).slice(0, mostForms), [[]]);
}

/** Made from each element of something. */
function hasEach(value: TextValue): boolean {
  return value.kind === "reference" ? value.to.kind === "each" : partsOf(value).some(hasEach);
}

function crossed(before: readonly (readonly Part[])[], next: readonly (readonly Part[])[]): readonly (readonly Part[])[] {
  return before.flatMap((start) => next.map((end) => [...start, ...end])).slice(0, mostForms);
}

function merged(parts: readonly Part[]): readonly Part[] {
  const found: Part[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (typeof part === "string" && typeof last === "string") found[found.length - 1] = last + part;
    else if (typeof part !== "string" && last !== undefined && typeof last !== "string") found[found.length - 1] = { text: `${last.text}, ${part.text}` };
    else if (part !== "") found.push(part);
  }
  return found;
}
