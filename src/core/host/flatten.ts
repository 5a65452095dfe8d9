// One reading of a text value: its pieces and holes in order, with one option taken of every choice.

import type { Piece } from "./literal";
import { emptyText, type TextValue } from "./text-value";

/** D1 takes statements up to 100 KB. */
const longestText = 200_000;

const comma: TextValue = { kind: "literal", pieces: [{ text: ",", source: undefined, kind: "verbatim", quote: undefined }] };

export type Item = Piece | Extract<TextValue, { kind: "hole" }>;

/** The parts of a value under one set of options, or why there are none. */
export function flatten(value: TextValue, taken: ReadonlyMap<string, number>): readonly Item[] | "unset" | "too long" {
  const items: Item[] = [];
  let length = 0;
  let isUnset = false;
  let list: { readonly separator: TextValue; any: boolean } | undefined;
  const walk = (at: TextValue): void => {
    if (length > longestText) return;
    // Every visit counts: values share parts, and text doubled thirty times must not be walked to the end.
    length++;
    switch (at.kind) {
      case "literal":
        for (const piece of at.pieces) {
          items.push(piece);
          length += piece.text.length;
        }
        return;
      case "concat":
        return at.parts.forEach(walk);
      case "choice":
        return walk(optionOf(at, taken) ?? emptyText);
      case "hole":
        items.push(at);
        return;
      case "reference":
        items.push({ kind: "hole", source: at.source, as: undefined, why: at.why });
        return;
      case "trimmed": {
        const from = items.length;
        walk(at.of);
        if (at.start) trimStart(items, from);
        if (at.end) trimEnd(items, from);
        return;
      }
      case "replaced": {
        const from = items.length;
        walk(at.of);
        const whole = items.splice(from);
        const cut = split(whole, at.search, at.every);
        cut.forEach((part, i) => {
          if (i > 0) walk(at.by);
          items.push(...part);
        });
        return;
      }
      case "joined":
      case "list": {
        const outer = list;
        list = { separator: at.kind === "joined" ? at.separator : comma, any: false };
        walk(at.kind === "joined" && at.of.kind === "list" ? at.of.of : at.of);
        // `WHERE` and `SET` before a list that is empty: the code asks before whether it is.
        isUnset ||= !list.any && /\S/.test(plainText(list.separator));
        list = outer;
        return;
      }
      case "element": {
        const outer = list;
        list = undefined;
        if (outer?.any === true) walk(outer.separator);
        if (outer !== undefined) outer.any = true;
        walk(at.of);
        list = outer;
        return;
      }
      case "if-any":
        return walk(hasElements(at.list, taken) ? at.some : at.none);
      case "unset":
        isUnset = true;
    }
  };
  walk(value);
  if (length > longestText) return "too long";
  return isUnset ? "unset" : items;
}

/** Whether a list has elements under one set of options. What is not known of a list counts as an element. */
function hasElements(list: TextValue, taken: ReadonlyMap<string, number>): boolean {
  switch (list.kind) {
    case "list":
      return hasElements(list.of, taken);
    case "concat":
      return list.parts.some((part) => hasElements(part, taken));
    case "choice": {
      const option = optionOf(list, taken);
      return option !== undefined && hasElements(option, taken);
    }
    case "if-any":
      return hasElements(hasElements(list.list, taken) ? list.some : list.none, taken);
    case "literal":
      return list.pieces.length > 0;
    default:
      return true;
  }
}

function plainText(value: TextValue): string {
  return value.kind === "literal" ? value.pieces.map((piece) => piece.text).join("") : "";
}

function optionOf(choice: Extract<TextValue, { kind: "choice" }>, taken: ReadonlyMap<string, number>): TextValue | undefined {
  return choice.options[taken.get(choice.choice) ?? choice.options.length - 1] ?? choice.options[0];
}

function trimStart(items: Item[], from: number): void {
  for (let i = from; i < items.length; i++) {
    const item = items[i]!;
    if (item.kind === "hole") return;
    const cut = item.text.length - item.text.trimStart().length;
    items[i] = slicePiece(item, cut, item.text.length);
    if (cut < item.text.length) return;
  }
}

function trimEnd(items: Item[], from: number): void {
  for (let i = items.length - 1; i >= from; i--) {
    const item = items[i]!;
    if (item.kind === "hole") return;
    const end = item.text.trimEnd().length;
    items[i] = slicePiece(item, 0, end);
    if (end > 0) return;
  }
}

function slicePiece(piece: Piece, start: number, end: number): Piece {
  if (start === 0 && end === piece.text.length) return piece;
  const { source } = piece;
  const exact = piece.kind === "verbatim" && source !== undefined;
  return {
    ...piece,
    text: piece.text.slice(start, end),
    source: exact ? { start: source.start + start, end: source.start + end } : source,
  };
}

/** The parts around every occurrence of a text; holes never hold it. */
function split(items: readonly Item[], search: string, every: "first" | "all"): Item[][] {
  const parts: Item[][] = [[]];
  let run: Piece[] = [];
  const flush = () => {
    let rest = run;
    for (;;) {
      const at = every === "first" && parts.length > 1 ? -1 : rest.map((piece) => piece.text).join("").indexOf(search);
      if (at < 0 || search === "") break;
      parts.at(-1)!.push(...between(rest, 0, at));
      parts.push([]);
      rest = between(rest, at + search.length, Number.POSITIVE_INFINITY);
    }
    parts.at(-1)!.push(...rest);
    run = [];
  };
  for (const item of items) {
    if (item.kind !== "hole") run.push(item);
    else {
      flush();
      parts.at(-1)!.push(item);
    }
  }
  flush();
  return parts;
}

function between(pieces: readonly Piece[], start: number, end: number): Piece[] {
  let at = 0;
  const found: Piece[] = [];
  for (const piece of pieces) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, piece.text.length);
    if (from < to) found.push(slicePiece(piece, from, to));
    at += piece.text.length;
  }
  return found;
}
