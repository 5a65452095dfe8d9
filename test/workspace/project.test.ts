import assert from "node:assert/strict";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { ProjectFiles } from "../../src/workspace/project";
import { databasesOf, folderOf, problemsOf, put, removeFolders } from "./folder";

const shop = `
  //- /wrangler.toml
  [[d1_databases]]
  binding = "DB"
  //- /migrations/0001_a.sql
  CREATE TABLE a (id INTEGER PRIMARY KEY);
  //- /src/index.ts
  export const a = 1;
  //- /src/other.ts
  export const b = 2;
`;

async function opened(fixture: string): Promise<{ folder: string; files: ProjectFiles }> {
  const folder = await folderOf(fixture);
  const files = new ProjectFiles(folder);
  await files.open();
  return { folder, files };
}

describe("project files", () => {
  after(removeFolders);

  it("gives a frozen snapshot of all that an analysis needs", async () => {
    const { files } = await opened(shop);
    const snapshot = files.snapshot();
    assert.deepEqual([...snapshot.files.keys()], ["migrations/0001_a.sql", "src/index.ts", "src/other.ts", "wrangler.toml"]);
    assert.deepEqual(snapshot.code, ["src/index.ts", "src/other.ts"]);
    for (const part of [snapshot, snapshot.code, snapshot.databases, snapshot.problems, snapshot.databases[0], snapshot.files.get("src/index.ts")]) {
      assert.ok(Object.isFrozen(part));
    }
  });

  it("keeps every object whose text is unchanged", async () => {
    const { folder, files } = await opened(shop);
    const before = files.snapshot();
    await files.overlay("src/index.ts", "export const a = 3;\n", 2);
    const typed = files.snapshot();
    assert.equal(typed.files.get("src/index.ts")?.text, "export const a = 3;\n");
    assert.equal(before.files.get("src/index.ts")?.text, "export const a = 1;\n");
    for (const file of ["src/other.ts", "migrations/0001_a.sql"]) assert.equal(typed.files.get(file), before.files.get(file));
    assert.equal(typed.databases, before.databases);

    await put(folder, "\n//- /src/new.ts\n1");
    await files.changed(["src/new.ts", "src/other.ts", "wrangler.toml"]);
    assert.equal(files.snapshot().files.get("src/other.ts"), before.files.get("src/other.ts"));
    assert.equal(files.snapshot().files.get("src/index.ts"), typed.files.get("src/index.ts"));
    assert.ok(files.snapshot().code.includes("src/new.ts"));
  });

  it("is the same snapshot as long as nothing changed", async () => {
    const { files } = await opened(shop);
    const before = files.snapshot();
    await files.overlay("src/index.ts", "\ufeffexport const a = 1;\n", 1);
    assert.equal(files.version("src/index.ts"), 1);
    await files.changed(["src/index.ts", "readme.md", "node_modules/x/package.json", "src\\other.ts"]);
    await files.overlay("README.md", "# Shop", 1);
    await files.overlay("src/index.ts", null, 0);
    assert.equal(files.version("src/index.ts"), 0);
    assert.equal(files.snapshot(), before);
  });

  it("lets open documents win over the disk until they close", async () => {
    const { folder, files } = await opened(shop);
    await files.overlay("migrations/0001_a.sql", "CREATE TABLE changed (id);", 4);
    await put(folder, "\n//- /migrations/0001_a.sql\nCREATE TABLE saved (id);");
    await files.changed(["migrations/0001_a.sql"]);
    assert.equal(files.snapshot().files.get("migrations/0001_a.sql")?.text, "CREATE TABLE changed (id);");
    await files.overlay("migrations/0001_a.sql", null, 0);
    assert.equal(files.snapshot().files.get("migrations/0001_a.sql")?.text, "CREATE TABLE saved (id);\n");
  });

  it("counts documents that are not saved yet", async () => {
    const { files } = await opened(shop);
    await files.overlay("migrations/0002_b.sql", "CREATE TABLE b (id);", 1);
    await files.overlay("src/new.ts", "1", 1);
    await files.overlay("dist/new.ts", "1", 1);
    assert.deepEqual(databasesOf(files.snapshot()), ["DB: migrations [0001_a.sql 0002_b.sql] base []"]);
    assert.deepEqual(files.snapshot().code, ["src/index.ts", "src/new.ts", "src/other.ts"]);
    await files.overlay("migrations/0002_b.sql", null, 0);
    await files.overlay("src/new.ts", null, 0);
    assert.deepEqual(databasesOf(files.snapshot()), ["DB: migrations [0001_a.sql] base []"]);
    assert.deepEqual(files.snapshot().code, ["src/index.ts", "src/other.ts"]);
  });

  it("reads wrangler files and settings as they stand in the editor", async () => {
    const { files } = await opened(`${shop}\n//- /other/1.sql\nCREATE TABLE o (id);`);
    await files.overlay("wrangler.toml", '[[d1_databases]]\nbinding = "X"\nmigrations_dir = "other"\n', 2);
    assert.deepEqual(databasesOf(files.snapshot()), ["X: other [1.sql] base []"]);
    await files.overlay("plumbline.json", '{ "slowMs": 7, "exclude": ["src/other.ts"], "colour": 1 }', 1);
    assert.equal(files.snapshot().settings.slowMs, 7);
    assert.deepEqual(files.snapshot().code, ["src/index.ts"]);
    assert.deepEqual(problemsOf(files.snapshot()), ['error plumbline.json ‹"colour"› Unknown key `colour`']);
    await files.overlay("plumbline.json", null, 0);
    await files.overlay("wrangler.toml", null, 0);
    assert.deepEqual(databasesOf(files.snapshot()), ["DB: migrations [0001_a.sql] base []"]);
    assert.equal(files.snapshot().settings.slowMs, 100);
  });

  it("keeps the databases while a wrangler file is half-typed, and says what is wrong", async () => {
    const { files } = await opened(shop);
    await files.overlay("wrangler.toml", '[[d1_databases]]\nbinding = "DB', 2);
    assert.deepEqual(databasesOf(files.snapshot()), ["DB: migrations [0001_a.sql] base []"]);
    assert.equal(files.snapshot().problems.length, 1);
  });

  it("lets an open document go whose file is deleted, until it is typed in or written again", async () => {
    const { folder, files } = await opened(shop);
    await files.overlay("migrations/0001_a.sql", "CREATE TABLE a (id);", 1);
    await files.overlay("migrations/0002_b.sql", "CREATE TABLE b (id);", 2);
    await rm(path.join(folder, "migrations"), { recursive: true });
    await files.changed(["migrations/0001_a.sql", "migrations/0002_b.sql"]);
    assert.deepEqual(databasesOf(files.snapshot()), ["DB: migrations [0002_b.sql] base []"]);
    assert.equal(files.version("migrations/0001_a.sql"), 1);

    await files.overlay("migrations/0001_a.sql", "CREATE TABLE a (id, name);", 3);
    assert.deepEqual(databasesOf(files.snapshot()), ["DB: migrations [0001_a.sql 0002_b.sql] base []"]);
    await put(folder, "//- /migrations/0001_a.sql\nCREATE TABLE a (id, name);");
    await files.changed(["migrations"]);
    await rm(path.join(folder, "migrations"), { recursive: true });
    await files.changed(["migrations"]);
    assert.deepEqual(databasesOf(files.snapshot()), ["DB: migrations [0002_b.sql] base []"]);
    await put(folder, "//- /migrations/0001_a.sql\nCREATE TABLE a (id, name);");
    await files.changed(["migrations/0001_a.sql"]);
    assert.equal(files.snapshot().files.get("migrations/0001_a.sql")?.version, 3);
  });

  it("takes overlays that were there before it opened", async () => {
    const files = new ProjectFiles(await folderOf(shop));
    await files.overlay("src/index.ts", "early", 3);
    await files.open();
    assert.equal(files.snapshot().files.get("src/index.ts")?.text, "early");
  });

  it("sees files, folders and rules come and go", async () => {
    const { folder, files } = await opened(shop);
    const paths = () => [...files.snapshot().files.keys()];
    await put(folder, "\n//- /lib/deep/a.ts\n1\n//- /migrations/0002_b.sql\nCREATE TABLE b (id);");
    await files.changed(["lib", "migrations/0002_b.sql"]);
    assert.deepEqual(databasesOf(files.snapshot()), ["DB: migrations [0001_a.sql 0002_b.sql] base []"]);
    assert.ok(paths().includes("lib/deep/a.ts"));

    await rename(path.join(folder, "migrations/0002_b.sql"), path.join(folder, "migrations/0003_b.sql"));
    await rm(path.join(folder, "lib"), { recursive: true });
    await files.changed(["migrations/0002_b.sql", "migrations/0003_b.sql", "lib"]);
    assert.deepEqual(databasesOf(files.snapshot()), ["DB: migrations [0001_a.sql 0003_b.sql] base []"]);
    assert.ok(!paths().includes("lib/deep/a.ts"));

    await put(folder, "\n//- /lib/deep/a.ts\n2");
    await files.changed(["lib"]);
    assert.equal(files.snapshot().files.get("lib/deep/a.ts")?.text, "2\n");
    await rm(path.join(folder, "lib"), { recursive: true });

    await put(folder, "\n//- /.gitignore\nother.ts");
    await files.changed([".gitignore"]);
    assert.deepEqual(files.snapshot().code, ["src/index.ts"]);

    await rm(path.join(folder, "wrangler.toml"));
    await rm(path.join(folder, "migrations"), { recursive: true });
    await files.changed(["wrangler.toml", "migrations"]);
    assert.deepEqual(files.snapshot().databases, []);
  });

  it("sees a declared folder appear that git ignores", async () => {
    const { folder, files } = await opened(`
      //- /.gitignore
      generated
      //- /wrangler.toml
      [[d1_databases]]
      binding = "DB"
      migrations_dir = "generated"
    `);
    assert.equal(files.snapshot().problems.length, 1);
    await put(folder, "\n//- /generated/1.sql\nCREATE TABLE a (id);");
    await files.changed(["generated"]);
    assert.deepEqual(problemsOf(files.snapshot()), []);
    assert.deepEqual(databasesOf(files.snapshot()), ["DB: generated [1.sql] base []"]);
  });

  it("reads again a file that was binary, and lets go of one that became it", async () => {
    const { folder, files } = await opened("\n//- /a.ts\n\0\n//- /b.ts\n1");
    assert.deepEqual(files.snapshot().code, ["b.ts"]);
    await put(folder, "\n//- /a.ts\n1\n//- /b.ts\n\0");
    await files.changed(["a.ts", "b.ts"]);
    assert.deepEqual(files.snapshot().code, ["a.ts"]);
  });

  it("does its work in the order in which it was asked", async () => {
    const { files } = await opened(shop);
    const steps: Promise<void>[] = [];
    for (let version = 1; version <= 20; version++) {
      steps.push(files.overlay("src/index.ts", `text ${version}`, version));
      if (version % 5 === 0) steps.push(files.changed(["wrangler.toml"]));
    }
    await Promise.all(steps);
    assert.equal(files.snapshot().files.get("src/index.ts")?.text, "text 20");
  });
});
