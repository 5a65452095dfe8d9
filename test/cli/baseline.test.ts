import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FindingReport } from "../../src/protocol/report";
import { findingIn, inFolder, plumbline, put, reportOf } from "./support";

const first = findingIn("b.ts", "db.prepare('«SELECT 1»')", { message: "one" });
const second = findingIn("a.ts", "db.prepare('«SELECT 2»')", { message: "two" });
const third = findingIn("a.ts", "db.prepare('«SELECT 3»')", { message: "three", severity: "error" });

function review(cwd: string, findings: readonly FindingReport[], ...args: string[]) {
  return plumbline(["review", "--baseline", "known.json", ...args], { report: () => reportOf(findings) }, { cwd });
}

describe("a baseline", () => {
  it("takes the findings of today, and leaves them out tomorrow", async () => {
    await inFolder({}, async (cwd) => {
      const written = await review(cwd, [first, second], "--update-baseline");
      assert.deepEqual({ ...written, asked: [] }, { status: 0, stdout: "", stderr: "2 findings written to known.json\n", asked: [] });
      const same = await review(cwd, [second, first]);
      assert.equal(same.status, 0);
      assert.match(same.stdout, /^12 files.*\nno findings.*\n2 findings of the baseline left out\n$/);
      const more = await review(cwd, [first, third, second]);
      assert.equal(more.status, 1);
      assert.match(more.stdout, /three\n/);
      assert.doesNotMatch(more.stdout, /one\n|two\n/);
    });
  });

  it("is sorted and names the findings, so that it reads well in a diff", async () => {
    await inFolder({}, async (cwd) => {
      await review(cwd, [first, third, second, second], "--update-baseline");
      const text = await readFile(path.join(cwd, "known.json"), "utf8");
      await review(cwd, [second, third, second, first], "--update-baseline");
      assert.equal(await readFile(path.join(cwd, "known.json"), "utf8"), text);
      const { findings } = JSON.parse(text) as { findings: { file: string; message: string; count?: number }[] };
      assert.deepEqual(
        findings.map(({ file, message, count }) => `${file} ${message} ${count ?? 1}`),
        ["a.ts three 1", "a.ts two 2", "b.ts one 1"],
      );
    });
  });

  it("accepts as many equal findings as it counted", async () => {
    await inFolder({}, async (cwd) => {
      await review(cwd, [second, second], "--update-baseline");
      assert.equal((await review(cwd, [second, second])).status, 0);
      const { stdout, status } = await review(cwd, [second, second, second], "--format", "json");
      assert.equal(status, 1);
      const report = JSON.parse(stdout) as { findings: unknown[]; summary: { findings: unknown; leftOut: unknown } };
      assert.equal(report.findings.length, 1);
      assert.deepEqual(report.summary.findings, { "unindexed-filter": 1 });
      assert.deepEqual(report.summary.leftOut, { baseline: 2 });
    });
  });

  it("says what to do where it is missing, broken or incomplete", async () => {
    await inFolder({}, async (cwd) => {
      const line = async (...args: string[]) => {
        const { status, stderr } = await plumbline(["review", ...args], { report: () => reportOf([]) }, { cwd });
        assert.equal(status, 2);
        return stderr;
      };
      assert.equal(await line("--baseline", "no.json"), "plumbline: the baseline no.json does not exist: make it with --baseline no.json --update-baseline\n");
      await put(cwd, { "a.json": "[", "b.json": "null", "c.json": '{"findings": [{"rule": "x"}]}' });
      for (const file of ["a.json", "b.json", "c.json"]) {
        assert.equal(await line("--baseline", file), `plumbline: ${file} is not a baseline of Plumbline: make it again with --update-baseline\n`);
      }
      assert.equal(await line("--update-baseline"), "plumbline: --update-baseline writes a file: name it with --baseline FILE\n");
      const narrowed = await line("--update-baseline", "--baseline", "known.json", "--since", "main");
      assert.equal(narrowed, "plumbline: --update-baseline takes every finding: leave out --rule and --since\n");
    });
  });
});
