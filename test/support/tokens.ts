// Tokenizes as VS Code does: its own TextMate engine and the grammars of its languages, with our injection or without.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { OnigScanner, OnigString, loadWASM } from "vscode-oniguruma";
import { type IGrammar, INITIAL, Registry, parseRawGrammar } from "vscode-textmate";

/** A token with the scopes under the root scope of its file. */
export interface Token {
  readonly line: number;
  readonly text: string;
  readonly scopes: readonly string[];
}

export const hosts = {
  ts: "source.ts",
  tsx: "source.tsx",
  js: "source.js",
  jsx: "source.js.jsx",
  vue: "text.html.vue",
  svelte: "source.svelte",
  astro: "source.astro",
} as const;
export type Host = keyof typeof hosts;

const packages = createRequire(path.resolve("package.json"));
const injected = "plumbline.sql-in-js";
const grammars = path.dirname(packages.resolve("tm-grammars/grammars/typescript.json"));
const fileOf: Readonly<Record<string, string>> = {
  "source.ts": "typescript",
  "source.tsx": "tsx",
  "source.js": "javascript",
  "source.js.jsx": "jsx",
  "text.html.vue": "vue",
  "source.svelte": "svelte",
  "source.astro": "astro",
  "text.html.basic": "html",
  "text.html.derivative": "html-derivative",
  "source.css": "css",
};

const registries = { with: registry([injected]), without: registry([]) };

export async function grammarOf(host: Host, injection: "with" | "without"): Promise<IGrammar> {
  const grammar = await registries[injection].loadGrammar(hosts[host]);
  if (grammar === null) throw new Error(`There is no grammar for ${hosts[host]}`);
  return grammar;
}

export function tokensOf(grammar: IGrammar, text: string): readonly Token[] {
  let state = INITIAL;
  return text.split("\n").flatMap((line, index) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens.map(({ startIndex, endIndex, scopes }) => ({ line: index, text: line.slice(startIndex, endIndex), scopes: scopes.slice(1) }));
  });
}

function registry(injections: string[]): Registry {
  const wasm = readFileSync(packages.resolve("vscode-oniguruma/release/onig.wasm"));
  const loaded = loadWASM({ data: new Uint8Array(wasm).buffer });
  return new Registry({
    onigLib: loaded.then(() => ({ createOnigScanner: (sources) => new OnigScanner(sources), createOnigString: (text) => new OnigString(text) })),
    loadGrammar: (scope) => {
      const name = fileOf[scope];
      const file = scope === injected ? path.resolve("syntaxes/sql-in-js.tmLanguage.json") : name && path.join(grammars, `${name}.json`);
      return Promise.resolve(file ? parseRawGrammar(readFileSync(file, "utf8"), file) : null);
    },
    getInjections: (scope) => (scope === injected ? [] : injections),
  });
}
