import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { changedLines } from "../../src/cli/git";
import type { FindingReport } from "../../src/protocol/report";
import type { Answers } from "./support";
import { findingIn, inFolder, plumbline, put, reportOf } from "./support";

const run = promisify(execFile);

async function git(folder: string, ...args: string[]): Promise<void> {
  await run("git", ["-C", folder, "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false", ...args]);
}

/** A repository with one commit of these files; the working tree is then `after` (null: deleted). */
function inRepository(before: Record<string, string>, after: Record<string, string | null>, work: (folder: string) => Promise<void>): Promise<void> {
  return inFolder(before, async (folder) => {
    await git(folder, "init", "--quiet", "--initial-branch=main");
    await git(folder, "add", "--all");
    await git(folder, "commit", "--quiet", "--message=first");
    for (const [file, text] of Object.entries(after)) {
      if (text === null) await rm(path.join(folder, file));
      else await put(folder, { [file]: text });
    }
    await work(folder);
  });
}

async function messages(cwd: string, findings: readonly FindingReport[], args: readonly string[] = [], answers: Answers = {}): Promise<string[]> {
  const { stdout } = await plumbline(["review", ...args, "--since", "main", "--format", "json"], { report: () => reportOf(findings), ...answers }, { cwd });
  return (JSON.parse(stdout) as { findings: FindingReport[] }).findings.map(({ message }) => message);
}

