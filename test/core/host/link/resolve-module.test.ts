import assert from "node:assert/strict";
import { moduleResolver } from "../../../../src/core/host/resolve-module";

const files = ["src/a.ts", "src/lib/index.ts", "src/lib/b.js", "src/c.tsx", "web/d.ts", "packages/db/src/index.ts", "packages/db/src/notes.ts", "packages/old/main.js"];
const resolve = moduleResolver({
  files,
  configurations: new Map([
    ["tsconfig.json", `{ // the root\n "compilerOptions": { "paths": { "~/*": ["./src/*"], "lib": ["./src/lib"], "@*/x": ["./src/*"] } } }`],
    ["web/jsconfig.json", `{ "compilerOptions": { "baseUrl": "../src" } }`],
    ["web/deep/tsconfig.json", `{ "extends": "../../tsconfig" }`],
    ["packages/db/package.json", `{ "name": "@me/db", "main": "./dist/index.js" }`],
    ["packages/old/package.json", `{ "name": "old", "main": "main.js" }`],
    ["broken/tsconfig.json", `{ "compilerOptions": [`],
    ["package.json", `null`],
  ]),
});

describe("the file of a module specifier", () => {
  it("is found beside the file that names it", () => {
    assert.equal(resolve("src/a.ts", "./c"), "src/c.tsx");
    assert.equal(resolve("src/a.ts", "./c.js"), "src/c.tsx");
    assert.equal(resolve("src/lib/b.js", "../a.js"), "src/a.ts");
    assert.equal(resolve("src/a.ts", "./lib"), "src/lib/index.ts");
    assert.equal(resolve("src/a.ts", "./lib/"), "src/lib/index.ts");
    assert.equal(resolve("src/lib/b.js", "."), "src/lib/index.ts");
    assert.equal(resolve("src/a.ts", "../../../a"), undefined);
    assert.equal(resolve("src/a.ts", "./none"), undefined);
  });

  it("is found by paths and baseUrl, the nearest configuration first", () => {
    assert.equal(resolve("src/a.ts", "~/lib/b"), "src/lib/b.js");
    assert.equal(resolve("src/a.ts", "lib"), "src/lib/index.ts");
    assert.equal(resolve("src/a.ts", "@a/x"), "src/a.ts");
    assert.equal(resolve("web/d.ts", "lib/b"), "src/lib/b.js");
    assert.equal(resolve("web/deep/e.ts", "~/a"), "src/a.ts");
    assert.equal(resolve("src/a.ts", "lib/b"), undefined);
  });

  it("is found in a package of the workspace", () => {
    assert.equal(resolve("src/a.ts", "@me/db"), "packages/db/src/index.ts");
    assert.equal(resolve("src/a.ts", "@me/db/notes"), "packages/db/src/notes.ts");
    assert.equal(resolve("src/a.ts", "old"), "packages/old/main.js");
    assert.equal(resolve("src/a.ts", "react"), undefined);
  });

  it("is found by the imports and exports of package.json, and by what frameworks take for granted", () => {
    const inPackages = moduleResolver({
      files: ["app/src/lib/db.ts", "app/src/routes/a.ts", "app/server/jobs.ts", "kit/src/deep/store.ts", "top.ts"],
      configurations: new Map([
        ["app/package.json", `{ "imports": { "#server/*": { "types": "./none/*", "default": "./server/*.ts" }, "#*": "./src/*" } }`],
        ["kit/package.json", `{ "name": "kit", "exports": { "./store": { "import": "./src/deep/store.ts" } } }`],
      ]),
    });
    assert.equal(inPackages("app/src/routes/a.ts", "#server/jobs"), "app/server/jobs.ts");
    assert.equal(inPackages("app/src/routes/a.ts", "#lib/db"), "app/src/lib/db.ts");
    assert.equal(inPackages("app/src/routes/a.ts", "$lib/db"), "app/src/lib/db.ts");
    assert.equal(inPackages("app/src/routes/a.ts", "@/lib/db"), "app/src/lib/db.ts");
    assert.equal(inPackages("app/src/routes/a.ts", "~/top"), "top.ts");
    assert.equal(inPackages("app/src/routes/a.ts", "kit/store"), "kit/src/deep/store.ts");
    assert.equal(inPackages("app/src/routes/a.ts", "@scope/db"), undefined);
  });
});
