// Reads a rule's document: its headings, and its fenced blocks as examples that can be executed.
//
// `sql schema` holds the migrations and `json plumbline.json` the settings of the blocks after them, up to the next
// `sql schema`; `schema` with a path is a further file beside them, such as code that the migrations meet, and `sql
// applied` is the example as it was when it was applied. A `bad` block is followed by what its fix makes of it (`fixed`),
// if that is shown. Further words after `bad` are rules that it may break besides the document's own; a word with a `/`
// is the path of the code.

import assert from "node:assert/strict";

export interface Example {
  /** The line of the fence, from 1. */
  readonly line: number;
  readonly verdict: "good" | "bad";
  readonly files: ReadonlyMap<string, string>;
  /** What may be found besides the document's own rule. */
  readonly alsoBreaks: readonly string[];
  /** The edited code, or the new migration. */
  readonly fixed: { readonly line: number; readonly text: string } | undefined;
}

interface Block {
  readonly line: number;
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
}

export function headings(document: string): readonly string[] {
  return document.replace(/^```[\s\S]*?^```$/gm, "").split("\n").filter((line) => line.startsWith("#"));
}

export function readExamples(document: string): readonly Example[] {
  const examples: Example[] = [];
  const blocks = readBlocks(document);
  let setting = new Map<string, string>();
  for (const [at, block] of blocks.entries()) {
    const [kind, ...rest] = block.words;
    const info = [block.language, kind].join(" ");
    const further = kind === "schema" ? rest.find((word) => word.includes("/")) : undefined;
    if (further !== undefined) setting = new Map([...setting, [further, block.text]]);
    else if (info === "sql schema") setting = new Map([["migrations/0001_schema.sql", block.text]]);
    else if (info === "json plumbline.json") setting = new Map([...setting, ["plumbline.json", block.text]]);
    else if (info === "sql applied") setting = new Map([...setting, ["applied/0002_example.sql", block.text]]);
    else if (kind === "fixed") assert.equal(blocks[at - 1]?.words[0], "bad", `line ${block.line}: nothing to fix stands before this block`);
    else if (kind === "bad" || kind === "good") {
      const path = rest.find((word) => word.includes("/")) ?? place(block);
      const next = blocks[at + 1];
      examples.push({
        line: block.line,
        verdict: kind,
        files: new Map([...setting, [path, block.text]]),
        alsoBreaks: rest.filter((word) => !word.includes("/")),
        fixed: next?.words[0] === "fixed" ? { line: next.line, text: next.text } : undefined,
      });
    } else assert.fail(`line ${block.line}: a block \`${info}\` is not executed`);
  }
  return examples;
}

function place({ language, line }: Block): string {
  switch (language) {
    case "ts":
      return "functions/api/example.ts";
    case "sql":
      return "migrations/0002_example.sql";
    case "json":
      return "plumbline.json";
    default:
      return assert.fail(`line ${line}: a block in \`${language}\` is not executed`);
  }
}

function readBlocks(document: string): readonly Block[] {
  return [...document.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [language = "", ...words] = match[1]!.trim().split(/\s+/);
    return { line: document.slice(0, match.index).split("\n").length, language, words, text: match[2]! };
  });
}