describe("review --since", () => {
  it("keeps findings on changed lines and in new files", async () => {
    const before = { "a.js": "one()\ntwo()\nthree()\n", "b.js": "four()\n" };
    const after = { "a.js": "one()\nTWO()\nthree()\n", "odd näme \"1\".js": "five()\n" };
    const findings = [
      findingIn("a.js", "«one()»\nTWO()\nthree()", { message: "before it" }),
      findingIn("a.js", "one()\n«TWO()»\nthree()", { message: "on it" }),
      findingIn("a.js", "«one()\nTWO()\nthree()»", { message: "around it" }),
      findingIn("b.js", "«four()»", { message: "unchanged file" }),
      findingIn("odd näme \"1\".js", "«five()»", { message: "new file" }),
    ];
    await inRepository(before, after, async (cwd) => {
      assert.deepEqual(await messages(cwd, findings), ["on it", "around it", "new file"]);
      await git(cwd, "add", "--all");
      assert.deepEqual(await messages(cwd, findings), ["on it", "around it", "new file"]);
      const { stdout, status } = await plumbline(["review", "--since", "main"], { report: () => reportOf(findings) }, { cwd });
      assert.match(stdout, /only what changed since main: 2 other findings left out/);
      assert.equal(status, 1);
    });
  });

  it("keeps a finding that names a changed place", async () => {
    const inLoop = findingIn("a.js", "«load(id)»", {
      message: "in a loop",
      related: [{ file: "b.js", range: findingIn("b.js", "\n«db.prepare(sql)»").range, message: "runs the query" }],
    });
    await inRepository({ "a.js": "load(id)\n", "b.js": "\n" }, { "b.js": "\ndb.prepare(sql)\n" }, async (cwd) => {
      assert.deepEqual(await messages(cwd, [inLoop]), ["in a loop"]);
    });
  });

  it("keeps what removed lines left behind", async () => {
    const query = findingIn("a.js", "«db.prepare(sql)»", { message: "no longer allowed" });
    await inRepository({ "a.js": "// plumbline-allow x: y\ndb.prepare(sql)\n" }, { "a.js": "db.prepare(sql)\n" }, async (cwd) => {
      assert.deepEqual(await messages(cwd, [query]), ["no longer allowed"]);
    });
  });

  it("keeps what a changed migration brings out in code that did not change", async () => {
    const old = findingIn("a.js", "«SELECT a»", { message: "was there before" });
    const dropped = findingIn("a.js", "\n«SELECT b»", { message: "its index is gone" });
    const before = { "a.js": "SELECT a\nSELECT b\n", "m/1.sql": "CREATE INDEX b ON t (b);\n" };
    await inRepository(before, { "m/1.sql": null, "m/2.sql": "DROP INDEX b;\n" }, async (cwd) => {
      const texts = new Map<string, string | null>();
      const answers: Answers = {
        overlay: ({ path: file, text }) => {
          texts.set(file, text);
          return null;
        },
        report: () => reportOf(texts.size > 0 ? [old] : [old, dropped]),
      };
      assert.deepEqual(await messages(cwd, [], [], answers), ["its index is gone"]);
      assert.deepEqual([...texts].sort(), [["m/1.sql", "CREATE INDEX b ON t (b);\n"], ["m/2.sql", ""]]);
    });
  });

  it("counts from where the branch left, and in a folder of the repository", async () => {
    await inRepository({ "app/a.js": "1\n2\n3\n" }, {}, async (folder) => {
      await git(folder, "switch", "--quiet", "--create", "work");
      await put(folder, { "app/a.js": "1\n2\nthree\n" });
      await git(folder, "commit", "--quiet", "--all", "--message=mine");
      await git(folder, "switch", "--quiet", "main");
      await put(folder, { "app/a.js": "one\n2\n3\n" });
      await git(folder, "commit", "--quiet", "--all", "--message=theirs");
      await git(folder, "switch", "--quiet", "work");
      const findings = [findingIn("a.js", "«1»", { message: "theirs" }), findingIn("a.js", "1\n2\n«three»", { message: "mine" })];
      assert.deepEqual(await messages(folder, findings, ["app"]), ["mine"]);
    });
  });

  it("says what is wrong with the revision or the folder", async () => {
    const refused = async (cwd: string, revision: string) => {
      const { status, stderr } = await plumbline(["review", `--since=${revision}`], { report: () => reportOf([]) }, { cwd });
      assert.equal(status, 2);
      return stderr;
    };
    await inRepository({ "a.js": "1" }, {}, async (cwd) => {
      const unknown = "git knows no such revision here; give a branch, tag or commit, and fetch it first in CI";
      assert.equal(await refused(cwd, "nowhere"), `plumbline: --since nowhere: ${unknown}\n`);
      assert.equal(await refused(cwd, "--output=x"), `plumbline: --since --output=x: ${unknown}\n`);
    });
    await inFolder({}, async (cwd) => assert.match(await refused(cwd, "main"), /^plumbline: --since needs a git repository around the folder \(git says: .*\)\n$/));
  });

  it("says that git is missing", async () => {
    const { PATH } = process.env;
    await inFolder({}, async (cwd) => {
      process.env["PATH"] = cwd;
      try {
        const { status, stderr } = await plumbline(["review", "--since", "main"], { report: () => reportOf([]) }, { cwd });
        assert.equal(stderr, "plumbline: --since needs git, which was not found: install it, or leave --since out\n");
        assert.equal(status, 2);
      } finally {
        process.env["PATH"] = PATH;
      }
    });
  });
});

describe("the lines of a diff", () => {
  it("are not misled by removed SQL comments or lines without an end", () => {
    const diff = [
      "--- a/x y.sql\t",
      "+++ b/x y.sql\t",
      "@@ -1,2 +1 @@",
      "--- a/not a header",
      "-x",
      "\\ No newline at end of file",
      "+++ b/neither",
      "\\ No newline at end of file",
      "@@ -9 +8,0 @@",
      "-gone",
      '--- "a/tab\\there.sql"',
      "+++ /dev/null",
      "@@ -1 +0,0 @@",
      "-gone",
    ].join("\n");
    assert.deepEqual(
      [...changedLines(diff)],
      [
        ["x y.sql", [{ first: 1, last: 1 }, { first: 8, last: 9 }]],
        ["tab\there.sql", [{ first: 0, last: 1 }]],
      ],
    );
  });
});
