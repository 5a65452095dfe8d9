import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { readProject } from "../../src/workspace/project";
import { folderOf, removeFolders } from "./folder";

async function codeIn(fixture: string): Promise<readonly string[]> {
  return (await readProject(await folderOf(fixture))).code;
}

describe("discovery", () => {
  after(removeFolders);

  it("takes code by its ending, and no declarations or minified files", async () => {
    const names = ["a.ts", "b.tsx", "c.js", "d.jsx", "e.mjs", "f.cjs", "g.mts", "h.cts", "i.vue", "j.svelte", "k.astro"];
    const others = ["l.d.ts", "m.d.mts", "n.min.js", "o.css", "p.json", "q.md", "r.tsv"];
    assert.deepEqual(await codeIn([...names, ...others].map((name) => `\n//- /src/${name}\nexport {};`).join("")), names.map((name) => `src/${name}`));
  });

  it("skips packages and build output at any depth", async () => {
    const skipped = ["node_modules/a", "dist", "packages/x/build", "out", ".wrangler/tmp", ".next", ".svelte-kit", ".output", "coverage", ".turbo", "vendor", ".git"];
    assert.deepEqual(await codeIn(`${skipped.map((dir) => `\n//- /${dir}/a.js\n1`).join("")}\n//- /distance/a.js\n1`), ["distance/a.js"]);
  });

  it("obeys every .gitignore, the deeper one last", async () => {
    assert.deepEqual(
      await codeIn(`
        //- /.gitignore
        *.gen.ts
        /private
        logs/
        //- /a.gen.ts
        1
        //- /a.ts
        1
        //- /private/a.ts
        1
        //- /web/private/a.ts
        1
        //- /web/logs/a.ts
        1
        //- /web/.gitignore
        !kept.gen.ts
        local.ts
        //- /web/kept.gen.ts
        1
        //- /web/other.gen.ts
        1
        //- /web/local.ts
        1
        //- /local.ts
        1
      `),
      ["a.ts", "local.ts", "web/kept.gen.ts", "web/private/a.ts"],
    );
  });

  it("obeys the .gitignore files above it, up to the repository's root", async () => {
    const folder = await folderOf(`
      //- /.gitignore
      outer.ts
      //- /repo/.git/HEAD
      ref
      //- /repo/.gitignore
      *.gen.ts
      /scratch/
      //- /repo/web/a.gen.ts
      1
      //- /repo/web/outer.ts
      1
      //- /repo/scratch/b.gen.ts
      1
    `);
    assert.deepEqual((await readProject(`${folder}/repo/web`)).code, ["outer.ts"]);
    // An ignored folder that someone opens is wanted.
    assert.deepEqual((await readProject(`${folder}/repo/scratch`)).code, ["b.gen.ts"]);
  });

  it("follows links inside the folder once, never outside or in circles", async () => {
    const folder = await folderOf(`
      //- /repo/src/a.ts
      1
      //- /repo/build/made.ts
      1
      //- /repo/.ignored/b.ts
      1
      //- /repo/.gitignore
      .ignored
      //- /elsewhere/c.ts
      1
    `);
    const repo = path.join(folder, "repo");
    await symlink(repo, path.join(repo, "src/circle"));
    await symlink("src", path.join(repo, "again"));
    await symlink("../elsewhere", path.join(repo, "outside"));
    await symlink("../.ignored", path.join(repo, "src/linked"));
    await symlink("build", path.join(repo, "built"));
    await symlink("nowhere", path.join(repo, "dangling"));
    assert.deepEqual((await readProject(repo)).code, ["src/a.ts", "src/linked/b.ts"]);
  });

  it("reads no large or binary code, and shows texts as an editor does", async () => {
    const folder = await folderOf("\n//- /wrangler.toml\n[[d1_databases]]\nbinding = 'DB'");
    await mkdir(path.join(folder, "migrations"));
    await writeFile(path.join(folder, "large.js"), "1;".repeat(2_400_000));
    await writeFile(path.join(folder, "binary.ts"), Buffer.from([1, 0, 2]));
    await writeFile(path.join(folder, "broken.ts"), Buffer.from([0x61, 0xff, 0x62]));
    await writeFile(path.join(folder, "empty.ts"), "");
    await writeFile(path.join(folder, "bom.ts"), "\ufeffa\r\nb");
    await writeFile(path.join(folder, "migrations/1.sql"), "\ufeffCREATE TABLE a (b);\r\n");
    const snapshot = await readProject(folder);
    assert.deepEqual(snapshot.code, ["bom.ts", "broken.ts", "empty.ts"]);
    assert.equal(snapshot.files.get("bom.ts")?.text, "a\r\nb");
    assert.equal(snapshot.files.get("migrations/1.sql")?.text, "CREATE TABLE a (b);\r\n");
  });

  it("leaves in what the settings say", async () => {
    const files = ["src/a.ts", "src/legacy/b.ts", "scripts/c.js", "[odd]/d.ts"].map((name) => `\n//- /${name}\n1`).join("");
    const withSettings = (settings: string) => codeIn(`${files}\n//- /plumbline.json\n${settings}`);
    assert.deepEqual(await withSettings('{ "exclude": ["scripts/", "**/legacy/*.ts"] }'), ["[odd]/d.ts", "src/a.ts"]);
    assert.deepEqual(await withSettings('{ "include": ["src"], "exclude": ["./src/legacy/**"] }'), ["src/a.ts"]);
  });

  it("finds nothing in a folder that is missing, or is a file", async () => {
    const folder = await folderOf("\n//- /a.ts\n1");
    for (const missing of ["nowhere", "a.ts"]) {
      const snapshot = await readProject(path.join(folder, missing));
      assert.deepEqual([snapshot.code, snapshot.databases, snapshot.problems], [[], [], []]);
    }
  });

  it("says how far it is", async () => {
    const seen: number[] = [];
    await readProject(await folderOf("\n//- /a.ts\n1\n//- /b/c.ts\n1\n//- /d/e.sql\n1"), (files) => seen.push(files));
    assert.equal(seen.at(-1), 3);
  });
});
