// Text of a code file to a syntax tree. In files that embed scripts (Vue, Svelte, Astro) everything else is
// blanked, so that offsets in the tree are offsets in the file.

import { ts } from "./typescript";

interface Parsed {
  readonly path: string;
  readonly text: string;
  readonly file: ts.SourceFile;
}

/** The last trees: the rewrites of a file ask for its tree again, while what is typed meanwhile asks for that of the next text. */
let last: Parsed | undefined;
let before: Parsed | undefined;

/** Half-typed text gives a tree with what could be read. The tree must not be changed. */
export function parseHost(path: string, text: string): ts.SourceFile {
  for (const known of [last, before]) if (known?.path === path && known.text === text) return known.file;
  const { script, kind } = scriptOf(path, text);
  const file = ts.createSourceFile(path, script, { languageVersion: ts.ScriptTarget.Latest, setExternalModuleIndicator: asModule, jsDocParsingMode: ts.JSDocParsingMode.ParseNone }, true, kind);
  before = last;
  last = { path, text, file };
  return file;
}

/** Code without imports is taken as a module too: in a script `await (x)` would call a function of that name. */
function asModule(file: ts.SourceFile): void {
  Object.assign(file, { externalModuleIndicator: true });
}

function scriptOf(path: string, text: string): { script: string; kind: ts.ScriptKind } {
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  switch (extension) {
    case "vue":
    case "svelte":
      return { script: keepScripts(text, scriptBlocks(text)), kind: ts.ScriptKind.TS };
    case "astro":
      return { script: keepScripts(text, [...frontmatter(text), ...scriptBlocks(text)]), kind: ts.ScriptKind.TS };
    case "tsx":
      return { script: text, kind: ts.ScriptKind.TSX };
    case "ts":
    case "mts":
    case "cts":
      return { script: text, kind: ts.ScriptKind.TS };
    default:
      return { script: text, kind: ts.ScriptKind.JSX };
  }
}

type Stretch = readonly [start: number, end: number];

function scriptBlocks(text: string): Stretch[] {
  const blocks: Stretch[] = [];
  for (const match of text.matchAll(/<script\b[^>]*>/gi)) {
    const start = match.index + match[0].length;
    const close = /<\/script\s*>/gi;
    close.lastIndex = start;
    const end = close.exec(text)?.index;
    if (end === undefined) return [...blocks, [start, text.length]];
    if (start >= (blocks.at(-1)?.[1] ?? 0)) blocks.push([start, end]);
  }
  return blocks;
}

function frontmatter(text: string): Stretch[] {
  const open = /^\uFEFF?\s*---[^\S\n]*\r?\n/.exec(text);
  if (open === null) return [];
  const end = text.indexOf("\n---", open[0].length - 1);
  return [[open[0].length, end < 0 ? text.length : end + 1]];
}

function keepScripts(text: string, stretches: readonly Stretch[]): string {
  let kept = "";
  let at = 0;
  for (const [start, end] of stretches) {
    if (start < at) continue;
    // A script may end without a semicolon, and the next one begin with a bracket.
    kept += blank(text.slice(at, start)).replace(/ (?=[^ ]*$)/, ";") + text.slice(start, end);
    at = end;
  }
  return kept + blank(text.slice(at));
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, " ");
}
