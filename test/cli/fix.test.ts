import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, lstat, readdir, readFile, stat, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { FixData } from "../../src/protocol/worker";
import type { Answers } from "./support";
import { dedent, inFolder, plumbline, put } from "./support";

/** A fix that replaces parts of a text; parts that are not there once are a mistake of the test. */
function replacing(file: string, text: string, replacements: Record<string, string>, about: Partial<FixData> = {}): FixData {
  const edits = Object.entries(replacements).map(([old, newText]) => {
    const start = text.indexOf(old);
    assert.ok(start >= 0 && text.indexOf(old, start + 1) < 0, old);
    return { span: { start, end: start + old.length }, newText };
  });
  return { title: "Change to `total`", safety: "safe", rule: "unknown-column", key: 0, changes: [{ kind: "edit", file, version: 0, edits }], ...about };
}

const index: FixData = {
  title: "Create index `idx_orders_user` in a new migration",
  safety: "review",
  rule: "unindexed-filter",
  key: 0,
  changes: [{ kind: "migration", database: "DB", folder: "migrations", name: "index_orders_user", sql: "-- For a.js:1.\nCREATE INDEX idx_orders_user ON orders (user);\n" }],
};

/** Migrations get the number after those that are known, as the worker does it. */
function answering(fixes: readonly FixData[]): Answers {
  let number = 4;
  return {
    allFixes: () => fixes,
    newMigration: ({ name }) => ({ path: `migrations/000${number}_${name}.sql`, header: "", rollbackPath: `migrations/rollbacks/000${number}_${name}.down.sql` }),
    overlay: () => {
      number++;
      return null;
    },
  };
}

const text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\nSELECT totl\neleven";

