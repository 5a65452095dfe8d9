import assert from "node:assert/strict";
import { Gradual } from "../../../../src/core/host/gradual";
import { link, type Linked } from "../../../../src/core/host/link";
import { moduleFacts } from "../../../../src/core/host/read-module";
import { moduleResolver } from "../../../../src/core/host/resolve-module";

function linked(files: Readonly<Record<string, string>>, previous?: Linked): Linked {
  const modules = new Map(Object.entries(files).map(([path, text]) => [path, moduleFacts(path, text)]));
  return new Gradual(() => link(modules, moduleResolver({ files: Object.keys(files), configurations: new Map() }), { previous })).result;
}

const files = {
  "a.js": `import { TABLE } from "./b"; env.DB.prepare("SELECT * FROM " + TABLE);`,
  "b.js": `export const TABLE = "notes";`,
  "c.js": `env.DB.prepare("SELECT 1");`,
};

describe("linking again", () => {
  it("keeps the file that says the same, and makes those anew that say something else", () => {
    const before = linked(files);
    const after = linked({ ...files, "b.js": `export const TABLE = "tags";` }, before);
    assert.equal(after.files.get("c.js"), before.files.get("c.js"));
    assert.notEqual(after.files.get("a.js"), before.files.get("a.js"));
    assert.equal(after.files.get("a.js")?.sites[0]?.sql.variants[0]?.text, "SELECT * FROM tags");
    assert.equal(linked(files, before).files.get("a.js"), before.files.get("a.js"));
  });

  it("says the same in whatever order the files come", () => {
    const forth = linked(files);
    const back = linked(Object.fromEntries(Object.entries(files).reverse()));
    for (const [path, file] of forth.files) assert.deepEqual(back.files.get(path), file);
  });
});

describe("linking", () => {
  it("bears files that import each other, functions that call each other, and classes that extend themselves", () => {
    const around = {
      "a.js": `import { b } from "./b"; export const a = (sql) => b(sql + x); export class A extends B {} a(a);`,
      "b.js": `import { a, A } from "./a"; export { a as c } from "./a"; export * from "./b"; export * from "./a";
        export const b = (sql) => { for (const x of xs) { a(sql); env.DB.prepare(sql); b(b); } };
        export class B extends A { x = this.x; y = this.z; z = this.y; run() { return env.DB.prepare(this.x + this.y); } } class C extends C {}`,
    };
    assert.equal(linked(around).files.size, 2);
  });

  it("bears whatever is half typed", () => {
    const whole = `import { q } from "./b"; export default class extends X { constructor(a) { super(a, "t"); this.t = a; } run(sql = \`\${this.t}\`) { return this.db.prepare(sql).all(); } }
      for (const { sql, ...rest } of [...q, { sql: "SELECT 1" }]) await new Y(...rest).run(sql, ...rest);`;
    for (let end = 0; end <= whole.length; end++) linked({ "a.ts": whole.slice(0, end), "b.ts": `export const q = [{ sql: "SELECT 2" }]; export { default } from "./a";` });
  });

  it("takes time in proportion to the files", () => {
    const project = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `f${i}.js`,
          `import { run } from "./db"; import { g${i + 1} } from "./f${i + 1}"; export const g${i} = async (xs) => { for (const x of xs) { await run("SELECT " + x); await g${i + 1}(x); } };`,
        ]),
      );
    const work = (count: number) => {
      const text = { ...project(count), "db.js": "export const run = (sql) => env.DB.prepare(sql).all();" };
      const modules = new Map(Object.entries(text).map(([path, code]) => [path, moduleFacts(path, code)]));
      const resolver = moduleResolver({ files: modules.keys(), configurations: new Map() });
      const start = performance.now();
      assert.equal(new Gradual(() => link(modules, resolver)).result.files.size, count + 1);
      return performance.now() - start;
    };
    work(20);
    const best = (count: number) => Math.min(work(count), work(count), work(count));
    const once = best(20);
    assert.ok(best(80) < Math.max(once, 2) * 4 * 4, "four times the files took over sixteen times as long");
  });
});
