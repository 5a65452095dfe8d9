// Reads a CREATE VIRTUAL TABLE statement: its module, columns and options. The parser joins the words of the arguments,
// so they are read from the text. What the module makes of them is not known here.

import { tokenize, tokenName } from "sqlite3-parser";
import type { Token } from "sqlite3-parser";
import type { Span } from "../text/span";

export interface VirtualColumn {
  readonly name: string;
  /** What follows the name: `UNINDEXED`, a type. */
  readonly rest: string;
  /** Within the statement. */
  readonly span: Span;
}

export interface VirtualTable {
  readonly name: string;
  /** The name as written, with IF NOT EXISTS and the schema. */
  readonly head: string;
  /** In lower case. */
  readonly module: string;
  readonly columns: readonly VirtualColumn[];
  /** `key=value` arguments, keys in lower case, values without quotes. */
  readonly options: ReadonlyMap<string, string>;
}

/** Undefined where the text is no such statement. */
export function readVirtualTable(sql: string): VirtualTable | undefined {
  const tokens = [...tokenize(sql)];
  const names = tokens.map((token) => tokenName(token.type));
  if (names[0] !== "CREATE" || names[1] !== "VIRTUAL" || names[2] !== "TABLE") return undefined;
  const using = names.indexOf("USING");
  const module = tokens[using + 1];
  const last = tokens[using - 1];
  if (using < 4 || module === undefined || last === undefined) return undefined;
  const columns: VirtualColumn[] = [];
  const options = new Map<string, string>();
  for (const argument of names[using + 2] === "LP" ? splitArguments(sql, tokens, using + 3) : []) {
    const text = sql.slice(argument.start, argument.end);
    const option = /^(\w+)\s*=\s*([^]*)$/.exec(text);
    if (option) options.set(option[1]!.toLowerCase(), unquote(option[2]!.trim()));
    else if (text !== "") columns.push({ ...columnName(text), span: argument });
  }
  return {
    name: unquote(last.text),
    head: sql.slice(tokens[3]!.span.offset, last.span.offset + last.span.length),
    module: unquote(module.text).toLowerCase(),
    columns,
    options,
  };
}

/** A column's name and what follows it. */
export function columnName(text: string): { readonly name: string; readonly rest: string } {
  const trimmed = text.trim();
  const match = /^(\+?\s*(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|'(?:[^']|'')*'|\[[^\]]*\]|[^\s"'`[]+))\s*([^]*)$/.exec(trimmed);
  return match ? { name: unquote(match[1]!), rest: match[2]!.trim() } : { name: trimmed, rest: "" };
}

export function unquote(text: string): string {
  const first = text[0];
  if (first === "[" && text.endsWith("]")) return text.slice(1, -1);
  if ((first === '"' || first === "'" || first === "`") && text.length > 1 && text.endsWith(first)) {
    return text.slice(1, -1).replaceAll(first + first, first);
  }
  return text;
}

/** The stretches between the outermost commas, trimmed, up to the closing parenthesis. */
function splitArguments(sql: string, tokens: readonly Token[], from: number): Span[] {
  const spans: Span[] = [];
  let first: Token | undefined;
  let last: Token | undefined;
  let depth = 0;
  const close = (): void => {
    if (first && last) spans.push({ start: first.span.offset, end: last.span.offset + last.span.length });
    first = last = undefined;
  };
  for (const token of tokens.slice(from)) {
    const name = tokenName(token.type);
    if (name === "RP" && depth-- === 0) break;
    if (name === "LP") depth++;
    if (name === "COMMA" && depth === 0) close();
    else {
      first ??= token;
      last = token;
    }
  }
  close();
  return spans.filter((one) => one.end <= sql.length);
}
