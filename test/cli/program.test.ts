import assert from "node:assert/strict";
import { WorkerError } from "../../src/worker/handle";
import type { FindingReport } from "../../src/protocol/report";
import type { Answers } from "./support";
import { findingIn, inFolder, plumbline, reportOf } from "./support";

const finding = (severity: FindingReport["severity"]) => findingIn("a.ts", `«${severity}»`, { severity });
const found = (...severities: FindingReport["severity"][]): Answers => ({ report: () => reportOf(severities.map(finding)) });

/** Expects exit status 2 and this one line on standard error. */
async function refused(args: readonly string[], line: string, answers: Answers = {}): Promise<void> {
  const { status, stdout, stderr } = await plumbline(args, { report: () => reportOf([]), ...answers });
  assert.equal(stderr, `plumbline: ${line}\n`);
  assert.equal(stdout, "");
  assert.equal(status, 2);
}

describe("exit status", () => {
  const status = async (answers: Answers, ...args: string[]) => (await plumbline(["review", ...args], answers)).status;

  it("is 0 without errors and warnings", async () => {
    assert.equal(await status(found()), 0);
    assert.equal(await status(found("info", "hint", "hint")), 0);
  });

  it("is 1 for an error, and for more warnings than --max-warnings", async () => {
    assert.equal(await status(found("error")), 1);
    assert.equal(await status(found("error"), "--max-warnings", "9"), 1);
    assert.equal(await status(found("warning")), 1);
    assert.equal(await status(found("warning", "warning"), "--max-warnings", "1"), 1);
    assert.equal(await status(found("warning", "warning"), "--max-warnings", "2"), 0);
  });

  it("is the same in every format", async () => {
    for (const format of ["text", "json", "sarif", "github", "markdown"]) {
      assert.equal(await status(found("warning"), "--format", format), 1);
      assert.equal(await status(found("hint"), "--format", format), 0);
    }
  });

  it("is 2 for what the user can mend in the project", async () => {
    const broken = { report: () => Promise.reject(new WorkerError("usage", "plumbline.json:3: unknown key `rule`")) };
    await refused(["review"], "plumbline.json:3: unknown key `rule`", broken);
  });

  it("is 3 for a bug, which is named", async () => {
    const failing = { report: () => Promise.reject(new WorkerError("internal", "the planner fell over")) };
    const { status, stderr } = await plumbline(["review"], failing);
    assert.equal(status, 3);
    assert.equal(stderr, "plumbline: internal error, please report it: the planner fell over\n");
    const thrown = await plumbline(["schema"], { schema: () => Promise.reject(new TypeError("undefined is not a table")) });
    assert.equal(thrown.status, 3);
    assert.match(thrown.stderr, /^plumbline: internal error, please report it: TypeError: undefined is not a table\n/);
  });
});

describe("wrong usage", () => {
  it("names the command, option, format or number that was meant", async () => {
    await refused(["reveiw"], "unknown command 'reveiw'; did you mean review?");
    await refused(["frobnicate"], "unknown command 'frobnicate'; see plumbline --help");
    await refused(["review", "--formt", "json"], "unknown option '--formt'; did you mean --format?");
    await refused(["review", "--format", "xml"], "option '--format <format>' argument 'xml' is invalid. Allowed choices are text, json, sarif, github, markdown");
    await refused(["review", "--max-warnings", "-1"], "option '--max-warnings <number>' argument '-1' is invalid. Give a whole number, 0 or more; see plumbline --help");
    await refused(["review", "a", "b"], "too many arguments for 'review'. Expected 1 argument but got 2; see plumbline --help");
    await refused(["create"], "missing required argument 'name'; see plumbline --help");
    await refused(["explain", "  "], 'there is no SQL: give one statement in quotes, as in plumbline explain "SELECT 1"');
    await refused(["lsp"], "the language server speaks over standard input and output: plumbline lsp --stdio");
    await refused(["create", "--", "--"], "the name has no letters: say what the migration does, as in add_user_email");
  });

  it("says that a folder is missing or is a file, before any analysis", async () => {
    await refused(["review", "no-such-folder"], "the folder no-such-folder does not exist: give the folder of the project");
    await inFolder({ "a.sql": "SELECT 1" }, async (cwd) => {
      const { status, stderr, asked } = await plumbline(["schema", "a.sql"], {}, { cwd });
      assert.equal(stderr, "plumbline: a.sql is a file: give the folder of the project\n");
      assert.equal(status, 2);
      assert.deepEqual(asked, []);
    });
  });

  it("names the rule that was meant", async () => {
    await refused(["review", "--rule", "unindexed-filtr"], "there is no rule unindexed-filtr; did you mean unindexed-filter?");
    await refused(["fix", "--rule", "nonsense"], "there is no rule nonsense; the rules are failed-migration, unindexed-filter, query-in-loop");
  });

  it("prints the help where no command is given", async () => {
    const { status, stdout, stderr } = await plumbline([]);
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^Usage: plumbline/);
  });
});

describe("the program", () => {
  it("prints its version", async () => {
    assert.deepEqual(await plumbline(["--version"]), { status: 0, stdout: "test\n", stderr: "", asked: [] });
  });

  it("lists its commands and the exit status in its help", async () => {
    const { status, stdout } = await plumbline(["--help"]);
    assert.equal(status, 0);
    for (const command of ["review", "queries", "schema", "explain", "fix", "create", "lsp"]) assert.match(stdout, new RegExp(`^  ${command} `, "m"));
    assert.match(stdout, /Exit status: 0 .*, 1 .*, 2 .*, 3 /);
    assert.match((await plumbline(["review", "--help"])).stdout, /--since <revision> +only findings in what changed/);
  });

  it("asks for the rules that are named, once each", async () => {
    let asked: readonly string[] = [];
    const report: Answers["report"] = ({ rules }) => {
      asked = rules;
      return reportOf([]);
    };
    await plumbline(["review", "--rule", "query-in-loop", "--rule", "unindexed-filter", "--rule", "query-in-loop"], { report });
    assert.deepEqual(asked, ["query-in-loop", "unindexed-filter"]);
  });

  it("starts the language server for lsp --stdio", async () => {
    let started = 0;
    const { status } = await plumbline(["lsp", "--stdio"], {}, { startServer: () => started++ });
    assert.equal(status, 0);
    assert.equal(started, 1);
  });
});
