// What is written into a project: the helper's own text, and the same without its types.

import { transform } from "esbuild";
import assert from "node:assert/strict";
import ts from "typescript";
import { cacheHelper, telemetryHelper } from "../../src/helpers/index";
import type { Helper } from "../../src/helpers/index";
import type * as cacheModule from "../../src/helpers/cache";
import { read } from "../support/house";

const helpers: readonly (readonly [Helper, path: string])[] = [
  [cacheHelper, "src/helpers/cache.ts"],
  [telemetryHelper, "src/helpers/telemetry.ts"],
];

describe("texts of helpers", () => {
  for (const [helper, path] of helpers) {
    const source = read(path);

    it(`${helper.name} in TypeScript is ${path}`, () => {
      assert.equal(helper.typescript, source);
    });

    it(`${helper.name} in JavaScript parses, and is the same code`, async () => {
      const bare = async (text: string, loader: "js" | "ts"): Promise<string> => (await transform(text, { loader, minifySyntax: true, minifyWhitespace: true, target: "esnext", format: "esm" })).code;
      assert.ok((await bare(helper.javascript, "js")) === (await bare(source, "ts")));
    });

    it(`${helper.name} in JavaScript keeps the comments, but for those of types`, () => {
      const kept = new Set(comments(helper.javascript));
      const lost = comments(source).filter((comment) => !kept.has(comment));
      assert.deepEqual(lost.filter((comment) => !isOfType(source, comment)), []);
      assert.ok([...kept].every((comment) => source.includes(comment)));
      assert.doesNotMatch(helper.javascript, /\n\n\n|^ *\/\/blank|[^\S\n]$/m);
    });

    it(`${helper.name} imports nothing, and says what wrote it and whose it is`, () => {
      assert.doesNotMatch(source, /^import |\bimport\(|\brequire\(/m);
      assert.match(source.slice(0, 600), /^\/\*\n \*.*\n[^]*Written into this project by Plumbline[^]*It is yours[^]*MIT/);
    });
  }

  it("the key that telemetry logs is the one by which recorded queries are found", () => {
    const from = (text: string): string => text.slice(text.indexOf("/** The key of a statement")).replace("export function", "function").trimEnd();
    const own = from(read("src/core/telemetry/query-key.ts"));
    assert.ok(from(telemetryHelper.typescript).startsWith(own));
  });

  it("the JavaScript of the cache works", async () => {
    const { createCache, kvStore } = (await import(`data:text/javascript,${encodeURIComponent(cacheHelper.javascript)}`)) as typeof cacheModule;
    const kept = new Map<string, string>();
    const kv = { get: async (keys: string[]) => new Map(keys.map((key) => [key, kept.get(key) ?? null])), put: async (key: string, text: string) => void kept.set(key, text) };
    const cache = createCache({ store: kvStore(kv), log: () => undefined });
    let runs = 0;
    const get = (): Promise<number> => cache.get({ name: "n", tables: ["t"], ttl: 60 }, () => ++runs);
    assert.deepEqual([await get(), await get(), await cache.purge({ tables: ["t"] }), await get()], [1, 1, true, 2]);
  });
});

/** Line by line as they stand, without indentation. */
function comments(text: string): readonly string[] {
  const found: string[] = [];
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
  const templates: number[] = [];
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token === ts.SyntaxKind.SlashToken || token === ts.SyntaxKind.SlashEqualsToken) scanner.reScanSlashToken();
    if (token === ts.SyntaxKind.TemplateHead) templates.push(0);
    else if (templates.length > 0 && token === ts.SyntaxKind.OpenBraceToken) templates[templates.length - 1]!++;
    else if (templates.length > 0 && token === ts.SyntaxKind.CloseBraceToken && templates[templates.length - 1]!-- === 0) {
      templates[templates.length - 1] = 0;
      if (scanner.reScanTemplateToken(false) === ts.SyntaxKind.TemplateTail) templates.pop();
    }
    if (token === ts.SyntaxKind.SingleLineCommentTrivia || token === ts.SyntaxKind.MultiLineCommentTrivia) found.push(...scanner.getTokenText().split("\n").map((line) => line.trim()));
  }
  return found;
}

/** Whether a comment stands on or in an interface or a type. */
function isOfType(source: string, comment: string): boolean {
  const file = ts.createSourceFile("helper.ts", source, ts.ScriptTarget.Latest, true);
  const at = source.indexOf(comment);
  return file.statements.some((one) => (ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one)) && at >= one.pos && at < one.end);
}