describe("fix", () => {
  it("puts what is inserted before what is replaced at the same place", async () => {
    await inFolder({ "a.js": "one" }, async (cwd) => {
      const both: FixData = { ...replacing("a.js", "one", { one: "two" }), changes: [{ kind: "edit", file: "a.js", version: 0, edits: [{ span: { start: 0, end: 3 }, newText: "two" }, { span: { start: 0, end: 0 }, newText: "half past " }] }] };
      await plumbline(["fix"], answering([both]), { cwd });
      assert.equal(await readFile(path.join(cwd, "a.js"), "utf8"), "half past two");
    });
  });

  it("writes the safe fixes and says which", async () => {
    await inFolder({ "a.js": text }, async (cwd) => {
      const ran = await plumbline(["fix"], answering([replacing("a.js", text, { totl: "total", two: "2" }), index]), { cwd });
      assert.equal(await readFile(path.join(cwd, "a.js"), "utf8"), text.replace("totl", "total").replace("two", "2"));
      assert.equal(ran.stdout, "a.js\n  unknown-column: Change to `total`\n\n1 fix in 1 file\n");
      assert.equal(ran.status, 0);
      assert.deepEqual(await readdir(cwd), ["a.js"]);
    });
  });

  it("makes migrations only when asked for those to review, each with a number of its own", async () => {
    await inFolder({}, async (cwd) => {
      const second = { ...index, changes: index.changes.map((change) => ({ ...change, database: "LOGS", name: "index_logs" })) };
      const { stdout } = await plumbline(["fix", "--review-too"], answering([index, second]), { cwd });
      assert.equal(
        stdout,
        dedent(`
        migrations/0004_index_orders_user.sql created
          unindexed-filter: Create index \`idx_orders_user\` in a new migration
        migrations/0005_index_logs.sql created
          unindexed-filter: Create index \`idx_orders_user\` in a new migration

        2 fixes in 2 files
        `),
      );
      const sql = await readFile(path.join(cwd, "migrations/0004_index_orders_user.sql"), "utf8");
      assert.equal(sql, "-- For a.js:1.\nCREATE INDEX idx_orders_user ON orders (user);\n");
    });
  });

  it("prints a diff for --dry, which git applies to the same result", async () => {
    const fixes = [replacing("a.js", text, { "one\n": "", totl: "total", eleven: "eleven\nmore\n" }), replacing("sub dir/b.js", "x\r\ny\r\n", { y: "z" }), index];
    const files = { "a.js": text, "sub dir/b.js": "x\r\ny\r\n" };
    await inFolder(files, async (cwd) => {
      const { stdout, stderr } = await plumbline(["fix", "--dry", "--review-too"], answering(fixes), { cwd });
      assert.equal(stderr, "");
      assert.equal(await readFile(path.join(cwd, "a.js"), "utf8"), text);
      assert.deepEqual((await readdir(cwd)).sort(), ["a.js", "sub dir"]);
      assert.ok(
        stdout.startsWith(
          dedent(`
          --- a/a.js
          +++ b/a.js
          @@ -1,4 +1,3 @@
          -one
           two
           three
           four
          @@ -8,5 +7,6 @@
           eight
           nine
           ten
          -SELECT totl
          -eleven
          \\ No newline at end of file
          +SELECT total
          +eleven
          +more
          `),
        ),
        stdout,
      );
      await put(cwd, { "fix.diff": stdout });
      await promisify(execFile)("git", ["apply", "--unidiff-zero", "fix.diff"], { cwd });
      const applied = await Promise.all(["a.js", "sub dir/b.js", "migrations/0004_index_orders_user.sql"].map((file) => readFile(path.join(cwd, file), "utf8")));
      await inFolder(files, async (other) => {
        await plumbline(["fix", "--review-too"], answering(fixes), { cwd: other });
        const written = await Promise.all(["a.js", "sub dir/b.js", "migrations/0004_index_orders_user.sql"].map((file) => readFile(path.join(other, file), "utf8")));
        assert.deepEqual(applied, written);
      });
    });
  });

  it("keeps the byte order mark, line breaks, links and mode of a file", async () => {
    await inFolder({ "real.js": "\ufeffa\r\ntotl\r\n" }, async (cwd) => {
      await symlink("real.js", path.join(cwd, "a.js"));
      await chmod(path.join(cwd, "real.js"), 0o755);
      await plumbline(["fix"], answering([replacing("a.js", "a\r\ntotl\r\n", { totl: "total" })]), { cwd });
      assert.equal(await readFile(path.join(cwd, "real.js"), "utf8"), "\ufeffa\r\ntotal\r\n");
      assert.ok((await lstat(path.join(cwd, "a.js"))).isSymbolicLink());
      assert.equal((await stat(path.join(cwd, "real.js"))).mode & 0o777, 0o755);
    });
  });

  it("leaves alone what it cannot write back as it was, and applies the rest", async () => {
    const latin = Buffer.from([...Buffer.from("totl "), 0xe4]);
    await inFolder({ "latin.js": latin, "a.js": "totl" }, async (cwd) => {
      const fixes = [
        replacing("latin.js", "totl ", { totl: "total" }),
        replacing("gone.js", "totl", { totl: "total" }),
        replacing("a.js", "totl", { totl: "total" }),
      ];
      const { stderr, status } = await plumbline(["fix"], answering(fixes), { cwd });
      assert.equal(stderr, "plumbline: latin.js is not UTF-8 and is left as it is\nplumbline: gone.js cannot be read and is left as it is\n");
      assert.equal(status, 0);
      assert.deepEqual(await readFile(path.join(cwd, "latin.js")), latin);
      assert.equal(await readFile(path.join(cwd, "a.js"), "utf8"), "total");
    });
  });

  it("writes nothing where a file changed during the review", async () => {
    await inFolder({ "a.js": "short", "b.js": "totl" }, async (cwd) => {
      const fixes = [replacing("b.js", "totl", { totl: "total" }), replacing("a.js", "it was longer totl", { totl: "total" })];
      const { stderr, status } = await plumbline(["fix"], answering(fixes), { cwd });
      assert.equal(stderr, "plumbline: a.js changed while it was reviewed: run the command again\n");
      assert.equal(status, 2);
      assert.equal(await readFile(path.join(cwd, "b.js"), "utf8"), "totl");
    });
  });

  it("says when there is nothing to fix", async () => {
    const { stdout, stderr, status } = await plumbline(["fix", "--dry"], answering([index]));
    assert.deepEqual([stdout, stderr, status], ["", "Nothing to fix; --review-too takes the fixes that a person should read\n", 0]);
  });
});

describe("create", () => {
  it("makes the migration that comes next", async () => {
    await inFolder({ "app/wrangler.toml": "" }, async (cwd) => {
      const { stdout, status } = await plumbline(["create", "add users", "app"], answering([]), { cwd });
      assert.equal(stdout, "created app/migrations/0004_add users.sql\n");
      assert.equal(status, 0);
      assert.equal(await readFile(path.join(cwd, "app/migrations/0004_add users.sql"), "utf8"), "-- add users\n");
    });
  });

  it("begins with the header of the folder's other migrations, and overwrites nothing", async () => {
    await inFolder({}, async (cwd) => {
      const header = "-- Migration number: 0007 \t 2026-01-01T00:00:00.000Z\n";
      const answers: Answers = { newMigration: () => ({ path: "m/0007_x.sql", header, rollbackPath: "m/rollbacks/0007_x.down.sql" }) };
      await plumbline(["create", "x"], answers, { cwd });
      assert.equal(await readFile(path.join(cwd, "m/0007_x.sql"), "utf8"), header);
      const again = await plumbline(["create", "x"], answers, { cwd });
      assert.equal(again.status, 2);
      assert.match(again.stderr, /0007_x\.sql exists already/);
    });
  });
});
