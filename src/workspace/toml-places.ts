// Where a value stands in a TOML text: the parser gives values only. Approximate on purpose: what it cannot find, it
// answers with the nearest thing around it.

import { span, type Span } from "../core/text/span";

/** A path as in the parsed value: `["env", "preview", "d1_databases", 0, "migrations_dir"]`. */
export type TomlPath = readonly (string | number)[];

/** The span of the value at `target`, else of the nearest key or table header that holds it. */
export function placeInToml(text: string, target: TomlPath): Span {
  let best: { depth: number; span: Span } = { depth: 0, span: span(0, firstLineEnd(text)) };
  for (const entry of entries(text)) {
    const depth = sharedDepth(entry.path, target);
    if (depth === entry.path.length && depth > best.depth) best = { depth, span: entry.span };
  }
  return best.span;
}

interface Entry {
  readonly path: TomlPath;
  readonly span: Span;
}

function* entries(text: string): Iterable<Entry> {
  const counts = new Map<string, number>();
  let table: TomlPath = [];
  let at = 0;
  for (const line of text.split("\n")) {
    const header = /^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?/.exec(line);
    const pair = /^\s*([\w."'-]+)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^#\r]*?)\s*(?:#.*)?\r?$/.exec(line);
    if (header) {
      table = tablePath(header[2]!, header[1] === "[[", counts);
      yield { path: table, span: trimmed(line, at) };
    } else if (pair) {
      const start = at + line.indexOf(pair[2]!, line.indexOf("="));
      yield { path: [...table, ...keys(pair[1]!)], span: span(start, start + pair[2]!.length) };
    }
    at += line.length + 1;
  }
}

/** Fills in which element of an array of tables a header means: the last one opened. */
function tablePath(name: string, isElement: boolean, counts: Map<string, number>): TomlPath {
  const result: (string | number)[] = [];
  const names = keys(name);
  for (const [i, key] of names.entries()) {
    result.push(key);
    const id = JSON.stringify(result);
    if (isElement && i === names.length - 1) counts.set(id, (counts.get(id) ?? -1) + 1);
    const index = counts.get(id);
    if (index !== undefined) result.push(index);
  }
  return result;
}

function keys(dotted: string): string[] {
  return (dotted.match(/"[^"]*"|'[^']*'|[^.\s]+/g) ?? []).map((key) => key.replace(/^["']|["']$/g, ""));
}

function sharedDepth(a: TomlPath, b: TomlPath): number {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return i;
}

function trimmed(line: string, at: number): Span {
  const start = at + line.length - line.trimStart().length;
  return span(start, start + line.trim().length);
}

function firstLineEnd(text: string): number {
  const end = text.search(/\r?\n/);
  return end < 0 ? text.length : end;
}
