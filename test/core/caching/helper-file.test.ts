import assert from "node:assert/strict";
import ts from "typescript";
import { helperFile, knownCacheHelper, ownCache } from "../../../src/core/caching/helper-file";
import { cacheHelper } from "../../../src/helpers/index";

function pathIn(querying: readonly string[], others: readonly string[] = []): string {
  return helperFile({ code: [...querying, ...others], querying }, cacheHelper).path;
}

describe("the cache helper of a project", () => {
  it("goes to the helpers beside the code that queries, in its language", () => {
    assert.equal(pathIn(["functions/api/a.js", "functions/api/b.js"], ["functions/lib/http.js", "src/lib/view.js", "src/lib/other.js"]), "functions/lib/query-cache.js");
    assert.equal(pathIn(["functions/api/a.js"], ["functions/utils/http.js", "src/App.jsx"]), "functions/utils/query-cache.js");
    assert.equal(pathIn(["src/routes/a.ts", "src/index.ts"]), "src/lib/query-cache.ts");
    assert.equal(pathIn(["apps/api/src/a.ts", "apps/api/src/b.ts", "tools/seed.js"], ["apps/web/src/lib/x.ts", "apps/api/src/db/utils/x.ts", "apps/api/src/shared/y.ts"]), "apps/api/src/shared/query-cache.ts");
    assert.equal(pathIn(["index.ts"]), "lib/query-cache.ts");
    assert.equal(pathIn(["functions/api/a.js", "functions/api/b.js", "functions/api/c.ts"]), "functions/lib/query-cache.js");
  });

  for (const style of ["kv", "cache-api", "workers-cache"] as const) {
    it(`gives the project's own cache, by ${style}`, () => {
      for (const file of ["src/a.ts", "src/a.js"]) {
        const { path, text } = helperFile({ code: [file], querying: [file] }, cacheHelper, (isTypeScript) => ownCache(style, "PAGES_KV", isTypeScript));
        assert.match(text, /^export function queryCache\(/m);
        assert.equal(style === "kv", text.includes("kvStore(env.PAGES_KV)"));
        const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true, fileName: path, compilerOptions: { target: ts.ScriptTarget.ESNext, allowJs: true } });
        assert.deepEqual(diagnostics, []);
        if (path.endsWith(".js")) assert.doesNotMatch(text.slice(text.lastIndexOf("/**")), /\): |: \{ readonly|\bas unknown\b/);
        assert.equal(knownCacheHelper([{ path: "src/index.ts", text }, { path, text }]), path);
      }
    });
  }

  it("is not any file of that name", () => {
    assert.equal(knownCacheHelper([{ path: "src/query-cache.ts", text: "export const x = 1;" }]), undefined);
  });
});
