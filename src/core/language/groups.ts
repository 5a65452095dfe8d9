// The tokens of an SQL text by their parentheses. One that is missing closes, or opens, at the end of what is there.

import type { Span } from "../text/span";
import type { Token } from "./tokens";

export type Item = Token | Group;

/** What stands between two parentheses, or the whole text. `start` and `end` are inside of the parentheses. */
export interface Group extends Span {
  readonly kind: "group";
  readonly items: readonly Item[];
  /** The token before the parenthesis. */
  readonly before: Token | undefined;
}

/** Comments are left out. */
export function groupTokens(tokens: readonly Token[], whole: Span): Group {
  const open: { readonly start: number; readonly before: Token | undefined; readonly items: Item[] }[] = [{ start: whole.start, before: undefined, items: [] }];
  const close = (end: number): void => {
    const { start, before, items } = open.pop()!;
    open.at(-1)!.items.push({ kind: "group", start, end, before, items });
  };
  for (const token of tokens) {
    const { items } = open.at(-1)!;
    if (token.kind === "comment") continue;
    if (token.kind !== "operator" || (token.text !== "(" && token.text !== ")")) items.push(token);
    else if (token.text === "(") open.push({ start: token.end, before: lastToken(items), items: [] });
    else if (open.length > 1) close(token.start);
  }
  while (open.length > 1) close(whole.end);
  return { kind: "group", ...whole, before: undefined, items: open[0]!.items };
}

/** The groups around an offset, from the whole to the innermost. */
export function groupsAround(whole: Group, offset: number): readonly Group[] {
  const found = [whole];
  for (;;) {
    const inner = found.at(-1)!.items.find((item): item is Group => item.kind === "group" && item.start <= offset && offset <= item.end);
    if (inner === undefined) return found;
    found.push(inner);
  }
}

/** The words of a call stand before its parenthesis; what stands before another group is none. */
function lastToken(items: readonly Item[]): Token | undefined {
  const last = items.at(-1);
  return last?.kind === "group" ? undefined : last;
}
